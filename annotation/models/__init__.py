"""What is stored: questions, what rules, models and people say about them, and what was trained on that."""

from .annotation import Action, Annotation, ItemTicket, Outcome
from .codebook import Codebook
from .dataset import Dataset, Item, Source
from .exchange import FileFormat, FileImport, ImportFault, OutsideAnnotator
from .suggestion import Suggestion
from .training import RunKind, RunStatus, TrainingRun
from .weak import Aggregator, LabelRun, WeakLabel

__all__ = [
    "Action",
    "Aggregator",
    "Annotation",
    "Codebook",
    "Dataset",
    "FileFormat",
    "FileImport",
    "ImportFault",
    "Item",
    "ItemTicket",
    "LabelRun",
    "Outcome",
    "OutsideAnnotator",
    "RunKind",
    "RunStatus",
    "Source",
    "Suggestion",
    "TrainingRun",
    "WeakLabel",
]
