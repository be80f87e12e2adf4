"""Coming in: the way home, the demo accounts, invitations, the theme."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from simulator.demo import ACCOUNTS
from simulator.models import Invitation, User
from simulator.services.study import invitation_create, invitation_revoke
from simulator.sign_in_limit import PER_ACCOUNT, PER_ADDRESS
from tests.cast import PASSWORD, Cast


def invitation(cast: Cast, **options: object) -> Invitation:
    terms = {"expires_at": timezone.now() + timedelta(days=1), "max_uses": 1} | options
    return invitation_create(study=cast.study, created_by=cast.rosa, **terms)


@pytest.mark.parametrize(
    ("name", "start"),
    [("tess", "lobby"), ("will", "console"), ("ana", "annotation:home"), ("rosa", "sessions")],
)
def test_everybody_has_a_start_page(cast: Cast, browse, name: str, start: str):
    assert browse(getattr(cast, name)).get("/").url == reverse(start)


def test_a_stranger_is_led_to_the_sign_in_and_back(db):
    assert Client().get("/rehearse/").url == "/sign-in/?next=/rehearse/"


def test_demo_passwords_are_shown_in_a_demo(db, settings):
    settings.ACTS_DEMO = True
    assert ACCOUNTS[0].password in Client().get("/sign-in/").content.decode()


def test_demo_passwords_are_shown_nowhere_else(db, settings):
    settings.ACTS_DEMO = False
    assert ACCOUNTS[0].password not in Client().get("/sign-in/").content.decode()


def test_an_invitation_and_a_name_let_a_teacher_in(cast: Cast):
    client = Client()
    link = reverse("join", args=[invitation(cast).token])
    assert cast.study.title in client.get(link).content.decode()
    assert client.post(link, {"display_name": "Nora"}).url == reverse("lobby")
    nora = User.objects.get(display_name="Nora")
    assert client.get(reverse("lobby")).wsgi_request.user == nora
    assert not nora.has_usable_password()


def test_a_name_of_blanks_lets_nobody_in(cast: Cast):
    link = reverse("join", args=[invitation(cast).token])
    before = User.objects.count()
    assert Client().post(link, {"display_name": "   "}).status_code == 200
    assert User.objects.count() == before


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("expired", "has expired"),
        ("revoked", "taken back"),
        ("used", "has been used"),
        ("unknown", "no such"),
    ],
)
def test_a_closed_invitation_says_why(cast: Cast, why: str, words: str):
    past = timezone.now() - timedelta(minutes=1)
    open_one = invitation(cast, **({"expires_at": past} if why == "expired" else {}))
    if why == "revoked":
        invitation_revoke(invitation=open_one)
    if why == "used":
        Client().post(reverse("join", args=[open_one.token]), {"display_name": "First"})
    token = "nonsense" if why == "unknown" else open_one.token
    response = Client().get(reverse("join", args=[token]))
    assert response.status_code == 410
    assert words in response.content.decode()


def test_a_chosen_theme_is_written_into_the_page(db):
    client = Client()
    client.post("/theme/", {"theme": "dark", "next": "/sign-in/"})
    assert 'data-theme="dark"' in client.get("/sign-in/").content.decode()
    client.post("/theme/", {"theme": "system"})
    assert 'data-theme="' not in client.get("/sign-in/").content.decode()


@pytest.mark.parametrize("value", ['"><script>', "neon"])
def test_a_forged_theme_cookie_reaches_no_page(db, value: str):
    client = Client()
    client.cookies["theme"] = value
    assert value not in client.get("/sign-in/").content.decode()


def test_the_theme_switch_leads_to_no_foreign_address(db):
    assert Client().post("/theme/", {"theme": "dark", "next": "https://example.org/"}).url == "/"


@pytest.fixture
def counters() -> Iterator[None]:
    """Nothing counted before and after."""
    cache.clear()
    yield
    cache.clear()


def sign_in(
    name: str,
    password: str = "not the right one",  # noqa: S107
    **more: object,
):
    return Client().post("/sign-in/", {"username": name, "password": password}, **more)


def test_guessing_one_password_is_slowed_down_and_the_right_one_has_to_wait(cast: Cast, counters: None):
    assert [sign_in("rosa").status_code for _ in range(PER_ACCOUNT)] == [200] * PER_ACCOUNT
    blocked = sign_in("Rosa ", PASSWORD)
    assert blocked.status_code == 429
    assert "Wait a minute" in blocked.content.decode()
    assert sign_in("will", PASSWORD).status_code == 302


def test_guessing_many_names_from_one_address_is_slowed_down(cast: Cast, counters: None):
    for number in range(PER_ADDRESS):
        sign_in(f"name-{number}")
    assert sign_in("will", PASSWORD).status_code == 429
    assert sign_in("will", PASSWORD, REMOTE_ADDR="10.0.0.9").status_code == 302


def test_a_whole_class_may_sign_in_from_one_address(cast: Cast, counters: None):
    assert {sign_in("tess", PASSWORD).status_code for _ in range(PER_ADDRESS + 5)} == {302}


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_form_of_more_than_five_megabytes_is_not_read(db, kind: str):
    value = "a" * (5 * 1024 * 1024 + 1)
    form = f'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\n{value}\r\n--x--\r\n'
    body = form if "multipart" in kind else f"username={value}"
    assert Client().post("/sign-in/", body, content_type=kind).status_code == 400
