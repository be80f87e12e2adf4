"""Whatever people write, browsers show it and do nothing else with it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Dialog, expect

from tests.browser.conftest import People
from tests.browser.people import WITHIN_MS, Person
from tests.browser.poisoned import TEXTS
from tests.browser.test_pages import NO_PAGES, Faults, pages_of
from tests.live import ROOT, Live, environment

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOT_HERE = {"join", "annotation:version", "annotation:run"}

# Elements and code that only an attack brings, and all text that a person can read or hear.
PLANTED = """() => [window.hurt && `ran: ${window.hurt}`,
    ...[...document.querySelectorAll(`img[src="x"], svg[onload], [onerror], [onfocus],
        a[href^="javascript:" i]`)].map((one) => one.outerHTML),
    ...[...document.querySelectorAll("script:not([type='application/json']), style")]
        .filter((one) => /window.hurt|display:none}</.test(one.textContent)).map((one) => one.outerHTML),
].filter(Boolean)"""
READ = """() => {
    const found = [];
    const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_ALL);
    for (let node = walker.currentNode; node; node = walker.nextNode()) {
        if (node.nodeType === Node.TEXT_NODE && !node.parentElement.closest("script, style"))
            found.push(node.textContent);
        if (node.nodeType === Node.ELEMENT_NODE) {
            if ("value" in node) found.push(String(node.value));
            for (const name of ["title", "alt", "aria-label", "placeholder"])
                if (node.hasAttribute(name)) found.push(node.getAttribute(name));
        }
    }
    return found;
}"""


@pytest.fixture
def live(tmp_path: Path, live_template: Path) -> Iterator[Live]:
    """A product of its own, whose every text attacks."""
    template = shutil.copytree(live_template, tmp_path / "template")
    command = [sys.executable, "-m", "tests.browser.poisoned"]
    subprocess.run(command, cwd=ROOT, env=environment(template), check=True)
    with Live(var=tmp_path / "live", template=template) as running:
        yield running


def places(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    ended, study = {"public_id": found["ended"]}, {"slug": "demo"}
    return {
        **dict.fromkeys(("consent", "study"), study),
        "brief": {**study, "pk": found["scenario"]},
        **dict.fromkeys(("session", "ratings", "feedback", "session-detail"), ended),
        "decision": {"public_id": found["waiting"], "number": 1},
        "routing-scenario": {**study, "scenario": "poisoned"},
        "annotation:file-import": {"import_id": found["import"]},
        "annotation:lineage-item": {"item_id": found["item"]},
        "annotation:plan": {"dataset_id": found["dataset"]},
        "annotation:rule": {"rule_id": found["rule"]},
        "annotation:study": {"study_id": found["study"]},
        "annotation:rule-new": {"kind": "keywords"},
        "annotation:rule-examples": {"name": "poisoned"},
    }


def visited(username: str, known: dict[str, dict[str, Any]]) -> list[str]:
    """The pages of a person that can be visited here."""
    theirs = set(pages_of("theo" if username == "mallory" else username)) - NO_PAGES - NOT_HERE
    if username == "rosa":
        theirs |= {name for name in known if name.startswith("annotation:")}
    return sorted(theirs - {"consent"} if username != "theo" else {"consent", "account"})


def wrong_on(person: Person, seen: set[str]) -> list[str]:
    """What an attack reached on the page as it is, and texts that are not shown as they were written."""
    found: list[str] = person.page.evaluate(PLANTED)
    for text in person.page.evaluate(READ):
        for field, written in TEXTS.items():
            if f"~{field}: " not in text:
                continue
            after = text[text.index(f"~{field}: ") :]
            if after.startswith(written):
                seen.add(field)
            elif not written.startswith(after.rstrip("… \n")):  # some pages shorten
                found.append(f"{field} is not shown as written: {after[:200]!r}")
    return found


class Attacked(Faults):
    def dialog(self, dialog: Dialog) -> None:
        self.found.append(f"dialog: {dialog.message}")
        dialog.dismiss()


def settle(person: Person, name: str) -> None:
    if name == "session":
        expect(person.lines()).not_to_have_count(0, timeout=WITHIN_MS)
    if name == "console":
        expect(person.page.locator("#candidates > li")).not_to_have_count(0, timeout=WITHIN_MS)
    person.page.wait_for_load_state("networkidle")


def test_whatever_is_written_is_shown_and_nothing_else(live: Live, people: People):
    known = places(json.loads((live.var / "places.json").read_text()))
    wrong, seen = [], set[str]()
    for username in ("mallory", "theo", "will", "ana", "rosa"):
        person = people.visitor(username)
        faults = Attacked(person)
        person.page.on("dialog", faults.dialog)
        person.sign_in()
        for name in visited(username, known):
            answer = person.page.goto(reverse(name, kwargs=known.get(name, {})))
            assert answer is not None
            assert answer.status == 200, f"{name}: {answer.status}"
            settle(person, name)
            wrong += [f"{username}, {name}: {one}" for one in wrong_on(person, seen) + faults.take()]
    assert not wrong, "\n".join(wrong)
    assert seen == TEXTS.keys()
