"""Guessing passwords must be slow. Only failures count, so that a whole class may sign in at once."""

from collections.abc import Iterator

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from simulator.api.throttling import hash_of
from simulator.counting import count_up, counted

WINDOW_S = 60
PER_ACCOUNT, PER_ADDRESS = 10, 60


class _Address(SimpleRateThrottle):
    """Borrowed for its reading of X-Forwarded-For behind the configured number of proxies."""

    rate = f"{PER_ADDRESS}/min"


def _counters(request: HttpRequest) -> Iterator[tuple[str, int]]:
    yield f"sign-in-account:{hash_of(request.POST.get('username', ''))}", PER_ACCOUNT
    yield f"sign-in-address:{hash_of(_Address().get_ident(Request(request)))}", PER_ADDRESS


def sign_in_blocked(request: HttpRequest) -> bool:
    """Whether too many tries for this account, or from this address, failed in the last minute."""
    return any(counted(key) >= most for key, most in _counters(request))


def sign_in_failed(request: HttpRequest) -> None:
    """Count a failure."""
    for key, _ in _counters(request):
        count_up(key, WINDOW_S)
