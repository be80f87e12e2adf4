"""Nonsense at every address, in path, query and form: refused in some way, never an error of the server."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.exceptions import NoReverseMatch
from hypothesis import given
from hypothesis import strategies as st

from simulator.models import User
from tests.contracts.test_role_matrix import MATRIX, Case, addresses, case  # noqa: F401 (case is a fixture)
from tests.fuzz import nasty
from tests.fuzz.amount import no_hang, tries

ROOT = Path(__file__).resolve().parents[2]
ASKED_FOR = re.compile(r"(?:POST|GET|query_params)(?:\.get|\.getlist)?[(\[]\"(\w+)\"")
FORM_FIELD = re.compile(r"^\s+(\w+) = forms\.\w+\(", re.M)
SOURCES = [path for app in ("simulator", "annotation") for path in (ROOT / app).rglob("*.py")]
FIELDS = sorted(
    {name for path in SOURCES for p in (ASKED_FOR, FORM_FIELD) for name in p.findall(path.read_text())}
)
ROUTES = dict(addresses(get_resolver().url_patterns))
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
PEOPLE = ("tess", "will", "ana", "rosa", "nobody")

fields = st.dictionaries(st.sampled_from([*FIELDS, "page", "page_size", "next"]), nasty.text, max_size=5)


def address(case: Case, name: str, drawn: str | None) -> str:  # noqa: F811
    """Where the matrix goes, or with the drawn value in place of everything that the address names."""
    if drawn is None:
        return case.url(name)
    try:
        return reverse(name, kwargs=dict.fromkeys(PARAMETER.findall(ROUTES[name]), drawn))
    except NoReverseMatch:  # this value cannot stand there
        return case.url(name)


@pytest.mark.slow
@tries(60)
@given(
    name=st.sampled_from(sorted(MATRIX)),
    person=st.sampled_from(PEOPLE),
    method=st.sampled_from(["get", "post"]),
    drawn=st.one_of(st.none(), nasty.text),
    query=fields,
    form=fields,
    htmx=st.booleans(),
)
def test_nonsense_is_refused_and_breaks_nothing(
    case: Case,  # noqa: F811
    name: str,
    person: str,
    method: str,
    drawn: str | None,
    query: dict[str, str],
    form: dict[str, str],
    htmx: bool,
):
    client = Client()
    user = case.users[person]
    with transaction.atomic(), no_hang():
        if isinstance(user, User):
            client.force_login(user)
        more: dict[str, Any] = {"headers": {"HX-Request": "true"}} if htmx else {}
        url = address(case, name, drawn)
        if method == "get":
            response = client.get(url, query, **more)
        else:
            response = client.post(url, form, query_params=query, **more)
        if response.streaming:
            b"".join(response)
        transaction.set_rollback(True)
    cache.clear()
    assert response.status_code < 500 or name == "readiness"
