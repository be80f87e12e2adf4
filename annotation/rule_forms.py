"""What the editor of a labelling function sends, kind by kind."""

import hashlib
import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from annotation.models import Codebook, RuleKind, RuleVersion
from annotation.rules.keywords import keywords_of
from annotation.rules.source import Asked, RuleSource
from annotation.rules.zero_shot import descriptions_of
from models_zoo.labels import QUESTION_TYPES

EXAMPLE = """def vote(question):
    # .text, .words, .asks, .opens, and .context:
    # the turns before, with .persona and .text
    if re.search(r"\\bwhy\\b", question.text):
        return PROBING
    return ABSTAIN
"""
HINTS = {
    RuleKind.KEYWORDS: _("A word or phrase a line, whatever the case. explain* also finds explains."),
    RuleKind.PATTERN: _("As in Python. A search that takes longer than a fifth of a second is refused."),
    RuleKind.PYTHON: _(
        "vote(question) returns PROBING, PROCEDURAL, EXPOSITORY, OTHER or ABSTAIN. It runs confined: no "
        "imports (re is there), no files, no network, a tenth of a second for a question."
    ),
}
AREA = {"rows": 8, "spellcheck": "false", "class": "code", "autocomplete": "off"}


class RuleForm(forms.Form):
    """Args: kind; of: the version that is edited, None for a new function."""

    name = forms.SlugField(label=_("Name"), max_length=60, help_text=_("Letters, digits, _ and -."))
    description = forms.CharField(
        label=_("What it looks for"), max_length=200, help_text=_("One sentence; the Rules page shows it.")
    )
    label = forms.ChoiceField(label=_("Votes for"), choices=[(each, each) for each in QUESTION_TYPES])
    body = forms.CharField(label="", strip=False, widget=forms.Textarea(attrs=AREA))
    asked = forms.ChoiceField(
        label=_("In which utterances"),
        choices=[
            (Asked.ANY, _("All")),
            (Asked.ASKS, _("Those that ask")),
            (Asked.STATES, _("Those that ask nothing")),
        ],
    )
    ignore_case = forms.BooleanField(label=_("Whatever the case"), required=False, initial=True)
    margin = forms.FloatField(
        label=_("Margin"),
        min_value=0,
        max_value=1,
        initial=0.05,
        help_text=_("It abstains where the nearest description is nearer than the next by less (cosine)."),
    )
    tried = forms.CharField(required=False, widget=forms.HiddenInput)
    based_on = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, kind: RuleKind, of: RuleVersion | None = None) -> None:
        super().__init__(
            data, initial=_stored(of) if of else {"body": EXAMPLE if kind == RuleKind.PYTHON else ""}
        )
        self.kind, self.of = kind, of
        self.fields["body"].label = kind.label
        self.fields["body"].help_text = HINTS.get(kind, "")
        for name in _left_out(kind, of):
            del self.fields[name]
        if kind == RuleKind.ZERO_SHOT:
            self._describe(descriptions_of(of.body) if of else _definitions())

    def _describe(self, described: dict[str, str]) -> None:
        for place, label in enumerate(QUESTION_TYPES):
            self.fields[f"describes{place}"] = forms.CharField(
                label=label, initial=described[label], widget=forms.Textarea(attrs={"rows": 2})
            )

    def shown(self) -> list[forms.BoundField]:
        """The fields in the order of the page; those that are hidden apart."""
        first = [name for name in self.fields if not name.startswith("describes")]
        place = first.index("body") if "body" in first else first.index("asked")
        names = [*first[:place], *[name for name in self.fields if name not in first], *first[place:]]
        return [self[name] for name in names if not self[name].is_hidden]

    def source(self) -> RuleSource:
        values = self.cleaned_data
        options: dict[str, object] = {
            name: values[name] for name in ("asked", "ignore_case", "margin") if name in values
        }
        return RuleSource(
            name=self.of.rule.name if self.of else values["name"],
            kind=self.kind,
            description=values["description"],
            label=values.get("label", ""),
            body=self._body(),
            options=options,
        )

    def _body(self) -> str:
        values = self.cleaned_data
        if self.kind == RuleKind.ZERO_SHOT:
            return json.dumps({label: values[f"describes{n}"] for n, label in enumerate(QUESTION_TYPES)})
        body = str(values["body"]).replace("\r\n", "\n")
        if self.kind == RuleKind.KEYWORDS:
            return "\n".join(keywords_of(body))
        return body.strip("\n") if self.kind == RuleKind.PYTHON else body.strip("\n\r")

    def digest(self) -> str:
        """Changes when what would run changes; the page sends back the one that it showed a trial of."""
        source = self.source()
        said = [source.label, source.body, source.options]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def _left_out(kind: RuleKind, of: RuleVersion | None) -> list[str]:
    names = {
        RuleKind.KEYWORDS: ["ignore_case", "margin"],
        RuleKind.PATTERN: ["margin"],
        RuleKind.PYTHON: ["label", "asked", "ignore_case", "margin"],
        RuleKind.ZERO_SHOT: ["label", "body", "ignore_case"],
    }[kind]
    return [*names, "name"] if of else names


def _stored(version: RuleVersion) -> dict[str, Any]:
    said = {"description": version.description, "label": version.label, "body": version.body}
    return {**said, **version.options, "based_on": version.number}


def _definitions() -> dict[str, str]:
    """What the codebook says about each type, to begin with."""
    codebook = Codebook.objects.first()
    known = {kind["label"]: kind["definition"] for kind in codebook.types} if codebook else {}
    return {label: known.get(label, "") for label in QUESTION_TYPES}
