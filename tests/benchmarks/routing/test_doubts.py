"""Distances, pooling and the last layer's Gaussian, on numbers whose answer is known."""

from pathlib import Path

import numpy as np
import pytest
from scipy.special import softmax

from benchmarks.routing.data import read_turns
from benchmarks.routing.distances import LastLayerLaplace, Mahalanobis, Neighbours
from benchmarks.routing.machine import Reading
from benchmarks.routing.pooling import MAPS, Pool, best_map
from benchmarks.routing.sequence import context


@pytest.fixture
def drawn() -> tuple[np.ndarray, np.ndarray]:
    """Two clouds of points with their labels."""
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 2, 400)
    return generator.normal(size=(400, 3)) + 3 * labels[:, None], labels


def test_a_far_point_is_far(drawn: tuple[np.ndarray, np.ndarray]):
    distance = Mahalanobis(*drawn).distance(np.array([[0.0, 0, 0], [3, 3, 3], [9, -9, 0]]))
    assert distance[2] > 5 > 1 > max(distance[:2])


def test_neighbours_vote():
    vectors = np.repeat(np.eye(4, dtype=np.float32), 10, axis=0)
    index = Neighbours(np.hstack([vectors, vectors]), np.repeat(np.arange(4), 10), k=10)
    asked = np.eye(4, dtype=np.float32)[[2]]
    shares, similarity = index.votes(np.hstack([asked, asked]), 4)
    np.testing.assert_allclose(shares, [[0, 0, 1, 0]])
    assert similarity == pytest.approx(1.0)


def test_the_gaussian_over_the_head_doubts_what_lies_beyond_the_data(drawn: tuple[np.ndarray, np.ndarray]):
    features, _labels = drawn
    weights = np.array([[-1.0, 1.0]] * 3)
    gaussian = LastLayerLaplace(features, features @ weights)
    near, far = np.array([[1.0, 1.0, 1.0]]), np.array([[30.0, -30.0, 10.0]])

    def sharpness(point: np.ndarray) -> float:
        logits = point @ weights
        return float(gaussian.probabilities(point, logits).max() / softmax(logits).max())

    assert sharpness(far) < 0.95 * sharpness(near)


def test_the_better_reader_gets_more_weight_and_the_best_map_is_found():
    generator = np.random.default_rng(1)
    gold = generator.integers(0, 4, 600)
    reading = Reading.empty(600)
    good = softmax(2.0 * np.eye(4)[gold] + generator.normal(size=(600, 4)), axis=1)
    noise = softmax(generator.normal(size=(600, 4)), axis=1)
    reading.logits[:] = np.log(noise)
    reading.words[:], reading.trees[:], reading.kernel[:] = noise, noise, good
    pool = Pool(reading, gold)
    assert pool.weights.argmax() == 2
    place = np.arange(600) % 5
    assert best_map(3 * pool.logits(reading), gold, place) in set(MAPS) - {"none"}


def test_a_second_look_knows_the_turns_before(dialogues: Path):
    turns = read_turns(dialogues)[:5]  # four of one dialogue, one of the next
    logits = np.log(np.array([[0.7, 0.1, 0.1, 0.1], [0.1, 0.7, 0.1, 0.1]] * 2 + [[0.25] * 4]))
    last, before, mean = np.split(context(turns, logits), 3, axis=1)
    np.testing.assert_allclose(last[1], logits[0])
    np.testing.assert_allclose(before[2], logits[0])
    np.testing.assert_allclose(mean[2], (logits[0] + logits[1]) / 2)
    np.testing.assert_allclose(last[[0, 4]], np.tile(logits.mean(0), (2, 1)))  # nothing was said yet
