"""The lone layer: its shapes and counts, and a run on a few digits of a file."""

from argparse import ArgumentParser
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from benchmarks import digits
from compression import DECOMPOSITIONS


def arguments(*given: str) -> object:
    parser = ArgumentParser()
    digits.add_arguments(parser)
    return parser.parse_args(given)


def test_every_pixel_becomes_a_square_of_four_by_four() -> None:
    square = np.arange(64, dtype=np.float32).reshape(1, 8, 8)
    image = digits.upsampled(square).reshape(32, 32)
    assert (image[4:8, 12:16] == square[0, 1, 3]).all()
    assert np.unique(image).tolist() == list(range(64))


@pytest.mark.parametrize("name", [digits.DENSE, digits.LOW_RANK, *DECOMPOSITIONS])
def test_every_form_maps_pixels_to_classes(name: str) -> None:
    net = digits.network(digits.Form(name, None if name == digits.DENSE else 2))
    logits = net(torch.rand(3, digits.PIXELS))
    logits.sum().backward()
    assert logits.shape == (3, digits.CLASSES)
    assert all(value.grad is not None for value in net.parameters())


def test_parameters_follow_the_formula() -> None:
    # 1024 x 1024 has modes 32, 32, 32, 32 and 1024 x 10 has 32, 32, 2, 5; two biases beside them
    net = digits.network(digits.Form("tensor_ring", 2))
    assert sum(value.numel() for value in net.parameters()) == 4 * 128 + 4 * 71 + 1024 + 10


def test_equal_forms_have_about_the_rings_parameters() -> None:
    ring = digits.Form("tensor_ring", 3)
    wanted = digits._parameters(ring)
    for form in digits._equal_forms(ring):
        if form.name != digits.LOW_RANK:  # a matrix of rank 1 is larger already
            assert abs(digits._parameters(form) - wanted) < 0.25 * wanted


def test_a_run_on_a_file_gives_rows_and_leads(tmp_path: Path) -> None:
    pixels, labels = load_digits(return_X_y=True)
    few = np.concatenate([np.flatnonzero(labels == label)[:12] for label in range(10)])
    np.savetxt(tmp_path / "few.csv", np.column_stack([pixels, labels])[few], delimiter=",")
    options = ("--digits", str(tmp_path / "few.csv"), "--ranks", "2", "--seeds", "2", "--epochs", "1")
    figures = digits.run(arguments(*options, "--equal-to", "2"))
    forms = {(row["form"], row["rank"]) for row in figures["rows"]}
    assert {("dense", None), ("tensor_ring", 2), ("low_rank", 2)} <= forms
    assert all(row["low"] <= row["mean"] <= row["high"] for row in figures["rows"])
    assert set(figures["ring_lead"]) == {"rank 2", "equal parameters"}


def test_a_file_of_another_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("1,2,3\n")
    with pytest.raises(SystemExit, match="3 columns"):
        digits.run(arguments("--digits", str(tmp_path / "other.csv")))
