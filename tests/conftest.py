from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.core.cache import caches
from hypothesis import HealthCheck, settings

from tests.cast import Cast, make_cast
from tests.live import Live, fill
from tests.ws_client import Visitor

# How quickly a machine draws examples is no fault of the code.
settings.register_profile("acts", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("acts")


BENCHMARKS = Path(__file__).parent / "benchmarks"
RUNNING = {"live", "live_template", "browser"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what touches the database, to run it on another one as well; what runs a benchmark; what needs
    the running product, whose deadlines want the machine."""
    for item in items:
        if RUNNING & set(getattr(item, "fixturenames", ())):
            item.add_marker("live")
        if item.path.is_relative_to(BENCHMARKS):
            item.add_marker("benchmark")
        if item.get_closest_marker("django_db") or "db" in getattr(item, "fixturenames", ()):
            item.add_marker("database")


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    """Limits count by keys of the database, which are given anew in every test."""
    caches["default"].clear()


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture(scope="session")
def live_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated and seeded data folder, for copying."""
    return fill(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory, live_template: Path) -> Iterator[Live]:
    """The running product. Shared by all tests that need it: each uses rooms of its own."""
    with Live(var=tmp_path_factory.mktemp("live"), template=live_template) as running:
        yield running


@pytest.fixture
def visit(live: Live) -> Iterator[Callable[[str], Visitor]]:
    """Sign people in: ``visit("theo")``."""
    with ExitStack() as open_until_the_end:
        yield lambda username: open_until_the_end.enter_context(Visitor(live, username))
