"""Records of a file become items and labels, batch by batch, each exactly once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from annotation.draws import draw
from annotation.importing.dialogues import ImportedLabel, ImportedQuestion, ReadError, Record, Turn
from annotation.models import Annotation, Codebook, Dataset, Item, Outcome
from models_zoo.labels import QUESTION_TYPES
from simulator.selectors import erased_event_ids

from .codebook import codebook_current
from .item import is_held_out, people_wanted
from .outside import outside_annotator

BATCH = 500
MOST_TEXT = 20_000


@dataclass(slots=True)
class Counts:
    """What became of records: questions that are new, were there, and were refused; labels that are new."""

    new: int = 0
    known: int = 0
    labels: int = 0
    wrong: int = 0

    def to_json(self) -> dict[str, int]:
        return {"new": self.new, "known": self.known, "labels": self.labels, "wrong": self.wrong}


@dataclass
class Intake:
    """Takes records into one dataset. The caller holds a transaction around each batch.

    Args:
        dataset: None when nothing is to be stored and there is no such dataset yet.
        with_gold, with_labels: what of the file's labels is kept.
        store: False only checks.
    """

    dataset: Dataset | None
    with_gold: bool = False
    with_labels: bool = False
    store: bool = True
    counts: Counts = field(default_factory=Counts)
    _seen: dict[str, int] = field(default_factory=dict)  # of a check: what would be there by now
    _people: dict[str, int] = field(default_factory=dict)
    _erased: frozenset[UUID] = field(default_factory=lambda: frozenset(erased_event_ids()))

    def take(self, records: Iterable[Record]) -> list[ReadError]:
        """Take a batch; returns the records that were refused."""
        faults, sound = [], []
        for record in records:
            fault = record if isinstance(record, ReadError) else self._fault(record)
            if fault is not None:
                faults.append(fault)
            elif isinstance(record, ImportedQuestion):
                sound.append(record)
        found = self._items(sound, faults)
        if self.store:
            new = {
                id(item): item for _question, item in found if item.pk is None
            }  # rows of one question share it
            Item.objects.bulk_create(new.values())
            self._fill_gold(found)
            if self.with_labels:
                self._labels(found, faults)
        self.counts.wrong += len(faults)
        return faults

    def _fault(self, question: ImportedQuestion) -> ReadError | None:
        """What is wrong with a record by itself."""
        said = [question.text, question.key, question.group, *(turn.text for turn in question.context)]
        if any("\0" in text for text in said):
            return ReadError(
                question.line, _("The text holds a NUL byte; take it out, or choose the right encoding.")
            )
        if any("\ud800" <= character <= "\udfff" for text in said for character in text):
            return ReadError(question.line, _("The text holds half of a surrogate pair; save it as UTF-8."))
        if len(question.text) > MOST_TEXT:
            return ReadError(question.line, _("The question is longer than 20,000 characters; shorten it."))
        if question.event in self._erased:
            return ReadError(question.line, _("What was said here has been erased since; it stays out."))
        return self._wrong_label(question)

    def _wrong_label(self, question: ImportedQuestion) -> ReadError | None:
        names = [question.gold] if self.with_gold and question.gold else []
        if self.with_labels:
            names += [name for said in question.labels for name in said.labels]
        wrong = next((name for name in names if name not in QUESTION_TYPES), None)
        if wrong is None:
            return None
        return ReadError(
            question.line,
            _("%(name)r is no question type; they are %(types)s.")
            % {"name": wrong, "types": ", ".join(QUESTION_TYPES)},
        )

    def _items(
        self, questions: Sequence[ImportedQuestion], faults: list[ReadError]
    ) -> list[tuple[ImportedQuestion, Item]]:
        """Each question with its item, which may be one that is to be made."""
        keys = [question.key for question in questions]
        there = {}
        if self.dataset is not None:
            there = {item.key: item for item in Item.objects.filter(dataset=self.dataset, key__in=keys)}
        events = [question.event for question in questions if question.event]
        taken = set(Item.objects.filter(source_event__in=events).values_list("source_event", flat=True))
        found = []
        for question in questions:
            item = there.get(question.key)
            if item is None and question.event in taken:  # a rehearsal's utterance that another dataset holds
                self.counts.known += 1
                continue
            content = _context(question.context)
            if item is None and not self._was_seen(question):
                item = there[question.key] = self._item(question, content)
                if question.event:
                    taken.add(question.event)
                self.counts.new += 1
            elif item is not None and (item.text, item.context) != (question.text, content):
                faults.append(
                    ReadError(
                        question.line,
                        _("The name %(key)r belongs to a question with other words; rename one of them.")
                        % {"key": question.key},
                    )
                )
                continue
            else:
                self.counts.known += 1
            if item is not None:
                found.append((question, item))
        return found

    def _was_seen(self, question: ImportedQuestion) -> bool:
        if self.store:
            return False
        before = len(self._seen)
        self._seen.setdefault(question.key, question.line)
        return len(self._seen) == before

    def _item(self, question: ImportedQuestion, context: list[dict[str, str]]) -> Item:
        return Item(
            dataset=self.dataset,
            key=question.key,
            text=question.text,
            context=context,
            source_event=question.event,
            group=question.group,
            gold=question.gold if self.with_gold else "",
            holdout=is_held_out(question.key),
            wanted=people_wanted(self.dataset, question.key) if self.dataset else 1,
            shuffle_key=draw(question.key, "place"),
            place=draw(question.key, "place"),
        )

    def _fill_gold(self, found: Sequence[tuple[ImportedQuestion, Item]]) -> None:
        """A file that is read again with its expert labels gives them to items that have none."""
        filled = []
        for question, item in found:
            if self.with_gold and question.gold and not item.gold:
                item.gold = question.gold
                filled.append(item)
        Item.objects.bulk_update(filled, ["gold"])

    def _labels(self, found: Sequence[tuple[ImportedQuestion, Item]], faults: list[ReadError]) -> None:
        codebook = codebook_current()
        items = {item.pk for _question, item in found}
        standing = Annotation.objects.filter(item__in=items, is_standing=True)
        known = {(one.item_id, one.annotator_id): one for one in standing}
        new = []
        for question, item in found:
            for said in question.labels:
                person = self._person(said.annotator)
                before = known.get((item.pk, person))
                if before is None:
                    known[item.pk, person] = _annotation(item, person, said, codebook)
                    new.append(known[item.pk, person])
                elif not _same(before, said):
                    reason = _("%(who)s has labelled this question otherwise before; that label was kept.")
                    faults.append(ReadError(question.line, reason % {"who": said.annotator}))
        Annotation.objects.bulk_create(new)
        self.counts.labels += len(new)

    def _person(self, name: str) -> int:
        if name not in self._people:
            self._people[name] = outside_annotator(origin=_origin(self.dataset), name=name)
        return self._people[name]


def _origin(dataset: Dataset | None) -> str:
    """Where outside annotators are known from: data sets of two studies may share a name, and no people."""
    if dataset is None or dataset.study is None:
        return dataset.name if dataset else ""
    return f"{dataset.name} ({dataset.study.slug})"


def _context(turns: Iterable[Turn]) -> list[dict[str, str]]:
    return [{"persona": turn.persona, "text": turn.text} for turn in turns]


def _annotation(item: Item, person: int, said: ImportedLabel, codebook: Codebook) -> Annotation:
    values: dict[str, Any] = {}
    if said.suggestion_shown and said.labels:
        kept = said.labels[0] == said.suggested_label
        values["outcome"] = Outcome.KEPT if kept else Outcome.CHANGED
    return Annotation(
        item=item,
        annotator_id=person,
        codebook=codebook,
        labels=list(said.labels),
        data_issue=said.data_issue,
        comment=said.comment,
        suggestion_shown=said.suggestion_shown,
        suggested_label=said.suggested_label[:40],
        suggested_by=said.suggested_by[:80],
        active_ms=said.active_ms,
        idle_ms=said.idle_ms,
        txn=f"import:{item.pk}",
        **values,
    )


def _same(stored: Annotation, said: ImportedLabel) -> bool:
    return (tuple(stored.labels), stored.data_issue, stored.comment) == (
        said.labels,
        said.data_issue,
        said.comment,
    )
