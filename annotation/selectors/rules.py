"""Labelling functions: those that are written on the page, and examples of what each finds."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from annotation.access import Viewer, require_researcher
from annotation.errors import NotFound
from annotation.labelling_functions import FUNCTIONS
from annotation.labelling_functions.function import Span
from annotation.models import AggregatorChoice, Item, LabelRun, Rule, RuleKind, RuleVersion
from annotation.questions import Question, question_of
from annotation.rules.applying import apply_rule
from annotation.rules.source import RuleSource
from annotation.selectors.truth import gold_of
from annotation.selectors.visible import seen_by
from models_zoo.labels import QUESTION_TYPES

MOST_EXAMPLES = 30


@dataclass(frozen=True)
class Example:
    """An utterance that a function votes on: its text in pieces, each with whether the vote rests on it."""

    pieces: list[tuple[str, bool]]
    said: str
    gold: str

    @property
    def wrong(self) -> bool:
        return bool(self.gold) and self.gold != self.said


def source_of(version: RuleVersion) -> RuleSource:
    return RuleSource(
        name=version.rule.name,
        kind=RuleKind(version.rule.kind),
        description=version.description,
        label=version.label,
        body=version.body,
        options=version.options,
    )


def newest_versions() -> QuerySet[RuleVersion]:
    """What each rule says now, by name."""
    newest = RuleVersion.objects.filter(rule=OuterRef("rule")).order_by("-number").values("pk")[:1]
    return (
        RuleVersion.objects.filter(pk=Subquery(newest))
        .select_related("rule", "author")
        .order_by("rule__name")
    )


def rules_enabled() -> list[RuleVersion]:
    """The written functions that vote."""
    return list(newest_versions().filter(rule__enabled=True))


def rules_for(viewer: Viewer) -> list[RuleVersion]:
    require_researcher(viewer)
    return list(newest_versions())


def rule_for(viewer: Viewer, rule_id: int) -> Rule:
    """Raises NotFound."""
    require_researcher(viewer)
    rule = Rule.objects.filter(pk=rule_id).first()
    if rule is None:
        raise NotFound
    return rule


def versions_of(rule: Rule) -> list[RuleVersion]:
    """Newest first."""
    return list(rule.versions.select_related("author", "rule"))


def aggregator_wanted() -> str:
    """The way of combining that a researcher chose; empty for whichever is best on gold."""
    newest = AggregatorChoice.objects.first()
    return newest.aggregator if newest else ""


def examples_for(viewer: Viewer, name: str) -> list[Example]:
    """Utterances on which a function voted in the latest run, those that gold contradicts first.

    Raises:
        NotFound: there is no function of this name.
    """
    require_researcher(viewer)
    written = newest_versions().filter(rule__name=name).first()
    if written is None and name not in {function.name for function in FUNCTIONS}:
        raise NotFound
    run = LabelRun.objects.first()
    if run is None:
        return []
    labels = run.labels.filter(seen_by(viewer.pk, "item__dataset"), votes__has_key=name)
    labels = labels.select_related("item").order_by("item__shuffle_key")
    chosen = [label for label in labels[: 4 * MOST_EXAMPLES] if label.item.withdrawn_at is None]
    items = [label.item for label in chosen]
    spans = _spans(written, name, [question_of(item.text, item.context) for item in items])
    said = [label.votes[name] for label in chosen]
    return examples_of(items, said, spans)[:MOST_EXAMPLES]


def _spans(written: RuleVersion | None, name: str, questions: Sequence[Question]) -> list[list[Span]]:
    if written is not None:
        return apply_rule(source_of(written), questions).spans
    function = next(each for each in FUNCTIONS if each.name == name)
    return [function.spans(question) for question in questions]


def examples_of(items: Sequence[Item], said: Sequence[str], spans: Sequence[Sequence[Span]]) -> list[Example]:
    """Those that gold contradicts come first."""
    found = []
    for item, label, where, gold in zip(items, said, spans, gold_of(items), strict=True):
        right = QUESTION_TYPES[gold] if gold >= 0 else ""
        found.append(Example(pieces_of(item.text.strip(), where), label, right))
    return sorted(found, key=lambda each: not each.wrong)


def pieces_of(text: str, spans: Sequence[Span]) -> list[tuple[str, bool]]:
    """The text cut at the spans, which may overlap: (piece, whether it lies in one)."""
    inside = [False] * len(text)
    for start, end in spans:
        inside[start:end] = [True] * len(inside[start:end])
    pieces: list[tuple[str, bool]] = []
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or inside[place] != inside[start]:
            pieces.append((text[start:place], inside[start]))
            start = place
    return pieces
