"""What is stored: questions, what rules, models and people say about them, and what was trained on that."""

from .annotation import Action, Annotation, ItemTicket, Outcome, Purpose
from .codebook import Codebook
from .dataset import Dataset, Item, Order, Source
from .exchange import FileFormat, FileImport, ImportFault, OutsideAnnotator
from .keys import KeyMap
from .label_studio import (
    Arm,
    LabelState,
    LabelStudioLabel,
    LabelStudioProject,
    LabelStudioServer,
    LabelStudioTask,
)
from .quality import Adjudication, Adjudicator, ItemScore, QualityReport
from .rule import Rule, RuleKind, RuleVersion
from .second_look import SecondLook
from .study import LabellingStudy, StudyArm, StudyReport, StudyTask
from .suggestion import Suggestion
from .training import RunKind, RunStatus, TrainingRun
from .weak import Aggregator, AggregatorChoice, LabelRun, WeakLabel

__all__ = [
    "Action",
    "Adjudication",
    "Adjudicator",
    "Aggregator",
    "AggregatorChoice",
    "Annotation",
    "Arm",
    "Codebook",
    "Dataset",
    "FileFormat",
    "FileImport",
    "ImportFault",
    "Item",
    "ItemScore",
    "ItemTicket",
    "KeyMap",
    "LabelRun",
    "LabelState",
    "LabelStudioLabel",
    "LabelStudioProject",
    "LabelStudioServer",
    "LabelStudioTask",
    "LabellingStudy",
    "Order",
    "Outcome",
    "OutsideAnnotator",
    "Purpose",
    "QualityReport",
    "Rule",
    "RuleKind",
    "RuleVersion",
    "RunKind",
    "RunStatus",
    "SecondLook",
    "Source",
    "StudyArm",
    "StudyReport",
    "StudyTask",
    "Suggestion",
    "TrainingRun",
    "WeakLabel",
]
