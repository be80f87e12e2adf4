"""What a log line says, and what it never says."""

import io
import json
import logging.config
from contextlib import contextmanager

import pytest
import structlog
from django.test import Client
from django.urls import reverse

from config.logs import logging_settings
from simulator.models import Invitation
from tests.cast import PASSWORD, Cast


@contextmanager
def logging_to(out: io.StringIO, settings, *, as_json: bool):
    wanted = logging_settings(level="INFO", as_json=as_json)
    wanted["handlers"]["console"]["stream"] = out
    logging.config.dictConfig(wanted)
    yield
    logging.config.dictConfig(settings.LOGGING)


@pytest.fixture
def lines(settings):
    """Log lines as JSON, collected."""
    out = io.StringIO()
    with logging_to(out, settings, as_json=True):
        yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]


def test_carries_what_was_bound_around_it(lines):
    with structlog.contextvars.bound_contextvars(session="s1", turn=3):
        structlog.get_logger("acts").info("model_serving", version="v")
    (line,) = lines()
    assert (line["event"], line["session"], line["turn"], line["version"]) == ("model_serving", "s1", 3, "v")


def test_strikes_out_secrets_at_any_depth(lines):
    structlog.get_logger("acts").warning("asked", api_token="t-1", request={"headers": {"Cookie": "c-1"}})
    (line,) = lines()
    assert "t-1" not in json.dumps(line)
    assert "c-1" not in json.dumps(line)


def test_lines_of_libraries_leave_the_same_way(lines):
    logging.getLogger("library").warning("slow %s", "query")
    assert lines()[0]["event"] == "slow query"


@pytest.mark.parametrize("as_json", [True, False])
def test_a_traceback_tells_no_local_values(settings, as_json: bool):
    out = io.StringIO()
    with logging_to(out, settings, as_json=as_json):
        try:
            token = "open-" + "sesame"
            raise ValueError(len(token))
        except ValueError:
            structlog.get_logger("acts").exception("failed")
    assert "ValueError" in out.getvalue()
    assert "open-sesame" not in out.getvalue()


def test_no_secret_of_a_request_reaches_a_line(settings, cast: Cast):
    """Right and wrong passwords, tokens asked for and tokens set, invitations made, used and used up."""
    out, wrong, studio = io.StringIO(), "my-other-passw0rd", "label-studio-t0ken"
    with logging_to(out, settings, as_json=True):
        rosa = Client()
        for password in (wrong, PASSWORD):
            rosa.post("/sign-in/", {"username": "rosa", "password": password})
            answer = Client().post(reverse("api-token"), {"username": "rosa", "password": password})
        token = answer.json()["token"]
        assert (
            Client().get(reverse("api-export"), headers={"Authorization": f"Token {token}"}).status_code
            == 200
        )
        rosa.post(reverse("annotation:label-studio-connect"), {"url": "http://localhost:1", "token": studio})
        rosa.post(reverse("annotation:label-studio-connect"), {"url": "nonsense", "token": studio})
        rosa.post(reverse("invite", args=["main"]), {"days": "3", "max_uses": "1"})
        link = reverse("join", args=[(invitation := Invitation.objects.get()).token])
        for _ in range(2):
            Client().post(link, {"display_name": "Nora"})
    written = out.getvalue()
    assert written
    secrets = (PASSWORD, wrong, token, studio, rosa.cookies["sessionid"].value, invitation.token)
    assert [secret for secret in secrets if secret in written] == []
