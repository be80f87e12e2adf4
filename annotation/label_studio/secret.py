"""Tokens at rest. Their key follows from the installation's, so a copy of the database tells nothing."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from .errors import SecretLost


def _box() -> Fernet:
    key = hashlib.sha256(f"label-studio\0{settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def seal(token: str) -> bytes:
    return _box().encrypt(token.encode())


def unseal(sealed: bytes) -> str:
    """Raises SecretLost: the installation's secret key is another one now."""
    try:
        return _box().decrypt(bytes(sealed)).decode()
    except InvalidToken:
        raise SecretLost from None
