import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import FLAGS, chromium
from tests.browser.people import Person
from tests.live import Live


# Playwright keeps an event loop running while it is open, which asynchronous tests elsewhere would trip over;
# so it lives as long as the tests of this folder and no longer.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield running
        running.close()


class People:
    """Opens browsers for people, each with cookies of their own, and looks after them."""

    def __init__(self, browser: Browser, live: Live) -> None:
        self.browser, self.live = browser, live
        self.opened: list[Person] = []

    def sign_in(self, username: str, **options: object) -> Person:
        person = self.visitor(username, **options)
        person.sign_in()
        return person

    def visitor(self, username: str = "somebody", **options: object) -> Person:
        """Somebody who is not signed in; options are those of a Playwright context."""
        context = self.browser.new_context(base_url=self.live.url, **options)  # type: ignore[arg-type]
        person = Person(username, context.new_page())
        self.opened.append(person)
        return person


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "call":  # type: ignore[attr-defined]
        item.stash[FAILED] = report.failed  # type: ignore[attr-defined]
    return report


FAILED = pytest.StashKey[bool]()


@pytest.fixture
def people(
    browser: Browser, live: Live, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[People]:
    """People at their browsers. When the test fails, what each of them saw is kept as a picture."""
    everybody = People(browser, live)
    yield everybody
    if request.node.stash.get(FAILED, False):
        _keep_pictures(everybody.opened, tmp_path_factory.getbasetemp() / "pictures", request.node.name)
    for person in everybody.opened:
        person.page.context.close()


def _keep_pictures(opened: list[Person], folder: Path, test: str) -> None:
    folder.mkdir(exist_ok=True)
    for number, person in enumerate(opened):
        name = re.sub(r"\W+", "-", f"{test}-{number}-{person.username}")
        path = folder / f"{name}.png"
        person.page.screenshot(path=path, full_page=True)
        print(f"{person.username} saw {person.page.url}: {path}")  # noqa: T201 (pytest shows it with the failure)
