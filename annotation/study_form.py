"""The form of a new study."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from annotation.models import StudyArm
from annotation.services.study import StudyPlan


def _seconds(label: Any, initial: float) -> forms.FloatField:
    return forms.FloatField(label=label, initial=initial, min_value=0.1, max_value=36000)


def _share(label: Any, initial: float) -> forms.FloatField:
    return forms.FloatField(label=label, initial=initial, min_value=1, max_value=99)


class StudyForm(forms.Form):
    """What is compared, by whom, on what; and what is expected, for the power calculation.

    The expectations begin with the printed figures of Datta (2023), table 2.1.
    """

    title = forms.CharField(label=_("Title"), max_length=120)
    dataset: forms.ModelChoiceField[Any] = forms.ModelChoiceField(None, label=_("Data set"), empty_label=None)
    annotators: forms.ModelMultipleChoiceField[Any] = forms.ModelMultipleChoiceField(
        None, label=_("Annotators"), widget=forms.CheckboxSelectMultiple
    )
    arms = forms.MultipleChoiceField(
        label=_("Arms"),
        choices=StudyArm.choices,
        initial=[StudyArm.CLASSICAL, StudyArm.ASSISTED],
        widget=forms.CheckboxSelectMultiple,
    )
    size = forms.IntegerField(label=_("Questions for each annotator"), min_value=1, initial=200)
    gold_only = forms.BooleanField(
        label=_("Only questions with an expert’s label, so that accuracy is known for all"),
        required=False,
        initial=True,
    )
    mean_base = _seconds(_("Time without, mean, s"), 15.2)
    sd_base = _seconds(_("Time without, SD, s"), 42.1)
    accuracy_base = _share(_("Accuracy without, %"), 82)
    mean_with = _seconds(_("Time with, mean, s"), 10.4)
    sd_with = _seconds(_("Time with, SD, s"), 32.7)
    accuracy_with = _share(_("Accuracy with, %"), 84)

    def __init__(self, data: Any = None, *, choices: dict[str, Any]) -> None:
        super().__init__(data)
        for name, rows in (("dataset", choices["datasets"]), ("annotators", choices["people"])):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (declared above)
            field.queryset = rows

    def expectations(self) -> list[forms.BoundField]:
        names = ("mean_base", "sd_base", "accuracy_base", "mean_with", "sd_with", "accuracy_with")
        return [self[name] for name in names]

    def plan(self) -> StudyPlan:
        values = self.cleaned_data
        return StudyPlan(
            title=values["title"],
            dataset_id=values["dataset"].pk,
            annotators=[person.pk for person in values["annotators"]],
            arms=values["arms"],
            size=values["size"],
            gold_only=values["gold_only"],
            expected={
                "mean_s": [values["mean_base"], values["mean_with"]],
                "sd_s": [values["sd_base"], values["sd_with"]],
                "accuracy": [values["accuracy_base"] / 100, values["accuracy_with"] / 100],
            },
        )
