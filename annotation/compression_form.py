"""Which version is to be compressed, and into what."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from annotation.compression_methods import DEFAULT_TARGETS, METHODS, RANKS, TARGETS


class CompressionForm(forms.Form):
    """Args: versions: (name, what to call it) of those that may be chosen, the usual one first."""

    version = forms.ChoiceField(label=_("Version"))
    decomposition = forms.ChoiceField(
        label=_("Form"), choices=[(method.name, method.title) for method in METHODS], initial="cp"
    )
    rank = forms.IntegerField(
        label=_("Rank"),
        min_value=RANKS[0],
        max_value=RANKS[1],
        initial=2,
        help_text=_("The size of the inner indices. 2 and 4 are usual."),
    )
    targets = forms.MultipleChoiceField(
        label=_("Maps with an adapter, in every layer"),
        choices=TARGETS,
        initial=DEFAULT_TARGETS,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, versions: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["version"].choices = list(versions)  # type: ignore[attr-defined]  # of a ChoiceField

    def settings(self) -> dict[str, Any]:
        """What ``compression_request`` takes."""
        values = self.cleaned_data
        return {
            "version": values["version"],
            "decomposition": values["decomposition"],
            "rank": values["rank"],
            "targets": tuple(values["targets"]),
        }
