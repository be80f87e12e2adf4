"""The REST API against its own description: whatever schemathesis draws gets an answer that this foresees."""

from collections.abc import Iterator

import pytest
import schemathesis
from django.core import signals
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.authtoken.models import Token
from schemathesis.specs.openapi.checks import positive_data_acceptance

from simulator.services.message import message_post
from tests.cast import Cast
from tests.fuzz.amount import no_hang, tries


@pytest.fixture
def requests(cast: Cast) -> Iterator[st.SearchStrategy[schemathesis.Case]]:
    """Requests to any operation, with a session in the database that they may name."""
    message_post(session=cast.session(), teacher=cast.tess, client="tab", txn="m1", text="Why is that?")
    description = SchemaGenerator().get_schema(request=None, public=True)
    schema = schemathesis.openapi.from_dict(description)
    schema.app = get_wsgi_application()
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)  # the test's own connection: what it rolls back is on it
    yield st.one_of([found.ok().as_strategy() for found in schema.get_all_operations()])
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow
@pytest.mark.parametrize("person", ["rosa", "ana", "tess", "nobody"])
def test_every_answer_is_one_that_the_description_foresees(requests, cast: Cast, person: str):
    headers = {}
    if person != "nobody":
        headers["Authorization"] = f"Token {Token.objects.create(user=getattr(cast, person)).key}"

    @tries(20)
    @given(case=requests)
    def ask(case: schemathesis.Case) -> None:
        cache.clear()
        with transaction.atomic(), no_hang():
            # A name and a password may be of the right form and nobody's.
            case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])
            transaction.set_rollback(True)

    ask()
