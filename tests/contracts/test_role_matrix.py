"""Who gets what from every address. An address that is not in the table fails, so none is forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from simulator.models import Invitation, Role, User
from simulator.services.message import message_post
from simulator.services.study import invitation_create
from tests.cast import Cast

# Tess holds the session in question; Oscar teaches and Olga researches in another study.
PEOPLE = ("nobody", "tess", "theo", "will", "ana", "rosa", "oscar", "olga")
TEACHERS = {"tess", "theo", "oscar"}
RESEARCHERS = {"rosa", "olga"}
ANNOTATORS = {"ana", *RESEARCHERS}
SIGNED_IN = set(PEOPLE) - {"nobody"}
TO_SIGN_IN = "to sign-in"


@dataclass(frozen=True)
class Row:
    """One address: how it is asked, who may, and what each of them and the others get."""

    may: set[str]
    status: int = 200
    method: str = "get"
    others: int = 404
    nobody: int | str = TO_SIGN_IN
    unlike: dict[str, int] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)

    def expected(self, person: str) -> int | str:
        if person in self.unlike:
            return self.unlike[person]
        if person in self.may:
            return self.status
        return self.nobody if person == "nobody" else self.others


def page(*may: str, **more: Any) -> Row:
    return Row(set(may), **more)


def action(*may: str, **more: Any) -> Row:
    """A form that acts and then leads on."""
    return Row(set(may), method="post", status=more.pop("status", 302), **more)


def api(*may: str, **more: Any) -> Row:
    return Row(set(may), nobody=more.pop("nobody", 401), **more)


MATRIX: dict[str, Row] = {
    "health": page(*PEOPLE),
    "readiness": page(*PEOPLE),
    "metrics": page(status=404, nobody=404),
    "home": page(*SIGNED_IN, status=302),
    "sign-in": page("nobody", others=302),
    "sign-out": action(*PEOPLE),
    "theme": action(*PEOPLE),
    "set_language": action(*PEOPLE),
    "join": page(*PEOPLE),
    "account": page(*SIGNED_IN),
    # A teacher
    "consent": page("tess", "theo", status=302),
    "withdraw": action("tess", "theo", "will", "ana", "rosa"),
    "lobby": page(*TEACHERS),
    "brief": page("tess", "theo"),
    "session": page("tess"),
    "session-end": action("tess"),
    "ratings": page("tess", status=302),
    "feedback": page("rosa", unlike={"tess": 302}),
    "dispute": action("tess", status=400),
    # The team
    "console": page("will", *RESEARCHERS),
    "decision": page("will", "rosa"),
    "sessions": page(*RESEARCHERS),
    "session-detail": page("rosa"),
    "scenarios": page(*RESEARCHERS),
    "scenario-add": page(*RESEARCHERS),
    "scenario-source": page(*RESEARCHERS),
    "scenario-threshold": action(*RESEARCHERS, data={"threshold": "0.4"}),
    "scenario-activate": action(*RESEARCHERS),
    "routing": page(*RESEARCHERS),
    "routing-scenario": page("rosa"),
    "routing-policy": action("rosa", status=422),
    "routing-deploy": page("rosa", data={"threshold": "0.3"}),
    "studies": page(*RESEARCHERS),
    "study": page("rosa"),
    "invite": action("rosa", data={"days": "3", "max_uses": "1"}),
    "publish": action("rosa", data={"text": "A new text."}),
    "retention": action("rosa", data={"retention_days": "90"}),
    "revoke": action("rosa"),
    "audit": page(*RESEARCHERS),
    # Data
    "export-all": page(*RESEARCHERS),
    "export-session": page("tess", "rosa"),
    "export-schema": page(*RESEARCHERS),
    "export-schema-file": page(*RESEARCHERS),
    # Annotation
    "annotation:home": page(*ANNOTATORS),
    "annotation:import": action(*RESEARCHERS, status=400, unlike={"ana": 403}),
    "annotation:data": page(*RESEARCHERS, unlike={"ana": 403}),
    "annotation:export": page(*RESEARCHERS, unlike={"ana": 403}),
    "annotation:file-import": page(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "annotation:file-import-discard": action(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "annotation:file-import-faults": page(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "annotation:label": page(*ANNOTATORS),
    "annotation:label-next": page(*ANNOTATORS, status=204),
    "annotation:label-save": action(*ANNOTATORS, status=400),
    "annotation:label-undo": action(*ANNOTATORS, status=409),
    "annotation:label-answer": action(*ANNOTATORS, status=400),
    "annotation:label-keys": action(*ANNOTATORS),
    "annotation:label-dialogue": page(*ANNOTATORS, status=404),
    "annotation:adjudicate": page(*RESEARCHERS, unlike={"ana": 403}),
    "annotation:adjudicate-save": action(*RESEARCHERS, status=400, unlike={"ana": 403}),
    "annotation:adjudicate-undo": action(*RESEARCHERS, status=409, unlike={"ana": 403}),
    "annotation:quality": page(*RESEARCHERS, unlike={"ana": 403}),
    "annotation:quality-measure": action(*RESEARCHERS, unlike={"ana": 403}),
    "annotation:entitle": action(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "annotation:codebook": page(*RESEARCHERS, unlike={"ana": 403}),
    "annotation:plan": page(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "annotation:label-studio": page(*RESEARCHERS, unlike={"ana": 403}),
    "annotation:label-studio-connect": action(*RESEARCHERS, status=400, unlike={"ana": 403}),
    "annotation:label-studio-forget": action(*RESEARCHERS, unlike={"ana": 403}),
    "annotation:label-studio-send": action(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "annotation:label-studio-fetch": action(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "annotation:label-studio-renew": action(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "annotation:label-studio-config": action(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "annotation:label-studio-conflicts": page(*RESEARCHERS, unlike={"ana": 403}),
    "annotation:label-studio-decide": action(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "annotation:weak": page(*RESEARCHERS, unlike={"ana": 403}),
    "annotation:weak-run": action(*RESEARCHERS, unlike={"ana": 403}),
    "annotation:rule-new": page(*RESEARCHERS, unlike={"ana": 403}),
    "annotation:rule-create": action(*RESEARCHERS, status=400, unlike={"ana": 403}),
    "annotation:rule": page(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "annotation:rule-revise": action(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "annotation:rule-switch": action(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "annotation:rule-examples": page(*RESEARCHERS, unlike={"ana": 403}),
    "annotation:aggregator": action(*RESEARCHERS, unlike={"ana": 403}),
    "annotation:lineage": page(*RESEARCHERS, unlike={"ana": 403}),
    "annotation:lineage-item": page(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "annotation:lineage-version": page(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "annotation:models": page(*RESEARCHERS, unlike={"ana": 403}),
    "annotation:train": action(*RESEARCHERS, unlike={"ana": 403}),
    "annotation:deploy": action(*RESEARCHERS, status=409, unlike={"ana": 403}),
    "annotation:roll-back": action(*RESEARCHERS, status=409, unlike={"ana": 403}),
    "annotation:compression": page(*RESEARCHERS, unlike={"ana": 403}),
    "annotation:compress": action(*RESEARCHERS, status=400, unlike={"ana": 403}),
    "annotation:measure": action(*RESEARCHERS, unlike={"ana": 403}),
    "annotation:version": page(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "annotation:run": page(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "annotation:run-cancel": action(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "annotation:studies": page(*RESEARCHERS, unlike={"ana": 403}),
    "annotation:study": page(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "annotation:study-start": action(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "annotation:study-end": action(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "annotation:study-discard": action(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "annotation:study-measure": action(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "annotation:study-table": page(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "annotation:study-labels": page(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "annotation:loop": page(*RESEARCHERS, unlike={"ana": 403}),
    # The API
    "api-token": action(*PEOPLE, status=400),
    "api-sessions": api(*SIGNED_IN),
    "api-session": api("tess", "will", "rosa"),
    "api-session-events": api("tess", "will", "rosa"),
    "api-session-export": api("tess", "rosa", unlike={"will": 403}),
    "api-export": api(*RESEARCHERS, others=403),
    "api-items": api(*ANNOTATORS),
    "api-item": api(status=404),
    "api-labels": api(*ANNOTATORS),
    "api-model-versions": api(*RESEARCHERS, unlike={"ana": 403}),
    "api-model-version": api(*RESEARCHERS, status=404, unlike={"ana": 403}),
    "api-schema": api("will", *ANNOTATORS, others=403),
    "api-docs": api("will", *ANNOTATORS, others=403),
    "api-nothing": api(status=404),
}


def addresses(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[tuple[str, str]]:
    """Name and route of every address of the product."""
    for one in patterns:
        if isinstance(one, URLResolver):
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from addresses(one.url_patterns, inner)
        else:
            yield f"{namespace}{one.name}", str(one.pattern)


NAMES = [name for name, _route in addresses(get_resolver().url_patterns)]


def test_every_address_is_in_the_matrix():
    assert sorted(set(NAMES)) == sorted(MATRIX)


RULES: dict[str, dict[str, Any]] = {
    **{f"annotation:{one}": {"kind": "pattern"} for one in ("rule-new", "rule-create")},
    **{f"annotation:{one}": {"rule_id": 1} for one in ("rule", "rule-revise", "rule-switch")},
    "annotation:rule-examples": {"name": "asks_why"},
}


@dataclass
class Case:
    """The cast with a session of Tess and everything that an address may name."""

    cast: Cast
    public_id: str
    invitation: Invitation
    users: dict[str, User | None]

    def url(self, name: str) -> str:
        known: dict[str, dict[str, Any]] = {
            **RULES,
            "join": {"token": self.invitation.token},
            "revoke": {"pk": self.invitation.pk},
            "brief": {"slug": "main", "pk": self.cast.scenario.pk},
            "decision": {"public_id": self.public_id, "number": 1},
            "dispute": {"public_id": self.public_id, "number": 1},
            "annotation:lineage-item": {"item_id": 1},
            "annotation:lineage-version": {"version": "none"},
            "annotation:version": {"version": "none"},
            "annotation:run": {"run_id": 1},
            "api-item": {"pk": 1},
            "api-model-version": {"version": "none"},
            "annotation:run-cancel": {"run_id": 1},
            "annotation:plan": {"dataset_id": 1},
            "annotation:label-dialogue": {"item_id": 1},
        }
        for one in ("send", "fetch"):
            known[f"annotation:label-studio-{one}"] = {"dataset_id": 1}
        for one in ("", "-start", "-end", "-discard", "-measure", "-table", "-labels"):
            known[f"annotation:study{one}"] = {"study_id": 1}
        for one in ("renew", "config"):
            known[f"annotation:label-studio-{one}"] = {"project_id": 1}
        known["annotation:label-studio-decide"] = {"label_id": 1}
        for one in ("file-import", "file-import-discard", "file-import-faults"):
            known[f"annotation:{one}"] = {"import_id": 1}
        for one in ("consent", "withdraw", "study", "invite", "publish", "retention"):
            known[one] = {"slug": "main"}
        for one in ("routing-scenario", "routing-policy", "routing-deploy"):
            known[one] = {"slug": "main", "scenario": self.cast.scenario.slug}
        for one in ("scenario-source", "scenario-threshold", "scenario-activate"):
            known[one] = {"pk": self.cast.scenario.pk}
        if name == "api-nothing":
            return "/api/there/is/nothing/"
        if name in known:
            return reverse(name, kwargs=known[name])
        needs_session = "<uuid:public_id>" in dict(addresses(get_resolver().url_patterns))[name]
        return reverse(name, kwargs={"public_id": self.public_id} if needs_session else {})


@pytest.fixture
def case(cast: Cast) -> Case:
    olga = User.objects.create_user("olga", role=Role.RESEARCHER, display_name="Olga")
    cast.other_study.members.add(olga)
    invitation = invitation_create(
        study=cast.study, created_by=cast.rosa, expires_at=timezone.now() + timedelta(days=1)
    )
    users: dict[str, User | None] = {name: getattr(cast, name) for name in PEOPLE[1:-1]}
    session = cast.session()
    message_post(session=session, teacher=cast.tess, client="tab", txn="m1", text="Why is that?")
    return Case(cast, str(session.public_id), invitation, {"nobody": None, **users, "olga": olga})


def answer(case: Case, name: str, person: str) -> int | str:
    """What a person gets from an address: the status, or that they are sent to sign in."""
    client, row, user = Client(), MATRIX[name], case.users[person]
    if user is not None:
        client.force_login(user)
    with transaction.atomic():
        response = getattr(client, row.method)(case.url(name), row.data)
        transaction.set_rollback(True)
    sent_away = response.status_code == 302 and response["Location"].startswith(reverse("sign-in"))
    if sent_away and name != "sign-out":
        return TO_SIGN_IN
    status: int = response.status_code
    return status


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_gets_what_the_matrix_says(case: Case, person: str):
    found = {name: answer(case, name, person) for name in MATRIX}
    assert found == {name: row.expected(person) for name, row in MATRIX.items()}
