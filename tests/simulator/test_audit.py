"""The audit log: what is kept, and who may read it."""

import pytest
from django.db import DatabaseError
from django.test import Client

from simulator.models import AuditAction, AuditEntry
from simulator.services.audit import audit_record
from tests.cast import Cast


def of(person) -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.filter(person=person).values_list("action", "what", "subject"))


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_keeps_what_a_researcher_reads(cast: Cast):
    session = cast.session()
    signed_in(cast.rosa).get(f"/sessions/{session.public_id}/log/")
    assert of(cast.rosa) == [("read", "session-detail", str(session.public_id))]


def test_keeps_changes_and_refusals_of_anybody(cast: Cast):
    client = signed_in(cast.tess)
    client.post("/studies/main/withdraw/")
    client.get("/console/")
    assert of(cast.tess) == [("refused", "console", ""), ("change", "withdraw", "main")]


def test_a_teachers_own_reading_is_nobodys_business(cast: Cast):
    signed_in(cast.tess).get("/rehearse/")
    assert of(cast.tess) == []


def test_a_failing_note_does_not_undo_the_deed(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    def full(**_: object) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr("simulator.middleware.audit_record", full)
    assert signed_in(cast.rosa).get("/sessions/").status_code == 200


def test_is_shown_to_researchers_of_the_same_study_only(cast: Cast):
    audit_record(person=cast.oscar, action=AuditAction.CHANGE, what="session-end")
    audit_record(person=cast.will, action=AuditAction.READ, what="console watch", subject="room-7")
    page = signed_in(cast.rosa).get("/audit/").content.decode()
    assert "room-7" in page
    assert "session-end" not in page


def test_filters_by_person_and_deed(cast: Cast):
    audit_record(person=cast.will, action=AuditAction.READ, what="console watch", subject="room-7")
    client = signed_in(cast.rosa)
    assert "room-7" in client.get("/audit/?person=will&action=read").content.decode()
    assert "room-7" not in client.get("/audit/?person=will&action=change").content.decode()


def test_a_request_has_a_name_that_the_log_and_the_answer_share(cast: Cast):
    answer = signed_in(cast.rosa).get("/sessions/", headers={"x-request-id": "from-the-proxy-1"})
    assert answer["X-Request-ID"] == "from-the-proxy-1"
    assert AuditEntry.objects.get().request_id == "from-the-proxy-1"


@pytest.mark.parametrize("given", ["", "short", "x" * 37, "line\\nbreak-long"])
def test_an_improper_name_is_replaced(client: Client, db: None, given: str):
    answer = client.get("/healthz/", headers={"x-request-id": given})
    assert answer["X-Request-ID"] != given
    assert len(answer["X-Request-ID"]) == 32
