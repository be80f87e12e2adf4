"""What people fill in. Forms check shape; the services check meaning."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from simulator.models import RoutingPolicy
from simulator.student.parts import Rating


class JoinForm(forms.Form):
    display_name = forms.CharField(
        label=_("Your name"),
        max_length=80,
        help_text=_("Shown to you and to the study team. A first name or an invented one will do."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )


class RatingsForm(forms.Form):
    """One scale from 1 to 5 for each item of the scenario; each may be left out."""

    def __init__(self, *args: Any, items: Iterable[Rating], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(items)
        for item in self.items:
            choices = [(str(n), str(n)) for n in range(1, 6)]
            self.fields[f"rating-{item.key}"] = forms.ChoiceField(
                label=item.question, choices=choices, required=False
            )
        self.fields["comment"] = forms.CharField(
            label=_("Anything else?"),
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 4}),
        )

    @property
    def scales(self) -> list[tuple[Rating, forms.BoundField]]:
        """Each item with its field, for the page."""
        return [(item, self[f"rating-{item.key}"]) for item in self.items]

    def ratings(self) -> dict[str, int]:
        """What was chosen, item by item."""
        chosen = {item.key: self.cleaned_data[f"rating-{item.key}"] for item in self.items}
        return {key: int(value) for key, value in chosen.items() if value}


class InvitationForm(forms.Form):
    days = forms.IntegerField(label=_("Open for (days)"), min_value=1, max_value=365, initial=14)
    max_uses = forms.IntegerField(label=_("For how many people"), min_value=1, max_value=1000, initial=1)

    def expires_at(self) -> datetime:
        return timezone.now() + timedelta(days=self.cleaned_data["days"])


class ConsentTextForm(forms.Form):
    text = forms.CharField(
        label=_("Text"),
        max_length=20_000,
        help_text=_("Plain text; an empty line begins a paragraph."),
        widget=forms.Textarea(attrs={"rows": 12}),
    )


class RetentionForm(forms.Form):
    retention_days = forms.IntegerField(
        label=_("Erase rehearsals after (days)"),
        min_value=1,
        max_value=36_500,
        required=False,
        help_text=_("Counted from their end. Empty: they are kept until somebody erases them."),
    )


class ScenarioForm(forms.Form):
    """A scenario as a file or as text."""

    file = forms.FileField(label=_("File"), required=False)
    source = forms.CharField(
        label=_("or its text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "class": "code", "spellcheck": "false"}),
    )

    def text(self) -> str:
        """What was given; the file wins."""
        upload = self.cleaned_data["file"]
        given: str = upload.read().decode("utf-8", "replace") if upload else self.cleaned_data["source"]
        return given


class RoutingPolicyForm(forms.ModelForm[RoutingPolicy]):
    """What a study promises, audits and lets the governor do."""

    class Meta:
        model = RoutingPolicy
        fields = (
            "target_error",
            "confidence",
            "keeps_promise",
            "audit_share",
            "governs",
            "wait_limit_s",
        )
        widgets = {
            "target_error": forms.NumberInput(attrs={"step": "0.005", "min": "0.005", "max": "0.5"}),
            "confidence": forms.NumberInput(attrs={"step": "0.01", "min": "0.5", "max": "0.999"}),
            "audit_share": forms.NumberInput(attrs={"step": "0.01", "min": "0", "max": "1"}),
            "wait_limit_s": forms.NumberInput(attrs={"step": "1", "min": "1", "max": "600"}),
        }


class ThresholdForm(forms.Form):
    threshold = forms.FloatField(label=_("Threshold"), min_value=0.0, max_value=1.0)
