"""The settings of a training run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from peft import LoraConfig, PeftConfig

from compression import TensorAdapterConfig

DROPOUT = 0.1  # on the adapter's input where the encoder keeps its own


@dataclass(frozen=True)
class TrainingConfig:
    """Defaults are those of the shipped model; ``warm`` gives those for going on from a parent.

    Attributes:
        backbone: None for the configured one, see ``backbones.load_backbone``; a parent's wins.
        adapter: ``lora``, or a decomposition of ``compression``, ``cp``, ``tucker``, ``tensor_train``
            or ``tensor_ring``;
            a parent's adapter wins.
        shared_share: part of the blocks, from below, that carries no adapter. There the adapted and the bare
            encoder are one, so that serving gets the embedding of the bare one for the upper blocks only.
        head_dropout: probability of dropping a unit before each head; a parent's wins.
        encoder_dropout: the same within the encoder and its adapter; None for the encoder's own. At 0 all the
            spread of passes comes from before the heads, where it is known in closed form, and one reading of
            the encoder serves any number of them; a parent's wins.
        token_masking: probability of hiding a word piece of a training line, and of nothing that is read
            later, so it is no part of what passes differ in. It keeps a model without dropout in the encoder
            from fitting its few lines too closely (docs/models.md); a parent's wins.
        distillation_texts: utterances that teach the one-pass estimator; 0 for a version without it.
        distillation_passes: dropout passes drawn of each.
        distillation_checked: held-out utterances on which its ranking is measured, by 100 passes of each.
        learning_rate: peak rate of adapter and heads; AdamW, linear warm-up over a tenth, linear decay.
        development_share: part of the groups kept from training to fit the temperatures on.
        rehearsal: with a parent, corpus lines mixed in for each new example, so that heads without new
            labels do not forget (de Masson d'Autume et al. 2019).
        evaluation_passes: dropout passes when the finished model is scored on the held-out examples.
    """

    seed: int = 0
    backbone: str | None = None
    adapter: str = "cp"
    rank: int = 4
    targets: tuple[str, ...] = ("q_lin", "v_lin", "out_lin", "lin2")
    shared_share: float = 0.5
    head_dropout: float = 0.4
    encoder_dropout: float | None = 0.0
    token_masking: float = 0.1
    epochs: int = 15
    batch_size: int = 32
    learning_rate: float = 5e-3
    weight_decay: float = 0.01
    development_share: float = 0.1
    rehearsal: float = 1.0
    evaluation_passes: int = 5
    distillation_texts: int = 600
    distillation_passes: int = 10
    distillation_checked: int = 60

    @classmethod
    def warm(cls, *, seed: int = 0) -> TrainingConfig:
        """Few, gentle steps: for a few hundred new labels on top of a trained parent."""
        return cls(seed=seed, epochs=3, learning_rate=2e-3)

    @classmethod
    def compressed(
        cls, *, adapter: str, rank: int, targets: tuple[str, ...], seed: int = 0
    ) -> TrainingConfig:
        """For teaching a projected adapter what its parent says: it starts near, so two epochs are enough."""
        return cls(seed=seed, adapter=adapter, rank=rank, targets=targets, epochs=2, learning_rate=2e-3)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def adapted_blocks(self, blocks: int) -> list[int]:
        """The numbers of those of an encoder's blocks that carry the adapter."""
        return list(range(int(blocks * self.shared_share), blocks))

    def peft_config(self, blocks: Sequence[int] | None = None) -> PeftConfig:
        """The adapter on the maps that ``targets`` names, in these blocks; None for all."""
        where: dict[str, Any] = {"target_modules": list(self.targets), "r": self.rank}
        if blocks is not None:
            where["layers_to_transform"] = list(blocks)
        dropout = DROPOUT if self.encoder_dropout is None else self.encoder_dropout
        if self.adapter == "lora":
            return LoraConfig(lora_alpha=2 * self.rank, lora_dropout=dropout, **where)
        where["rank"] = where.pop("r")
        return TensorAdapterConfig(decomposition=self.adapter, dropout=dropout, **where)
