"""What is not yours does not exist: no address, asked in no way, gives or changes a thing of somebody else.

Every address that names a thing is in the table below, with the people to whom the thing is open; an address
that is not fails by name. All others try it with every method. What an installation has in common (scenarios,
models, rules, questions that are nobody's) is open to everybody of a role, whatever their study:
docs/security.md says why.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session as SignIn
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from annotation.models import Item
from simulator.models import AuditEntry
from tests.contracts.foreign_world import SECRET_WORDS, Names, World, make_world
from tests.contracts.test_role_matrix import MATRIX, addresses
from tests.models_zoo.conftest import eight, tiny_backbone, tiny_config, tiny_store  # noqa: F401 (fixtures)

RESEARCHERS = {"rosa", "olga"}
STUDY, TEACHERS, LABELLERS = {"rosa"}, {"tess", "theo"}, {"ana", "rosa"}
MEMBERS = {"tess", "theo", "will", "ana", "rosa"}
# Whom the role alone would let in: to them a foreign thing must look like none at all.
COLLEAGUES = {"theo": "tess", "oscar": "tess", "otto": "will", "otis": "ana", "olga": "rosa"}
STRANGERS = {"oscar", "otto", "otis", "olga"}
METHODS = ("get", "post", "put", "patch", "delete")
REFUSED = {401, 403, 404, 405}  # 405: the address takes no such method, whoever asks for whatever


@dataclass(frozen=True)
class Address:
    """What kind of thing an address names, to whom it is open, and a form that would do something."""

    kind: str
    open_to: set[str]
    form: dict[str, Any]


def each(kind: str, open_to: set[str], *names: str, **form: Any) -> dict[str, Address]:
    return {name: Address(kind, open_to, form) for name in names}


def pages(kind: str, open_to: set[str], *names: str, **form: Any) -> dict[str, Address]:
    return each(kind, open_to, *(f"annotation:{name}" for name in names), **form)


# Of a person or of a study: closed to everybody outside, whatever their role.
OWNED: dict[str, Address] = {
    **each("session", {"tess"}, "session", "session-end", "ratings"),
    **each("turn", {"tess"}, "dispute", question_type="Other"),
    **each("session", {"tess", "rosa"}, "feedback", "export-session", "api-session-export"),
    **each("session", {"tess", "will", "rosa"}, "api-session", "api-session-events"),
    **each("session", STUDY, "session-detail"),
    **each("turn", {"will", "rosa"}, "decision"),
    **each("study", TEACHERS, "consent", version="1"),
    **each("study", MEMBERS, "withdraw"),
    **each("brief", TEACHERS, "brief"),
    **each("study", STUDY, "study"),
    **each("study", STUDY, "invite", days="3", max_uses="1"),
    **each("study", STUDY, "publish", text="Another text."),
    **each("study", STUDY, "retention", retention_days="9"),
    **each("routing", STUDY, "routing-scenario"),
    **each("routing", STUDY, "routing-policy", target_error="0.2"),
    **each("routing", STUDY, "routing-deploy", threshold="0.3"),
    **each("invitation", STUDY, "revoke"),
    **pages("import", STUDY, "file-import", "file-import-discard", "file-import-faults", do="check"),
    **pages("item", LABELLERS, "label-dialogue"),
    **pages("item", STUDY, "lineage-item"),
    **pages("dataset", STUDY, "plan", "label-studio-send", "label-studio-fetch"),
    **pages("project", STUDY, "label-studio-renew", "label-studio-config"),
    **pages("label", STUDY, "label-studio-decide", keep="theirs"),
    **pages("run", STUDY, "run", "run-cancel"),
    **pages("labelling study", STUDY, "study", "study-start", "study-end", "study-discard"),
    **pages("labelling study", STUDY, "study-measure", "study-table", "study-labels"),
    **each("item of the API", LABELLERS, "api-item"),
}
# Of the installation: open to a role, closed to all others.
COMMON: dict[str, Address] = {
    **each("scenario", RESEARCHERS, "scenario-source"),
    **each("scenario", RESEARCHERS, "scenario-threshold", threshold="0.4"),
    **each("scenario", RESEARCHERS, "scenario-activate", active="no"),
    **pages("rule", RESEARCHERS, "rule", "rule-revise", "rule-switch"),
    **pages("version", RESEARCHERS, "version", "lineage-version"),
    **each("version", RESEARCHERS, "api-model-version"),
}
# They name no thing: a link for whoever has it, a kind of form, a function that comes with the product.
NO_THING = {"join", "annotation:rule-new", "annotation:rule-create", "annotation:rule-examples"}
TABLE = OWNED | COMMON
ROUTES = dict(addresses(get_resolver().url_patterns))


def test_every_address_that_names_something_is_in_the_table():
    naming = {name for name, route in ROUTES.items() if re.search(r"[<(]", route)}
    assert sorted(naming) == sorted(TABLE.keys() | NO_THING)


def test_nothing_of_a_study_is_open_to_strangers():
    assert {name for name, one in OWNED.items() if one.open_to & STRANGERS} == set()


@pytest.fixture
def world(db: None, settings, tmp_path: Path) -> World:
    settings.MODEL_STORE = tmp_path / "models"
    return make_world(tmp_path)


def everything() -> dict[str, int]:
    """What the database says, table by table, without who is signed in and who asked for what."""
    models = [model for model in apps.get_models() if model not in (SignIn, AuditEntry)]
    return {one._meta.label: hash(repr(list(one.objects.order_by("pk").values_list()))) for one in models}


def ask(client: Client, method: str, name: str, named: Names, form: dict[str, Any]) -> tuple[int, str]:
    """Status and text; being sent to the sign-in page is 401."""
    if method in ("get", "post"):
        response = getattr(client, method)(reverse(name, kwargs=named), form)
    else:
        response = getattr(client, method)(reverse(name, kwargs=named), form, "application/json")
    if response.status_code == 302 and response["Location"].startswith(reverse("sign-in")):
        return 401, ""
    body = b"".join(response) if response.streaming else response.content
    return response.status_code, body.decode()


def attempts(world: World) -> Iterator[tuple[str, Address, str]]:
    for name, address in TABLE.items():
        for person in world.people:
            if person not in address.open_to:
                yield name, address, person


def test_nobody_else_gets_or_changes_anything(world: World):
    before, wrong = everything(), []
    for name, address, person in attempts(world):
        for method in METHODS:
            status, text = ask(world.clients[person], method, name, world.real[address.kind], address.form)
            if status not in REFUSED or SECRET_WORDS in text:
                wrong.append(f"{person} {method} {name}: {status}")
        cache.clear()
    assert wrong == []
    assert everything() == before


def without_what_differs(status: int, text: str, asked: str) -> tuple[int, str]:
    """An answer without its tokens and without the address that was asked for."""
    text = re.sub(r"(csrf[^>]*?value=\"|X-CSRFToken[^\w]+|nonce=\")[\w-]+", r"\1TOKEN", text)
    text = re.sub(r"\b[0-9a-f]{32}\b", "DRAWN", text)  # what a browser sends back with its first act
    return status, text.replace(asked, "ADDRESS")


def test_a_foreign_thing_looks_like_one_that_is_not_there(world: World):
    differing = []
    for name, address, person in attempts(world):
        if COLLEAGUES.get(person) not in address.open_to:
            continue
        for method in ("get", "post"):
            real, absent = (
                without_what_differs(
                    *ask(world.clients[person], method, name, names[address.kind], address.form),
                    reverse(name, kwargs=names[address.kind]),
                )
                for names in (world.real, world.absent)
            )
            if real != absent:
                differing.append(f"{person} {method} {name}: {real[0]}, {absent[0]}")
    assert differing == []


def test_the_things_are_there_for_whom_they_are_open(world: World):
    """Else the refusals above would prove nothing."""
    shut = []
    for name, address in TABLE.items():
        answers = []
        for method in ("get", "post"):
            with transaction.atomic():
                person = min(address.open_to - {"olga", "otis"})
                answers.append(
                    ask(world.clients[person], method, name, world.real[address.kind], address.form)[0]
                )
                transaction.set_rollback(True)
        if set(answers) <= REFUSED:
            shut.append(f"{name}: {answers}")
    assert shut == []


def test_no_list_and_no_overview_names_what_belongs_to_others(world: World):
    """Every address without a name in it, asked by the strangers."""
    session, token = world.real["session"]["public_id"], world.real["token"]["token"]
    event = str(Item.objects.get(text=SECRET_WORDS).source_event)
    theirs = (str(session), token, event, SECRET_WORDS, "Main study", "Tess", "tess", "studies/main")
    found = []
    for name, row in MATRIX.items():
        if name in ("sign-out", "api-nothing") or name in TABLE.keys() | NO_THING or row.method != "get":
            continue
        for person in sorted(STRANGERS):
            _status, text = ask(world.clients[person], "get", name, {}, {})
            found += [f"{person} {name}: {word}" for word in theirs if word in text]
    assert found == []
