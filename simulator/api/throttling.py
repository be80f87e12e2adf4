"""How often a token may be asked for: guessing passwords must be slow, from wherever it comes."""

import hashlib

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class TokenByAddress(SimpleRateThrottle):
    scope = "token_address"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"token-address:{self.get_ident(request)}"


class TokenByAccount(SimpleRateThrottle):
    scope = "token_account"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        name = request.data.get("username", "") if isinstance(request.data, dict) else ""
        return f"token-account:{hash_of(str(name))}"


def hash_of(name: str) -> str:
    """A cache key of fixed length: names may be long, and caches refuse blanks."""
    return hashlib.sha256(name.strip().casefold().encode("utf-8", "replace")).hexdigest()
