"""A DistilBERT two layers deep and 32 wide: everything real about the model but its size."""

from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer, DistilBertConfig, DistilBertModel

from models_zoo.backbones import packaged_folder
from models_zoo.labels import QUESTION_TYPES
from models_zoo.store import ModelStore
from models_zoo.training import Example, TrainingConfig, train_understanding


@pytest.fixture(scope="session", autouse=True)
def _one_thread():
    """The number of threads decides the order of sums, and with it the last digits of a training run."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def tiny_backbone(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a small random DistilBERT with the packaged tokenizer."""
    folder = tmp_path_factory.mktemp("backbone")
    tokenizer = AutoTokenizer.from_pretrained(packaged_folder(), local_files_only=True)
    config = DistilBertConfig(
        vocab_size=tokenizer.vocab_size, dim=32, n_heads=2, n_layers=2, hidden_dim=64, pad_token_id=0
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        DistilBertModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="session")
def eight() -> list[Example]:
    """Eight utterances, two of each question type, all heads labelled."""
    probing, factual, cueing = QUESTION_TYPES[:3]
    three = ((8, 11, "operation"), (12, 13, "number"))
    blue = ((12, 18, "dimension"), (26, 34, "object"))
    part = ((8, 11, "number"), (15, 17, "number"))
    return [
        example("Why did you add 3?", "Pump/Clarification", probing, three),
        example("How do you know?", "Pump/Clarification", probing),
        example("What is the length of the blue one?", "Pump/Value", factual, blue),
        example("What is 3/4 of 12?", "Pump/Value", factual, part),
        example("Use the scale factor.", "Inform", cueing, ((8, 20, "scale_factor"),)),
        example("Isn't it the width?", "Inform", cueing, ((12, 17, "dimension"),)),
        example("Hello Sam!", "Connect", "Other"),
        example("Well done.", "Feedback/Positive", "Other"),
    ]


def example(text, act, question_type, entities=()) -> Example:
    return Example(text, act, question_type, entities, group=text)


@pytest.fixture(scope="session")
def tiny_config(tiny_backbone: str) -> TrainingConfig:
    """Few steps; with the encoder's own dropout, so that most tests see the general way."""
    return TrainingConfig(
        backbone=tiny_backbone,
        epochs=2,
        batch_size=4,
        evaluation_passes=2,
        rank=2,
        encoder_dropout=None,
        token_masking=0.0,
        distillation_texts=0,
    )


@pytest.fixture(scope="session")
def tiny_store(tmp_path_factory, tiny_config, eight) -> tuple[ModelStore, str]:
    """A store with one trained, activated tiny version; read-only by agreement."""
    store = ModelStore(tmp_path_factory.mktemp("store"))
    version = train_tiny(store, eight, tiny_config)
    store.activate(version)
    return store, version


def train_tiny(
    store, examples, config, *, held_out=None, parent=None, cancelled=lambda: False, progress=lambda *_: None
) -> str:
    return train_understanding(
        examples,
        held_out=examples if held_out is None else held_out,
        config=config,
        progress=progress,
        cancelled=cancelled,
        parent=parent,
        store=store,
        lineage={"corpus": "eight", "annotation_ids": [7], "event_ids": ["e-1"]},
    )


@pytest.fixture
def own_store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "store")
