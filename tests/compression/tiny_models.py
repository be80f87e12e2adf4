"""Small random encoders of the classes that the adapters are meant for."""

from collections.abc import Callable

import torch
from torch import Tensor
from transformers import (
    BertConfig,
    BertModel,
    DebertaV2Config,
    DebertaV2Model,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    DistilBertModel,
    PreTrainedModel,
    RobertaConfig,
    RobertaModel,
)

SIZES = {
    "vocab_size": 60,
    "hidden_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 40,
    "max_position_embeddings": 20,
}
TOKENS = torch.randint(2, 60, (4, 9), generator=torch.Generator().manual_seed(7))


def distilbert_config() -> DistilBertConfig:
    return DistilBertConfig(
        vocab_size=60, dim=24, n_layers=2, n_heads=2, hidden_dim=40, max_position_embeddings=20, num_labels=3
    )


ENCODERS: dict[str, Callable[[], PreTrainedModel]] = {
    "distilbert": lambda: DistilBertModel(distilbert_config()),
    "bert": lambda: BertModel(BertConfig(**SIZES)),
    "roberta": lambda: RobertaModel(RobertaConfig(**SIZES)),
    "deberta": lambda: DebertaV2Model(DebertaV2Config(**SIZES)),
}


def encoder(name: str = "distilbert") -> PreTrainedModel:
    """The same weights at every call."""
    torch.manual_seed(11)
    return ENCODERS[name]().eval()


def classifier() -> PreTrainedModel:
    torch.manual_seed(11)
    return DistilBertForSequenceClassification(distilbert_config()).eval()


@torch.no_grad()
def hidden(model: torch.nn.Module) -> Tensor:
    output: Tensor = model(input_ids=TOKENS).last_hidden_state
    return output
