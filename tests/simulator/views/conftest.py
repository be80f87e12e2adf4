from collections.abc import Callable

import pytest
from django.test import Client

from simulator.models import User


@pytest.fixture
def browse() -> Callable[[User], Client]:
    """A browser in which a person is signed in."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in
