"""Which queue an address of the labelling page means."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.http import urlencode

from annotation.access import Viewer
from annotation.errors import NotFound
from annotation.models import Codebook, Dataset, LabellingStudy
from annotation.numerals import whole
from annotation.selectors.queue import Progress, progress_of, recheck_progress
from annotation.selectors.study_tasks import my_study, study_progress
from annotation.selectors.visible import datasets_for
from annotation.views.access import PageRequest

MOST_WITHOUT = 200
NAMES = ("dataset", "study", "skipped", "recheck")


@dataclass
class LabelQueue:
    """All questions, those of a data set or of a study; the new, the skipped, or those to look at again."""

    viewer: Viewer
    given: dict[str, str]

    @classmethod
    def of(cls, request: PageRequest) -> "LabelQueue":
        return cls(request.user, {name: request.GET[name] for name in NAMES if name in request.GET})

    @staticmethod
    def numbers(written: str) -> list[int]:
        """Items that a page names."""
        numbers = map(whole, written.split(","))
        return [number for number in numbers if number is not None][:MOST_WITHOUT]

    @property
    def skipped(self) -> bool:
        return "skipped" in self.given

    @property
    def recheck(self) -> bool:
        return "recheck" in self.given

    def _number(self, name: str) -> int | None:
        return whole(self.given.get(name, ""))

    @property
    def filter(self) -> dict[str, Any]:
        """What ``ticket_next`` takes."""
        return {
            "dataset_id": self._number("dataset"),
            "study_id": self._number("study"),
            "skipped": self.skipped,
            "recheck": self.recheck,
        }

    @property
    def query(self) -> str:
        return urlencode(self.given)

    @cached_property
    def dataset(self) -> Dataset | None:
        """Raises NotFound."""
        wanted = self._number("dataset")
        dataset = datasets_for(self.viewer).filter(pk=wanted).first() if wanted is not None else None
        if wanted is not None and dataset is None:
            raise NotFound
        return dataset

    @cached_property
    def study(self) -> LabellingStudy | None:
        """Raises NotFound: the viewer has no part in it, or it does not run."""
        wanted = self._number("study")
        return my_study(self.viewer, wanted) if wanted is not None else None

    @property
    def codebook(self) -> Codebook | None:
        """The version that the study is bound to."""
        return self.study.codebook if self.study else None

    @property
    def progress(self) -> Progress:
        if self.study is not None:
            return study_progress(self.viewer, self.study.pk)
        progress = recheck_progress if self.recheck else progress_of
        return progress(self.viewer, dataset_id=self._number("dataset"))
