"""What the pages send."""

from django import forms
from django.http import QueryDict

from annotation.services.annotation import Judgement


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
