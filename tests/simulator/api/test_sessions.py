"""Sessions and events through the API are what the same person sees on the pages."""

import json

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from rest_framework.test import APIClient

from simulator import clock
from simulator.models import Session, User
from simulator.services.message import message_post
from simulator.services.turn import Prediction, turn_predict, turns_take
from tests.cast import Cast

CANDIDATE = {"text": "Six.", "source": "rule", "score": 0.9, "rule": "r", "effects": []}


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def answered(session: Session) -> Session:
    message_post(session=session, teacher=session.teacher, client="tab", txn="t1", text="How long is it?")
    (turn,) = turns_take(engine="engine:test", limit=1)
    turn_predict(turn=turn, prediction=Prediction({}, [CANDIDATE], [], 0.1, 0.35, "test", 30, 1, "v1", 5))
    clock.tick()
    return session


def events(user: User, session: Session, **query: str) -> dict:
    return client_of(user).get(reverse("api-session-events", args=[session.public_id]), query).json()


def test_a_teacher_gets_three_kinds_of_events_without_envelope(cast: Cast):
    session = answered(cast.session())
    found = events(cast.tess, session)
    assert [event["type"] for event in found["events"]] == ["session.started"] + ["message.posted"] * 2
    for event in found["events"]:
        assert set(event) == {"id", "type", "persona", "ts", "payload"}
    assert found["events"][-1]["payload"] == {"text": "Six."}


def test_a_researcher_gets_the_whole_log(cast: Cast):
    session = answered(cast.session())
    found = events(cast.rosa, session)
    assert [event["seq"] for event in found["events"]] == list(range(1, session.events.count() + 1))
    assert found["events"][-1]["actor"] == "machine:v1"


def test_the_cursor_leads_on_and_no_further(cast: Cast):
    session = answered(cast.session())
    first = events(cast.tess, session)
    assert first["reset"] is True
    nothing = events(cast.tess, session, after=first["cursor"])
    assert nothing == {"events": [], "cursor": first["cursor"], "reset": False, "more": False}
    message_post(session=session, teacher=cast.tess, client="tab", txn="t2", text="And the red one?")
    (new,) = events(cast.tess, session, after=first["cursor"])["events"]
    assert new["payload"]["text"] == "And the red one?"


def test_long_logs_come_in_stretches_that_join(cast: Cast, monkeypatch):
    monkeypatch.setattr("simulator.api.views.EVENTS_PER_PAGE", 2)
    session = answered(cast.session())
    found, cursor, more = [], "", True
    while more:
        answer = events(cast.rosa, session, **({"after": cursor} if cursor else {}))
        found += [event["seq"] for event in answer["events"]]
        cursor, more = answer["cursor"], answer["more"]
    assert found == list(range(1, session.events.count() + 1))


def test_a_teacher_is_not_told_the_mode(cast: Cast):
    session = cast.session(mode="verify")
    found = client_of(cast.tess).get(reverse("api-session", args=[session.public_id])).json()
    assert set(found) == {
        "id", "scenario", "title", "student", "started_at", "deadline_at", "ended_at", "end_reason",
    }  # fmt: skip
    team = client_of(cast.will).get(reverse("api-session", args=[session.public_id])).json()
    assert team["mode"] == "verify"
    assert team["teacher"] == cast.tess.actor


def test_the_list_comes_in_pages_newest_first_with_few_queries(cast: Cast):
    made = [str(cast.session().public_id) for _ in range(5)]
    cast.session(cast.oscar)  # of another study
    client = client_of(cast.rosa)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = client.get(reverse("api-sessions"), {"page_size": 2}).json()
    assert len(queries) <= 3
    found = [one["id"] for one in page["results"]]
    while page["next"]:
        page = client.get(page["next"]).json()
        found += [one["id"] for one in page["results"]]
    assert found == made[::-1]


def test_an_annotator_has_no_sessions(cast: Cast):
    cast.session()
    assert client_of(cast.ana).get(reverse("api-sessions")).json()["results"] == []


def test_the_description_is_valid_openapi_and_names_the_error(cast: Cast):
    schema = SchemaGenerator().get_schema(request=None, public=True)
    validate_schema(schema)
    described = json.dumps(schema)
    assert set(schema["paths"]) >= {"/api/sessions/", "/api/items/", "/api/labels/", "/api/model-versions/"}
    for operations in schema["paths"].values():
        for operation in operations.values():
            assert "default" in operation["responses"]
    assert '"#/components/schemas/Error"' in described


def test_the_page_of_the_api_holds_no_script_of_its_own(cast: Cast):
    client = APIClient()
    client.force_login(cast.rosa)
    page = client.get(reverse("api-docs")).content.decode()
    assert "<style" not in page
    assert "<script>" not in page
    script = client.get(reverse("api-docs"), {"script": ""})
    assert script["Content-Type"].startswith("application/javascript")
    assert "SwaggerUIBundle" in script.content.decode()
