"""The measures against two kept libraries, baal and torch-uncertainty, on the same logits."""

import importlib.util
from importlib.metadata import distribution
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from models_zoo.uncertainty.measures import Measures, measures_of

heuristics = pytest.importorskip("baal.active.heuristics")
TOLERANCE = 1e-6
SHAPES = {"classifier": (30, 64, 4), "tagger": (30, 8, 12, 11)}  # (T, texts, [words,] C)


def torch_uncertainty(module: str, name: str) -> Any:
    """A metric from its file: importing the package would ask for lightning and torchvision."""
    pytest.importorskip("torchmetrics")
    file = distribution("torch-uncertainty").locate_file(
        f"torch_uncertainty/metrics/classification/{module}.py"
    )
    spec = importlib.util.spec_from_file_location(f"peer_{module}", str(file))
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return getattr(loaded, name)


@pytest.fixture(params=SHAPES, ids=list(SHAPES))
def logits(request: pytest.FixtureRequest) -> Tensor:
    """Passes from near agreement to open contradiction."""
    shape = SHAPES[request.param]
    generator = torch.Generator().manual_seed(3)
    middle = 3 * torch.randn(shape[1:], generator=generator)
    spread = torch.rand(shape[1:-1], generator=generator).unsqueeze(-1) * 2
    return middle + spread * torch.randn(shape, generator=generator)


@pytest.fixture
def ours(logits: Tensor) -> Measures:
    return measures_of(logits.double().softmax(-1))


def test_entropy_and_mutual_information_are_those_of_baal(logits: Tensor, ours: Measures):
    theirs = np.moveaxis(logits.numpy(), (0, -1), (-1, 1))  # (texts, C, [words,] T)
    np.testing.assert_allclose(
        heuristics.BALD().compute_score(theirs), ours.mutual_information, atol=TOLERANCE, rtol=0
    )
    probabilities = np.moveaxis(logits.double().softmax(-1).numpy(), (0, -1), (-1, 1))
    np.testing.assert_allclose(
        heuristics.Entropy().compute_score(probabilities), ours.predictive_entropy, atol=TOLERANCE, rtol=0
    )
    np.testing.assert_allclose(
        heuristics.Certainty().compute_score(probabilities), ours.max_probability, atol=TOLERANCE, rtol=0
    )


@pytest.mark.parametrize(
    ("module", "metric", "settings", "measure"),
    [
        ("entropy", "Entropy", {}, "expected_entropy"),
        ("mutual_information", "MutualInformation", {}, "mutual_information"),
        ("variation_ratio", "VariationRatio", {"probabilistic": False}, "variation_ratio"),
    ],
)
def test_measures_are_those_of_torch_uncertainty(
    logits: Tensor, ours: Measures, module: str, metric: str, settings: dict[str, bool], measure: str
):
    rows = logits.double().softmax(-1).flatten(1, -2)  # (T, N, C)
    theirs = torch_uncertainty(module, metric)(reduction="none", **settings)
    # Its variation ratio turns estimators and examples round, as its ensembles hand them over.
    theirs.update(rows if metric == "VariationRatio" else rows.transpose(0, 1))
    np.testing.assert_allclose(
        theirs.compute().numpy(), getattr(ours, measure).flatten().numpy(), atol=TOLERANCE, rtol=0
    )


def test_the_entropy_of_the_mean_is_that_of_torch_uncertainty(logits: Tensor, ours: Measures):
    theirs = torch_uncertainty("entropy", "Entropy")(reduction="none")
    theirs.update(logits.double().softmax(-1).mean(0).flatten(0, -2))
    np.testing.assert_allclose(
        theirs.compute().numpy(), ours.predictive_entropy.flatten().numpy(), atol=TOLERANCE, rtol=0
    )
