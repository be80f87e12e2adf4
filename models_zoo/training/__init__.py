"""Training, evaluation and comparison of understanding models."""

from models_zoo.training.comparison import Comparison, compare
from models_zoo.training.compressing import compress_understanding
from models_zoo.training.config import TrainingConfig
from models_zoo.training.evaluation import evaluate
from models_zoo.training.examples import Example, Split, load_corpus, split
from models_zoo.training.fitting import TrainingCancelled
from models_zoo.training.redistilling import redistil_understanding
from models_zoo.training.run import train_understanding

__all__ = [
    "Comparison",
    "Example",
    "Split",
    "TrainingCancelled",
    "TrainingConfig",
    "compare",
    "compress_understanding",
    "evaluate",
    "load_corpus",
    "redistil_understanding",
    "split",
    "train_understanding",
]
