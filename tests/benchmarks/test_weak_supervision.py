import numpy as np
import pytest

from benchmarks.weak_supervision.contenders import contenders
from benchmarks.weak_supervision.measuring import measure

TEXTS = [f"Why is it {number}?" for number in range(40)]


def test_the_figures_are_those_of_the_same_lines():
    found = measure(contenders(), TEXTS, peer_rows=20)
    assert set(found) == {"rows", "seconds", "peers"}
    assert found["rows"] == 40
    assert "snorkel_pandas, extrapolated from 20 rows" in found["peers"]


def test_other_labels_are_an_error():
    wrong = {"acts": lambda texts: np.zeros(len(texts)), "other": lambda texts: np.ones(len(texts))}
    with pytest.raises(SystemExit, match="other labels"):
        measure(wrong, TEXTS, peer_rows=100)
