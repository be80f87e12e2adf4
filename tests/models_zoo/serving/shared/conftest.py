"""Tasks with real adapters over the tiny backbone."""

from collections.abc import Callable
from pathlib import Path

import peft
import pytest
import torch
from peft import PeftConfig, get_peft_model_state_dict
from torch import Tensor

from compression import TensorAdapterConfig
from models_zoo.backbones import load_backbone
from models_zoo.classifiers.understanding import mean_pool
from models_zoo.encoding import encode
from models_zoo.serving.shared import SharedBackbone

MakeTask = Callable[..., dict]
WIDTH = 32


@pytest.fixture
def shared(tiny_backbone: str) -> SharedBackbone:
    return SharedBackbone(load_backbone(tiny_backbone))


@pytest.fixture(scope="session")
def make_task(tiny_backbone: str) -> MakeTask:
    """The arguments of ``SharedBackbone.put`` for a task whose adapter and heads are random."""

    def make(seed: int, *, classes: int = 4, tags: int = 0, **settings: object) -> dict:
        torch.manual_seed(seed)
        config = TensorAdapterConfig(
            **{"init_weights": False, "target_modules": ["q_lin", "lin2"], "rank": 2} | settings
        )
        model = peft.get_peft_model(load_backbone(tiny_backbone).model, config)
        heads = {"label": (torch.randn(classes, WIDTH), torch.randn(classes))}
        if tags:
            heads["tags"] = (torch.randn(tags, WIDTH), torch.randn(tags))
        state = get_peft_model_state_dict(model, save_embedding_layers=False)
        return {
            "adapter": (model.peft_config["default"], {name: value.clone() for name, value in state.items()}),
            "heads": heads,
            "per_token": {"tags"} if tags else (),
            "version": f"v{seed}",
        }

    return make


@pytest.fixture(scope="session")
def alone(tiny_backbone: str) -> Callable[[str, dict], dict[str, Tensor]]:
    """What a task says to a text when it is a model of its own, through PEFT."""

    def ask(text: str, task: dict) -> dict[str, Tensor]:
        backbone = load_backbone(tiny_backbone)
        config, state = task["adapter"]
        model = peft.get_peft_model(backbone.model, copied(config))
        peft.set_peft_model_state_dict(model, state)
        batch = encode(backbone.tokenizer, [text])
        with torch.inference_mode():
            hidden = model.eval()(input_ids=batch.input_ids).last_hidden_state
            said = {}
            for name, (weight, bias) in task["heads"].items():
                read = hidden if name in task["per_token"] else mean_pool(hidden, None)
                said[name] = torch.nn.functional.linear(read, weight, bias)[0]
        return said

    return ask


def copied(config: PeftConfig) -> PeftConfig:
    return type(config)(**config.to_dict())


@pytest.fixture
def waiting(tmp_path: Path) -> Path:
    return tmp_path / "waiting"
