"""Reply delays come from one distribution, drawn before anybody knows who answers."""

from statistics import median

from simulator.services.pacing import reply_delay_s
from tests.cast import Cast


def test_delays_are_reproducible_and_within_the_limit(cast: Cast):
    session = cast.session(pacing_scale=1.0)
    delays = [reply_delay_s(session=session, turn_number=number) for number in range(400)]
    assert delays == [reply_delay_s(session=session, turn_number=number) for number in range(400)]
    pacing = cast.scenario.content.pacing
    assert min(delays) > 0
    assert max(delays) <= pacing.max_s
    assert 0.8 * pacing.median_s < median(delays) < 1.25 * pacing.median_s


def test_a_scale_of_zero_answers_at_once(cast: Cast):
    assert reply_delay_s(session=cast.session(pacing_scale=0.0), turn_number=1) == 0.0
