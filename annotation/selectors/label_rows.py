"""Labels of one data set as the measures of quality read them."""

from collections.abc import Iterator

from annotation.models import Action, Annotation, Dataset, Outcome
from annotation.quality.people import Accepted
from annotation.quality.suspicion import Judged
from annotation.quality.votes import Label
from models_zoo.labels import QUESTION_TYPES

from .truth import decisions


def name_of(annotation: Annotation) -> str:
    return str(annotation.annotator)


class LabelRows:
    """Everything that is measured about a data set's labels comes from these rows, read once.

    ``genuine`` leaves out labels under planted suggestions: they measure over-trust and nothing else.
    """

    def __init__(self, dataset: Dataset) -> None:
        standing = Annotation.objects.filter(
            item__dataset=dataset, item__withdrawn_at=None, is_standing=True, action=Action.LABEL
        )
        rows = standing.select_related("annotator", "item", "ticket__suggestion").order_by("pk")
        self.all = [row for row in rows if row.labels]
        self.genuine = [row for row in self.all if not row.planted_label]
        self.planted = [row for row in self.all if row.planted_label]
        decided = decisions()
        self._truth = {row.item_id: decided.get(row.item_id, row.item.gold) for row in self.all}

    def labels(self) -> list[Label]:
        return [Label(row.item_id, name_of(row), row.labels[0], row.created_at) for row in self.genuine]

    def people(self) -> list[str]:
        return sorted({name_of(row) for row in self.all})

    def judged_by_truth(self, person: str | None = None) -> Iterator[tuple[Annotation, str]]:
        """Labels on items whose truth an expert or an adjudicator gave, with that truth."""
        for row in self.genuine:
            truth = self._truth[row.item_id]
            if truth and person in (None, name_of(row)):
                yield row, truth

    def of_planted(self, person: str | None = None) -> Iterator[tuple[Annotation, str]]:
        """Labels under a planted suggestion, with the truth."""
        for row in self.planted:
            if person in (None, name_of(row)):
                yield row, self._truth[row.item_id]

    def accepted(self, person: str) -> list[Accepted]:
        """Suggestions that a person took over, planted ones included: haste is haste."""
        return [
            Accepted(len(row.item.text.split()), row.active_ms)
            for row in self.all
            if name_of(row) == person
            and (row.outcome == Outcome.KEPT or (row.planted_label and row.labels[0] == row.planted_label))
        ]

    def judged_by_model(self) -> list[Judged]:
        """Labels beside what the model said before they were given."""
        return [
            Judged(
                row.pk,
                QUESTION_TYPES.index(row.labels[0]),
                tuple(row.ticket.suggestion.probabilities),
            )
            for row in self.genuine
            if row.ticket and row.ticket.suggestion and row.labels[0] in QUESTION_TYPES
        ]

    def by_pk(self) -> dict[int, Annotation]:
        return {row.pk: row for row in self.genuine}


def newest_annotation(dataset: Dataset) -> int:
    """The number of the newest row of a data set, 0 when there is none."""
    newest = Annotation.objects.filter(item__dataset=dataset).order_by("-pk").values_list("pk", flat=True)
    return newest.first() or 0
