"""Sessions played back, scenarios, invitations and consent texts."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from simulator import clock
from simulator.models import Invitation, ScenarioVersion
from simulator.services.message import message_post
from simulator.services.scenario import SCENARIO_DIR
from simulator.services.session import session_end
from simulator.services.turn import Prediction, turn_predict, turns_take
from tests.cast import Cast

REPLY = {"text": "It is 6 cm.", "source": "rule", "score": 0.9, "rule": "value", "effects": []}


def answered(cast: Cast):
    """A rehearsal of one turn, answered by the machine."""
    session = cast.session()
    message_post(session=session, teacher=cast.tess, client="tab", txn="t1", text="How long is blue?")
    (turn,) = turns_take(engine="engine:a", limit=5)
    turn_predict(turn=turn, prediction=Prediction({}, [REPLY], [], 0.1, 0.35, "test", 30, 1, "v7", 5))
    clock.tick()
    return session


def test_the_list_can_show_only_what_is_going_on(cast: Cast, browse):
    open_one, ended = cast.session(), cast.session()
    session_end(session=ended, reason="finished", actor="system")
    page = browse(cast.rosa).get(reverse("sessions"), {"state": "open"}).content.decode()
    assert str(open_one.public_id) in page
    assert str(ended.public_id) not in page


def test_the_newest_session_comes_first(cast: Cast, browse):
    first, second = cast.session(), cast.session(cast.theo)
    page = browse(cast.rosa).get(reverse("sessions")).content.decode()
    assert page.index(str(second.public_id)) < page.index(str(first.public_id))


def test_a_played_back_session_says_who_really_answered(cast: Cast, browse):
    session = answered(cast)
    response = browse(cast.rosa).get(reverse("session-detail", args=[session.public_id]))
    (turn,) = response.context["replay"].turns
    assert (turn.asked, turn.route, turn.by_machine) == ("How long is blue?", "certain", True)
    assert "machine:v7" in response.content.decode()


def test_a_refused_file_is_shown_with_its_faulty_line(cast: Cast, browse):
    source = (SCENARIO_DIR / "scale-factor.yaml").read_text().replace("kind: scripted", "kind: scribbled")
    line = source.splitlines().index("kind: scribbled") + 1
    response = browse(cast.rosa).post(reverse("scenario-add"), {"source": source})
    assert response.status_code == 422
    assert [one.number for one in response.context["excerpt"] if one.faulty] == [line]
    assert f"Refused at line {line}" in response.content.decode()
    assert ScenarioVersion.objects.count() == 1


def test_a_changed_file_becomes_the_offered_version(cast: Cast, browse):
    source = (SCENARIO_DIR / "scale-factor.yaml").read_text() + "\n# A remark.\n"
    upload = SimpleUploadedFile("scale-factor.yaml", source.encode())
    assert browse(cast.rosa).post(reverse("scenario-add"), {"file": upload}).status_code == 302
    assert [one.version for one in ScenarioVersion.objects.filter(is_active=True)] == [2]


def test_an_empty_form_is_refused_as_an_empty_file(cast: Cast, browse):
    response = browse(cast.rosa).post(reverse("scenario-add"), {"source": ""})
    assert response.status_code == 422


def test_the_slider_sets_the_threshold(cast: Cast, browse):
    address = reverse("scenario-threshold", args=[cast.scenario.pk])
    browse(cast.rosa).post(address, {"threshold": "0.62"})
    browse(cast.rosa).post(address, {"threshold": "1.5"})
    cast.scenario.refresh_from_db()
    assert cast.scenario.threshold == 0.62


def test_a_withdrawn_scenario_is_offered_to_nobody(cast: Cast, browse):
    browse(cast.rosa).post(reverse("scenario-activate", args=[cast.scenario.pk]), {"active": "no"})
    assert cast.scenario.title not in browse(cast.tess).get(reverse("lobby")).content.decode()


def test_a_made_link_is_there_to_be_copied_until_it_is_revoked(cast: Cast, browse):
    client = browse(cast.rosa)
    made = client.post(reverse("invite", args=["main"]), {"days": "3", "max_uses": "5"}, follow=True)
    invitation = Invitation.objects.get()
    link = reverse("join", args=[invitation.token])
    assert f'data-copy="http://testserver{link}"' in made.content.decode()
    revoked = client.post(reverse("revoke", args=[invitation.pk]), follow=True)
    assert link not in revoked.content.decode()


def test_a_link_for_nobody_is_refused(cast: Cast, browse):
    response = browse(cast.rosa).post(reverse("invite", args=["main"]), {"days": "3", "max_uses": "0"})
    assert response.status_code == 422
    assert not Invitation.objects.exists()


def test_a_published_text_is_a_new_version(cast: Cast, browse):
    browse(cast.rosa).post(reverse("publish", args=["main"]), {"text": "We also record the time."})
    newest = cast.study.consent_texts.order_by("-version").first()
    assert newest is not None
    assert (newest.version, newest.text) == (2, "We also record the time.")
