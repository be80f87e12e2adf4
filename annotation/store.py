"""The model store of this installation."""

from django.conf import settings

from models_zoo.store import ModelStore


def model_store() -> ModelStore:
    return ModelStore(settings.MODEL_STORE)
