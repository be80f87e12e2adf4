"""What every answer says to browsers: no code within pages, no framing, no guessing of types."""

import pytest
from django.test import Client
from django.urls import reverse

from simulator.server_errors import server_errors
from tests.cast import Cast

PAGES = ("sign-in", "sessions", "annotation:home", "api-docs", "api-schema", "health", "api-sessions")


@pytest.mark.parametrize("name", PAGES)
def test_an_answer_forbids_what_pages_do_not_need(cast: Cast, name: str):
    client = Client()
    if name != "sign-in":
        client.force_login(cast.rosa)
    answer = client.get(reverse(name))
    policy = answer["Content-Security-Policy"]
    assert answer.status_code == 200
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def test_an_error_of_the_server_is_counted_and_says_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    def fail(_viewer: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("simulator.views.sessions.sessions_for", fail)
    client = Client(raise_request_exception=False)
    client.force_login(cast.rosa)
    before = server_errors()
    answer = client.get(reverse("sessions"))
    assert answer.status_code == 500
    assert "secret of the inside" not in answer.content.decode()
    assert server_errors() == before + 1
