"""How often the API answers: an account's requests, and tokens, since guessing passwords must be slow."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle, UserRateThrottle

from simulator.counting import count_up

if TYPE_CHECKING:  # views load this module
    from rest_framework.views import APIView


class Counted(SimpleRateThrottle):
    """Counts in one step: the framework's own reads, then writes, and of many requests at once counts one."""

    duration: int | None
    num_requests: int | None

    def allow_request(self, request: Request, view: APIView) -> bool:
        key = self.get_cache_key(request, view)
        if self.rate is None or key is None:
            return True
        return count_up(key, float(self.duration or 0)) <= (self.num_requests or 0)

    def wait(self) -> float | None:
        """The longest that it may take."""
        return self.duration


class ByAccount(Counted, UserRateThrottle):
    """All requests of an account."""


class TokenByAddress(Counted):
    scope = "token_address"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"token-address:{self.get_ident(request)}"


class TokenByAccount(Counted):
    scope = "token_account"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        name = request.data.get("username", "") if isinstance(request.data, dict) else ""
        return f"token-account:{hash_of(str(name))}"


def hash_of(name: str) -> str:
    """A cache key of fixed length: names may be long, and caches refuse blanks."""
    return hashlib.sha256(name.strip().casefold().encode("utf-8", "replace")).hexdigest()
