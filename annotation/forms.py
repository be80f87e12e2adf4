"""What the pages send."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from annotation.errors import DecisionInvalid
from annotation.models import Codebook, Order
from annotation.services.adjudication import Verdict
from annotation.services.annotation import Judgement
from annotation.services.plan import Plan
from annotation.services.planting import MOST_SHARE


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


class VerdictForm(forms.Form):
    """A decision about a dispute; what it lacks, the service says."""

    ticket = forms.CharField(max_length=64)
    txn = forms.CharField(max_length=64)
    label = forms.CharField(required=False)
    data_issue = forms.BooleanField(required=False)
    reason = forms.CharField(required=False)

    def arguments(self) -> dict[str, Any]:
        """What ``adjudication_save`` takes. Raises DecisionInvalid."""
        if not self.is_valid():
            raise DecisionInvalid
        values = self.cleaned_data
        verdict = Verdict(values["label"], values["data_issue"], values["reason"])
        return {"ticket_id": values["ticket"], "txn": values["txn"], "verdict": verdict}


class PlanForm(forms.Form):
    """How a data set is labelled."""

    annotators_per_item = forms.IntegerField(
        label=_("People on an overlapping question"), min_value=1, max_value=9
    )
    overlap_percent = forms.IntegerField(
        label=_("Questions that overlap, %"),
        min_value=0,
        max_value=100,
        help_text=_("Drawn at random; each of the others gets one label. Agreement is measured on these."),
    )
    plant_percent = forms.IntegerField(
        label=_("Planted suggestions, %"),
        min_value=0,
        max_value=round(MOST_SHARE * 100),
        help_text=_(
            "On questions with an expert's label, so many suggestions are wrong on purpose. They measure "
            "over-trust and nothing else; nobody can tell them from others."
        ),
    )
    order = forms.ChoiceField(label=_("Order of work"), choices=Order.choices, widget=forms.RadioSelect)

    def plan(self) -> Plan:
        values = self.cleaned_data
        return Plan(
            annotators_per_item=values["annotators_per_item"],
            overlap_share=values["overlap_percent"] / 100,
            plant_share=values["plant_percent"] / 100,
            order=Order(values["order"]),
        )


class CodebookForm(forms.Form):
    """A new version of the codebook: a definition and examples for each type, and the guidelines."""

    title = forms.CharField(label=_("Title"), max_length=120)
    guidelines = forms.CharField(label=_("Guidelines"), widget=forms.Textarea(attrs={"rows": 8}))

    def __init__(self, data: QueryDict | None = None, *, codebook: Codebook) -> None:
        begin = {"title": codebook.title, "guidelines": codebook.guidelines}
        for place, kind in enumerate(codebook.types):
            begin |= {f"definition{place}": kind["definition"]}
            begin |= {f"examples{place}": "\n".join(kind.get("examples", []))}
        super().__init__(data, initial=begin)
        self.labels = [kind["label"] for kind in codebook.types]
        for place in range(len(self.labels)):
            self.fields[f"definition{place}"] = forms.CharField(
                label=_("Definition"), widget=forms.Textarea(attrs={"rows": 2})
            )
            self.fields[f"examples{place}"] = forms.CharField(
                label=_("Examples, one a line"), required=False, widget=forms.Textarea(attrs={"rows": 3})
            )

    def kinds(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """Each type with its two fields."""
        return [
            (label, self[f"definition{place}"], self[f"examples{place}"])
            for place, label in enumerate(self.labels)
        ]

    def content(self) -> dict[str, Any]:
        """What ``codebook_revise`` takes; line ends as the shipped codebook has them."""
        values = {name: str(value).replace("\r\n", "\n").strip() for name, value in self.cleaned_data.items()}
        types = [
            {
                "label": label,
                "definition": values[f"definition{place}"],
                "examples": [line.strip() for line in values[f"examples{place}"].split("\n") if line.strip()],
            }
            for place, label in enumerate(self.labels)
        ]
        return {"title": values["title"], "guidelines": values["guidelines"], "types": types}
