"""What the pages send."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from annotation.services.annotation import Judgement
from annotation.services.dataset import format_of


class JudgementForm(forms.Form):
    """One item's answer. ``labels`` repeats, in order of preference."""

    ticket = forms.CharField(max_length=64)
    txn = forms.CharField(max_length=64)
    data_issue = forms.BooleanField(required=False)
    comment = forms.CharField(required=False)
    skipped = forms.BooleanField(required=False)
    active_ms = forms.IntegerField(required=False)
    idle_ms = forms.IntegerField(required=False)

    def judgement(self) -> Judgement:
        values = self.cleaned_data
        assert isinstance(self.data, QueryDict)  # noqa: S101 - views pass request.POST
        return Judgement(
            labels=tuple(str(label) for label in self.data.getlist("labels")),
            data_issue=values["data_issue"],
            comment=values["comment"],
            skipped=values["skipped"],
            active_ms=values["active_ms"] or 0,
            idle_ms=values["idle_ms"] or 0,
        )


class UploadForm(forms.Form):
    """A dialogue file."""

    file = forms.FileField(label=_("File"), help_text=_("MathDial CSV or JSON Lines, UTF-8, at most 50 MiB."))
    name = forms.CharField(
        label=_("Name of the data set"),
        max_length=120,
        required=False,
        help_text=_("Left empty, the file's name is taken. A name that exists gets what is new in the file."),
    )
    with_gold = forms.BooleanField(
        label=_("The file's own labels come from experts: score rules and models on them"), required=False
    )

    def import_arguments(self) -> dict[str, Any]:
        """What ``dialogues_import`` takes."""
        upload = self.cleaned_data["file"]
        return {
            "name": self.cleaned_data["name"] or upload.name.rpartition(".")[0] or upload.name,
            "content": upload.read(),
            "file_format": format_of(upload.name),
            "with_gold": self.cleaned_data["with_gold"],
        }
