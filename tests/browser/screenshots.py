"""Draws docs/screenshots anew from the running product: `make screenshots`.

Each picture is drawn light and dark, for a desk and for a phone, and kept small by a palette of 128 colours.
"""

import io
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from django.core.wsgi import get_wsgi_application
from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.chromium import FLAGS, chromium
from tests.browser.people import WITHIN_MS, Person
from tests.faults.log import turn_status
from tests.live import ROOT, Live, environment, eventually, fill
from tests.ws_client import ConsoleTab, TeacherTab, Visitor, txn

FOLDER = ROOT / "docs" / "screenshots"
SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 800}}
SCENARIO = "scale-factor"
DIALOGUE = (
    "Hi Maya! How are you?",
    "What is the length of the blue rectangle?",
    "And how wide is the red one?",
    "How did you work that out?",
)
LABELS = 16
ALL_PREFILLED = """
    select 1 where (select count(*) from annotation_item)
        <= (select count(distinct item_id) from annotation_suggestion)
"""
ROUTED = ("backup_wait", "auto", "replied")
ASIDE = "Would a giraffe of that shape still look like a giraffe?"


def converse(live: Live) -> dict[str, str]:
    """A seeded rehearsal that has ended, and a new one that waits for its supervisor; returns their ids."""
    ((ended,),) = live.rows("select public_id from simulator_session order by started_at limit 1")
    with Visitor(live, "theo") as theo, Visitor(live, "will") as will:
        with ConsoleTab(will) as console:
            console.hello()
            room = theo.begin(SCENARIO)
            talk(live, theo, console, room)
        with TeacherTab(theo, room) as tab:
            tab.hello()
            tab.send(ASIDE)
    return {"ended": str(UUID(ended)), "open": room}


def talk(live: Live, theo: Visitor, console: ConsoleTab, session: str) -> None:
    """Ask, and let the supervisor take the first candidate wherever the machine is unsure."""
    with TeacherTab(theo, session) as tab:
        tab.hello()
        for question in DIALOGUE:
            tab.send(question)
            eventually(lambda: turn_status(live, session) in ROUTED)
            if turn_status(live, session) == "backup_wait":
                turn = console.until_waiting(session)
                pick = {"txn": txn(), "action": "pick", "candidate": 0}
                console.say(type="decide", session=session, turn=turn["number"], epoch=turn["epoch"], **pick)
                console.answer("decide")
            tab.until_reply()


def label(browser: Browser, live: Live) -> None:
    """Apply the rules, and label some questions as suggested, so that the loop has gone round."""
    with Visitor(live, "rosa") as rosa:
        rosa.post("/annotation/rules/run/")
    ana = Person("ana", browser.new_context(base_url=live.url).new_page())
    ana.sign_in()
    ana.page.goto("/annotation/label/")
    for _ in range(LABELS):
        before = ana.page.get_by_role("article").get_attribute("data-item")
        ana.page.keyboard.press("Enter")
        expect(ana.page.get_by_role("article")).not_to_have_attribute("data-item", before or "")
    eventually(lambda: live.rows("select count(*) from annotation_annotation") == [(LABELS,)])
    ana.page.context.close()
    eventually(lambda: live.rows("select 1 from annotation_weaklabel limit 1"), within_s=120)


def keep(person: Person, name: str) -> None:
    picture = Image.open(io.BytesIO(person.page.screenshot())).convert("RGB")
    FOLDER.mkdir(parents=True, exist_ok=True)
    picture.quantize(128, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)


def on_room(person: Person, rooms: dict[str, str]) -> None:
    person.page.goto(f"/sessions/{rooms['open']}/")
    expect(person.lines()).not_to_have_count(0, timeout=WITHIN_MS)


def on_console(person: Person, rooms: dict[str, str]) -> None:
    person.page.goto("/console/")
    expect(person.page.locator("#lines > li")).not_to_have_count(0, timeout=WITHIN_MS)


def on_feedback(person: Person, rooms: dict[str, str]) -> None:
    person.page.goto(f"/sessions/{rooms['ended']}/feedback/")


def on_labelling(person: Person, _rooms: dict[str, str]) -> None:
    person.page.goto("/annotation/label/")


def on_loop(person: Person, _rooms: dict[str, str]) -> None:
    person.page.goto("/annotation/loop/")


PICTURES: dict[str, tuple[str, Callable[[Person, dict[str, str]], None]]] = {
    "console": ("will", on_console),
    "teacher": ("theo", on_room),
    "feedback": ("theo", on_feedback),
    "labelling": ("ana", on_labelling),
    "loop": ("rosa", on_loop),
}


def draw(browser: Browser, live: Live, rooms: dict[str, str]) -> None:
    for name, (username, visit) in PICTURES.items():
        for size, viewport in SIZES.items():
            for scheme in ("light", "dark"):
                context = browser.new_context(
                    base_url=live.url,
                    viewport=viewport,  # type: ignore[arg-type]  # a plain dict of two numbers
                    color_scheme=scheme,  # type: ignore[arg-type]
                )
                person = Person(username, context.new_page())
                person.sign_in()
                visit(person, rooms)
                person.page.wait_for_load_state("networkidle")
                keep(person, f"{name}-{size}-{scheme}")
                context.close()


def main() -> None:
    get_wsgi_application()  # the addresses by name
    with tempfile.TemporaryDirectory() as folder:
        template = fill(Path(folder) / "template")
        play = [sys.executable, "manage.py", "seed_demo_sessions"]
        subprocess.run(play, cwd=ROOT, env=environment(template), check=True)
        with Live(var=Path(folder) / "var", template=template) as live, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
            rooms = converse(live)
            with Visitor(live, "ana") as ana:
                ana.get("/annotation/")
            eventually(lambda: live.rows(ALL_PREFILLED), within_s=120)
            label(browser, live)
            draw(browser, live, rooms)
            browser.close()


if __name__ == "__main__":
    main()
