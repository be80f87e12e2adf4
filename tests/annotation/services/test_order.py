import pytest

from annotation.models import Dataset, ItemScore, Order, RunKind, RunStatus
from annotation.selectors.queue import queue_for
from annotation.services import order
from annotation.services.run import run_create, run_execute
from models_zoo.store import ModelStore
from models_zoo.types import Distribution, Uncertainty
from simulator.selectors import AnsweredTurn
from tests.cast import Cast


def prefill() -> None:
    run = run_execute(run_id=run_create(kind=RunKind.PREFILL).pk)
    assert run.status == RunStatus.DONE, run.message


@pytest.mark.parametrize("strategy", [Order.UNCERTAINTY, Order.FRAGILITY, Order.BALD, Order.DIVERSITY])
def test_the_prefill_job_scores_and_orders(cast: Cast, demo: Dataset, store: ModelStore, strategy: Order):
    Dataset.objects.update(order=strategy)
    prefill()
    demo.refresh_from_db()
    assert demo.ordered_at is not None
    assert ItemScore.objects.count() == demo.items.filter(holdout=False).count()
    ranked = [item for item in queue_for(cast.ana).select_related("score") if not item.holdout]
    scores = [getattr(item.score, strategy) for item in ranked]
    assert scores == pytest.approx(sorted(scores, reverse=True), abs=1e-5)
    assert len(set(scores)) > 10


def test_consequence_counts_turns_near_the_item(
    cast: Cast, demo: Dataset, store: ModelStore, monkeypatch: pytest.MonkeyPatch
):
    """Turns that repeat one question, all of them undecided, hang on that question."""
    Dataset.objects.update(order=Order.CONSEQUENCE)
    asked = demo.items.filter(holdout=False).order_by("pk")[7]
    found = Distribution(("a", "b", "c", "d"), (0.40, 0.38, 0.12, 0.10), Uncertainty(1.2, 1.2, 0.0))
    turn = AnsweredTurn(asked.text, found, 0.1, 0.8, 0.27)
    monkeypatch.setattr(order, "answered_turns", lambda most: [turn] * 9)
    prefill()
    assert asked.score.at_stake == 9  # a flip to its runner-up turns all of them
    assert asked.score.consequence > 0
    waiting = [item for item in queue_for(cast.ana).select_related("score") if not item.holdout]
    assert waiting[0].score == ItemScore.objects.order_by("-consequence", "-uncertainty").first()


def test_nothing_is_scored_where_every_order_is_random(cast: Cast, demo: Dataset, store: ModelStore):
    prefill()
    assert not ItemScore.objects.exists()
