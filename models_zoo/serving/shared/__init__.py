"""Many task models in one process over one frozen backbone, any of them in any row of a batch."""

from models_zoo.serving.shared.backbone import Answer, SharedBackbone
from models_zoo.serving.shared.errors import SharedBackboneError
from models_zoo.serving.shared.task import Head, TaskModel

__all__ = ["Answer", "Head", "SharedBackbone", "SharedBackboneError", "TaskModel"]
