"""Every page can be used by everybody: no barriers in either theme, and nothing sticks out of a phone."""

import pytest
from django.urls import reverse
from playwright.sync_api import ConsoleMessage, Response, expect

from tests.browser.conftest import People
from tests.browser.people import WITHIN_MS, Person
from tests.contracts.test_role_matrix import MATRIX
from tests.live import Live, eventually
from tests.live_scenarios import SURE, UNSURE
from tests.ws_client import TeacherTab, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Colours change over some frames, and are no theme's meanwhile.
SETTLED = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(
    () => done(document.getAnimations().length === 0))))"""
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
# Answers that are no pages: files, fragments and what programs ask for.
FILES = {"annotation:export", "export-all", "export-session", "export-schema-file", "scenario-source"}
# Asked about a threshold, it is a page; tests/browser/test_routing.py looks at it.
ASKED = {"routing-deploy"}
NO_PAGES = {"health", "readiness", "home", "annotation:label-next", *FILES, *ASKED}
# The API's browsable description is drawn by Swagger UI, whose markup is not ours; the schema is a file.
NO_PAGES |= {name for name in MATRIX if name.startswith("api-")}
# The matrix asks for a version and a run that are not there; here they are.
ALSO_FOR = {
    "annotation:version": "rosa",
    "annotation:run": "rosa",
    "annotation:file-import": "rosa",
    "ratings": "theo",
    "consent": "tess",
}
# Theo has rehearsed in these tests; Tess has not, and has not agreed to the text yet.
OF_A_REHEARSAL = {"session", "ratings", "feedback", "brief"}


@pytest.fixture(scope="module")
def places(live: Live) -> dict[str, dict[str, str]]:
    """What the addresses name: a rehearsal of Theo that has ended, versions, runs, an invitation."""
    with Visitor(live, "theo") as theo, Visitor(live, "rosa") as rosa, Visitor(live, "ana") as ana:
        ended = theo.begin(SURE)
        with TeacherTab(theo, ended) as tab:
            tab.hello()
            for text in ("How long is the red rectangle?", "Why do you think so?"):
                tab.send(text)
                tab.until_reply()
        theo.post(reverse("session-end", args=[ended]))
        rosa.post(reverse("invite", args=["demo"]), days="3", max_uses="2")
        ana.get(reverse("annotation:home"))
        rosa.upload(reverse("annotation:import"), "talks.csv", b"id,text\n1,Why is that?\n2,\n")
    ((run,),) = eventually(lambda: live.rows("select id from annotation_trainingrun limit 1"))
    ((scenario,),) = live.rows("select id from simulator_scenarioversion where slug = ?", SURE)
    ((token,),) = live.rows("select token from simulator_invitation limit 1")
    ((uploaded,),) = live.rows("select id from annotation_fileimport limit 1")
    version = next((live.var / "models" / "versions").iterdir()).name
    study, session = {"slug": "demo"}, {"public_id": ended}
    return {
        "consent": study,
        "study": study,
        "brief": {**study, "pk": scenario},
        "session": session,
        "ratings": session,
        "feedback": session,
        "session-detail": session,
        "decision": {**session, "number": 2},
        "scenario-source": {"pk": scenario},
        "routing-scenario": {**study, "scenario": SURE},
        "join": {"token": token},
        "annotation:version": {"version": version},
        "annotation:run": {"run_id": run},
        "annotation:file-import": {"import_id": uploaded},
        "annotation:rule-new": {"kind": "python"},
        "annotation:rule-examples": {"name": "asks_why"},
    }


def pages_of(username: str) -> list[str]:
    """The pages that the matrix gives to a person."""
    asked = "tess" if username == "theo" else username
    theirs = {name for name, row in MATRIX.items() if row.method == "get" and row.expected(asked) == 200}
    theirs |= {name for name, who in ALSO_FOR.items() if who == username}
    return sorted(theirs - NO_PAGES - (OF_A_REHEARSAL if username == "tess" else set()))


def ask(live: Live) -> str:
    """A new room whose turn waits for a supervisor; returns the session's id."""
    with Visitor(live, "theo") as theo:
        session = theo.begin(UNSURE)
        with TeacherTab(theo, session) as tab:
            tab.hello()
            tab.send("What about the green one?")
    return session


def settle(person: Person, name: str) -> None:
    """Wait until the scripts of a page have drawn it."""
    if name == "session":
        expect(person.lines()).not_to_have_count(0, timeout=WITHIN_MS)
    if name == "console":
        expect(person.page.locator("#candidates > li")).not_to_have_count(0, timeout=WITHIN_MS)
    person.page.wait_for_load_state("networkidle")


class Faults:
    """What a page did wrong by itself: scripts that failed, files that are missing, refused by its policy."""

    def __init__(self, person: Person) -> None:
        self.found: list[str] = []
        person.page.on("pageerror", lambda error: self.found.append(f"script: {error}"))
        person.page.on("response", self._response)
        person.page.on("console", self._said)

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.found.append(f"{response.status}: {response.url}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.found.append(f"console: {message.text}")

    def take(self) -> list[str]:
        taken, self.found = self.found, []
        return taken


def problems_of(person: Person, faults: Faults) -> list[str]:
    # The checker itself sets styles that the page's policy refuses, so what the page did comes first.
    problems = faults.take() + person.barriers()
    person.page.emulate_media(color_scheme="dark")  # the same page in other colours
    person.page.wait_for_function(SETTLED)
    problems += [f"dark: {problem}" for problem in person.barriers(rule="color-contrast")]
    person.page.emulate_media(color_scheme="light")
    for size in (DESK, PHONE):
        person.page.set_viewport_size(size)
        problems += [f"too wide at {size['width']} px: {element}" for element in person.too_wide()]
    faults.take()
    return problems


@pytest.mark.parametrize("username", ["nobody", "tess", "theo", "will", "ana", "rosa"])
def test_no_page_has_a_barrier_or_sticks_out(
    live: Live, people: People, places: dict[str, dict[str, str]], username: str
):
    person = people.visitor(username, color_scheme="light", reduced_motion="reduce", viewport=DESK)
    faults = Faults(person)
    if username != "nobody":
        person.sign_in()
    found = []
    for name in pages_of(username):
        if name == "console":
            ask(live)
        person.page.set_viewport_size(DESK)
        answer = person.page.goto(reverse(name, kwargs=places.get(name, {})))
        assert answer is not None
        assert answer.status == 200, f"{name}: {answer.status}"
        settle(person, name)
        found += [f"{name}: {problem}" for problem in problems_of(person, faults)]
    assert not found, "\n".join(found)
