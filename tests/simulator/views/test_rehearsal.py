"""A rehearsal from the lobby to the feedback."""

from django.urls import reverse

from simulator.models import EndReason, Session
from simulator.services.session import session_end
from tests.cast import Cast


def test_the_lobby_offers_each_scenario_with_its_picture(cast: Cast, browse):
    page = browse(cast.tess).get(reverse("lobby")).content.decode()
    assert cast.scenario.title in page
    assert '<svg class="picture"' in page


def test_the_clock_starts_with_the_button_below_the_task(cast: Cast, browse):
    client = browse(cast.tess)
    brief = reverse("brief", args=[cast.study.slug, cast.scenario.pk])
    assert "Find out how Maya thinks" in client.get(brief).content.decode()
    assert not Session.objects.exists()
    begun = client.post(brief)
    assert begun.url == reverse("session", args=[Session.objects.get().public_id])


def test_an_open_rehearsal_can_be_gone_back_to(cast: Cast, browse):
    session = cast.session()
    page = browse(cast.tess).get(reverse("lobby")).content.decode()
    assert reverse("session", args=[session.public_id]) in page


def test_an_ended_rehearsal_shows_its_reason_in_the_room(cast: Cast, browse):
    session = cast.session()
    session_end(session=session, reason=EndReason.TIME_UP, actor="system")
    page = browse(cast.tess).get(reverse("session", args=[session.public_id])).content.decode()
    assert 'data-ended="time_up"' in page
    assert "The time was up" in page


def test_ending_leads_to_the_ratings_and_they_to_the_feedback(cast: Cast, browse):
    session = cast.session()
    client = browse(cast.tess)
    ratings = client.post(reverse("session-end", args=[session.public_id])).url
    assert ratings == reverse("ratings", args=[session.public_id])
    sent = client.post(ratings, {"rating-realism": "4", "comment": "Maya was quick."})
    assert sent.url == reverse("feedback", args=[session.public_id])
    rated = session.events.get(type="session.rated")
    assert rated.payload == {"ratings": {"realism": 4}, "comment": "Maya was quick."}


def test_a_rating_beyond_the_scale_is_not_stored(cast: Cast, browse):
    session = cast.session()
    session_end(session=session, reason=EndReason.FINISHED, actor=cast.tess.actor)
    response = browse(cast.tess).post(reverse("ratings", args=[session.public_id]), {"rating-realism": "9"})
    assert "not one of the available choices" in response.content.decode()
    assert not session.events.filter(type="session.rated").exists()


def test_an_open_rehearsal_has_neither_ratings_nor_feedback_yet(cast: Cast, browse):
    session = cast.session()
    room = reverse("session", args=[session.public_id])
    for name in ("ratings", "feedback"):
        assert browse(cast.tess).get(reverse(name, args=[session.public_id])).url == room


def test_a_rehearsal_in_which_nothing_was_said_has_a_page_that_says_so(cast: Cast, browse):
    session = cast.session()
    session_end(session=session, reason=EndReason.FINISHED, actor=cast.tess.actor)
    page = browse(cast.tess).get(reverse("feedback", args=[session.public_id])).content.decode()
    assert "Nothing was said" in page


def test_the_debriefing_stands_below_the_feedback(cast: Cast, browse):
    cast.study.debrief = "A person may have helped."
    cast.study.save()
    session = cast.session()
    session_end(session=session, reason=EndReason.FINISHED, actor=cast.tess.actor)
    page = browse(cast.tess).get(reverse("feedback", args=[session.public_id])).content.decode()
    assert "A person may have helped." in page
