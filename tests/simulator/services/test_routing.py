"""Thresholds of a study: chosen, supported, kept within the promise, raised by the governor."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from simulator import errors
from simulator.models import Consent, RoutingPolicy, ThresholdOrigin, ThresholdRecord, Turn
from simulator.selectors.routing import routing_detail, routing_overviews
from simulator.selectors.threshold import load_of, threshold_in_force
from simulator.selectors.verdicts import verdicts_of
from simulator.services.routing import guarantee_renew, policy_set, threshold_choose
from simulator.services.session import session_end
from tests.cast import Cast
from tests.past_turns import past_turns

from .test_turns import ask

pytestmark = pytest.mark.django_db


def rehearse(cast: Cast, **options: object) -> None:
    past_turns(cast.study, cast.scenario, cast.tess, cast.will, **options)


def renew(cast: Cast) -> ThresholdRecord | None:
    return guarantee_renew(study_id=cast.study.pk, slug=cast.scenario.slug)


def in_force(cast: Cast):
    return threshold_in_force(scenario=cast.scenario, study_id=cast.study.pk)


def wait(cast: Cast, turns: int) -> None:
    """Let so many turns wait for a supervisor."""
    for _ in range(turns):
        turn = ask(cast.session())
        Turn.objects.filter(pk=turn.pk).update(status="backup_wait")


def test_without_a_record_the_scenarios_threshold_holds(cast: Cast):
    found = in_force(cast)
    assert found.threshold == cast.scenario.threshold
    assert found.origin == f"scenario {cast.scenario.slug} v1"


def test_a_chosen_threshold_holds_in_its_study_only(cast: Cast):
    threshold_choose(study=cast.study, slug=cast.scenario.slug, threshold=0.61, user=cast.rosa)
    assert (in_force(cast).threshold, in_force(cast).origin) == (0.61, "chosen by rosa")
    other = threshold_in_force(scenario=cast.scenario, study_id=cast.other_study.pk)
    assert other.threshold == cast.scenario.threshold


def test_a_threshold_outside_its_range_is_refused(cast: Cast):
    with pytest.raises(errors.ThresholdInvalid):
        threshold_choose(study=cast.study, slug=cast.scenario.slug, threshold=1.2, user=cast.rosa)


def test_the_guarantee_rests_on_verify_and_audits(cast: Cast):
    rehearse(cast, sessions=40, verify=True, error=0.15)
    record = renew(cast)
    assert record is not None
    assert record.threshold is not None
    assert record.bound is not None
    assert record.bound <= record.target == 0.05
    assert record.verdicts == 480
    rehearse(cast, sessions=40, error=0.15, seed=3)
    again = renew(cast)
    assert again is not None
    assert 480 < again.verdicts < 960  # audits and as many of the uncertain turns as fit their rate
    assert ThresholdRecord.objects.count() == 2


def test_nothing_new_adds_no_record(cast: Cast):
    rehearse(cast, sessions=10, verify=True)
    assert renew(cast) == renew(cast)
    assert ThresholdRecord.objects.count() == 1


def test_too_few_verdicts_are_refused_with_how_many_are_missing(cast: Cast):
    rehearse(cast, sessions=2, verify=True, error=0.0)
    record = renew(cast)
    assert record is not None
    assert (record.threshold, record.refusal, record.needed) == (None, "too_few_verdicts", 21)


def test_a_new_model_version_begins_anew(cast: Cast):
    rehearse(cast, sessions=20, verify=True)
    newest = Turn.objects.order_by("-pk")[0]
    Turn.objects.filter(pk=newest.pk).update(model_version="v2")
    assert len(verdicts_of(cast.study.pk, cast.scenario.slug).scores) == 1


def test_verdicts_of_people_who_withdrew_do_not_count(cast: Cast):
    rehearse(cast, sessions=5, verify=True)
    Consent.objects.filter(person=cast.tess).update(withdrawn_at=timezone.now())
    assert len(verdicts_of(cast.study.pk, cast.scenario.slug).scores) == 0


def test_turns_of_a_seized_room_do_not_count(cast: Cast):
    rehearse(cast, sessions=5, verify=True)
    Turn.objects.update(route="seized")
    assert len(verdicts_of(cast.study.pk, cast.scenario.slug).scores) == 0


def test_the_end_of_a_session_renews_the_guarantee(cast: Cast, django_capture_on_commit_callbacks):
    rehearse(cast, sessions=20, verify=True)
    with django_capture_on_commit_callbacks(execute=True):
        session_end(session=cast.session(), reason="finished", actor="system")
    assert ThresholdRecord.objects.filter(origin=ThresholdOrigin.GUARANTEE).count() == 1


def test_a_kept_promise_answers_nothing_alone_without_verdicts(cast: Cast):
    policy_set(study=cast.study, keeps_promise=True)
    assert in_force(cast).threshold == 0.0
    assert "refused" in in_force(cast).origin


def test_a_kept_promise_lowers_a_threshold_that_is_too_high(cast: Cast):
    rehearse(cast, sessions=40, verify=True, error=0.15)
    threshold_choose(study=cast.study, slug=cast.scenario.slug, threshold=0.9, user=cast.rosa)
    policy_set(study=cast.study, keeps_promise=True)
    guaranteed = ThresholdRecord.objects.filter(origin=ThresholdOrigin.GUARANTEE)[0].threshold
    assert guaranteed is not None
    assert in_force(cast).threshold == pytest.approx(guaranteed, abs=1e-6)


@pytest.mark.parametrize(("waiting", "push"), [(0, 0.0), (2, 0.0), (3, 0.5), (4, 1.0), (9, 1.0)])
def test_the_governor_raises_the_threshold_up_to_the_guarantee(cast: Cast, waiting: int, push: float):
    """A turn takes 20 s and the limit is 80 s: at rest to 40 s, at the guarantee from 80 s on."""
    rehearse(cast, sessions=40, verify=True, error=0.1)
    Turn.objects.update(decided_at=timezone.now() - timedelta(days=1))
    policy_set(study=cast.study, governs=True, wait_limit_s=80.0)
    threshold_choose(study=cast.study, slug=cast.scenario.slug, threshold=0.05, user=cast.rosa)
    guaranteed = ThresholdRecord.objects.filter(origin=ThresholdOrigin.GUARANTEE)[0].threshold
    assert guaranteed is not None
    assert guaranteed > 0.05
    wait(cast, waiting)
    found = in_force(cast)
    assert found.expected_wait_s == 20.0 * waiting
    assert found.threshold == pytest.approx(0.05 + push * (guaranteed - 0.05), abs=1e-5)
    assert found.origin.startswith("governor" if push else "chosen by rosa")


def test_without_a_guarantee_the_governor_moves_nothing(cast: Cast):
    policy_set(study=cast.study, governs=True, wait_limit_s=5.0)
    wait(cast, 6)
    assert in_force(cast).threshold == cast.scenario.threshold


def test_the_time_at_a_turn_leaves_out_waiting_behind_another(cast: Cast):
    """Six turns opened together and answered one every ten seconds took ten seconds each."""
    rehearse(cast, sessions=1, verify=True)
    now = timezone.now() - timedelta(minutes=3)
    for place, turn in enumerate(Turn.objects.order_by("pk")):
        Turn.objects.filter(pk=turn.pk).update(
            opened_at=now, decided_at=now + timedelta(seconds=10 * (place + 1))
        )
    load = load_of(cast.study.pk)
    assert load.service_s == pytest.approx(10.0)
    assert (load.waiting, load.supervisors) == (0, 1)


def test_a_policy_out_of_range_is_refused_and_nothing_is_stored(cast: Cast):
    with pytest.raises(ValidationError):
        policy_set(study=cast.study, target_error=0.9)
    assert not RoutingPolicy.objects.exists()


def test_silent_errors_are_estimated_from_audits_alone(cast: Cast):
    rehearse(cast, sessions=60, audit_share=0.3, error=0.5, threshold=0.6)
    silent = routing_detail(cast.rosa, "main", cast.scenario.slug).overview.silent
    assert silent.asked == silent.estimate.n > 100
    assert silent.unanswered == 0
    audited = Turn.objects.filter(audited=True)
    share = audited.filter(machine_wrong=True).count() / audited.count()
    assert silent.estimate.value == pytest.approx(share)
    assert silent.estimate.low < share < silent.estimate.high


def test_the_curves_say_what_happened(cast: Cast):
    rehearse(cast, sessions=30, verify=True)
    points = routing_detail(cast.rosa, "main", cast.scenario.slug).points
    turns = list(Turn.objects.values_list("joint_uncertainty", "machine_wrong"))
    for point in (points[20], points[60], points[100]):
        below = [wrong for score, wrong in turns if score < point.threshold]
        assert point.coverage == pytest.approx(len(below) / len(turns), abs=1e-3)
        assert point.error == pytest.approx(sum(below) / len(below), abs=1e-3)
        assert point.verdicts == len(below)
    assert points[0].error is None
    loads = [point.per_minute for point in points]
    assert loads == sorted(loads, reverse=True)
    assert points[0].wait_s > points[50].wait_s


def test_only_researchers_of_the_study_read_it(cast: Cast):
    rehearse(cast, sessions=1, verify=True)
    assert len(routing_overviews(cast.rosa)) == 1
    with pytest.raises(errors.NotAllowed):
        routing_overviews(cast.will)
    cast.study.members.remove(cast.rosa)
    assert routing_overviews(cast.rosa) == []
    with pytest.raises(errors.NotFound):
        routing_detail(cast.rosa, "main", cast.scenario.slug)
