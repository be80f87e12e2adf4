"""One shape for every refusal, and nothing for people who are not signed in."""

import uuid

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from annotation.api.urls import urlpatterns as annotation_addresses
from simulator.api.urls import urlpatterns as simulator_addresses
from simulator.services.session import session_start
from tests.cast import PASSWORD, Cast

NAMES = [str(one.name) for one in (*annotation_addresses, *simulator_addresses)]
OPEN_TO_ALL = {"api-token"}  # that is where one signs in
ARGUMENTS = {
    "api-session": [uuid.uuid4()],
    "api-session-events": [uuid.uuid4()],
    "api-session-export": [uuid.uuid4()],
    "api-item": [1],
    "api-model-version": ["none"],
}


def address(name: str) -> str:
    return "/api/no/such/thing" if name == "api-nothing" else reverse(name, args=ARGUMENTS.get(name))


def assert_error(answer, status: int, code: str) -> None:
    assert answer.status_code == status
    body = answer.json()
    assert set(body) == {"code", "detail"}
    assert body["code"] == code
    assert body["detail"].strip()


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post", "delete"])
@pytest.mark.parametrize("name", sorted(set(NAMES) - OPEN_TO_ALL))
def test_nobody_gets_anything_without_signing_in(name: str, method: str):
    assert_error(getattr(APIClient(), method)(address(name)), 401, "not_authenticated")


def test_a_wrong_token_is_refused_in_the_same_shape(cast: Cast):
    client = APIClient(HTTP_AUTHORIZATION="Token 123")
    assert_error(client.get(reverse("api-sessions")), 401, "authentication_failed")


def test_what_belongs_to_others_does_not_exist(cast: Cast):
    session = cast.session(cast.tess)
    client = APIClient()
    client.force_authenticate(cast.theo)
    for name in ("api-session", "api-session-events", "api-session-export"):
        assert_error(client.get(reverse(name, args=[session.public_id])), 404, "not_found")


def test_an_unknown_address_and_a_wrong_method_have_the_same_shape(cast: Cast):
    client = APIClient()
    client.force_authenticate(cast.rosa)
    assert_error(client.get("/api/no/such/thing"), 404, "not_found")
    assert_error(client.delete(reverse("api-sessions")), 405, "method_not_allowed")
    assert_error(client.get(reverse("api-sessions"), {"cursor": "nonsense"}), 404, "not_found")


def test_a_refusal_of_annotation_has_the_same_shape(cast: Cast):
    client = APIClient()
    client.force_authenticate(cast.ana)
    assert_error(client.get(reverse("api-model-versions")), 403, "not_allowed")
    client.force_authenticate(cast.tess)
    assert_error(client.get(reverse("api-items")), 404, "not_found")


def test_what_is_wrong_in_a_form_is_said_by_field(cast: Cast):
    answer = APIClient().post(reverse("api-token"), {"username": "tess"})
    assert_error(answer, 400, "invalid")
    assert answer.json()["detail"].startswith("password: ")


def test_a_wrong_password_gives_no_token(cast: Cast):
    answer = APIClient().post(reverse("api-token"), {"username": "tess", "password": "wrong"})
    assert_error(answer, 400, "invalid")


def test_passwords_cannot_be_guessed_quickly(cast: Cast):
    client = APIClient()
    guess = {"username": "tess", "password": "wrong"}
    answers = [
        client.post(reverse("api-token"), guess, HTTP_X_FORWARDED_FOR=f"10.0.0.{number}")
        for number in range(12)
    ]
    assert_error(answers[-1], 429, "rate_limited")
    right = APIClient(REMOTE_ADDR="10.1.1.1").post(
        reverse("api-token"), {"username": "Tess ", "password": PASSWORD}
    )
    assert_error(right, 429, "rate_limited")


def test_a_token_opens_what_the_account_may_see(cast: Cast):
    session = session_start(teacher=cast.tess, study=cast.study, scenario=cast.scenario)
    token = APIClient().post(reverse("api-token"), {"username": "tess", "password": PASSWORD}).json()["token"]
    client = APIClient(HTTP_AUTHORIZATION=f"Token {token}")
    (found,) = client.get(reverse("api-sessions")).json()["results"]
    assert found["id"] == str(session.public_id)


def test_a_request_of_more_than_five_megabytes_is_not_read(cast: Cast):
    guess = {"username": "tess", "password": PASSWORD + " " * (5 * 1024 * 1024)}
    for kind in ("json", "multipart"):
        answer = APIClient().post(reverse("api-token"), guess, format=kind)
        assert answer.status_code == 400
        assert not answer.headers["Content-Type"].startswith("application/json")  # not read
