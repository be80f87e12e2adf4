"""A scripted supervisor in Chromium: puts layers right in one room, types the same replies in another."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from simulator.engine.scope.lines import ScopeLine

WITHIN_MS = 90_000
ENTITIES = ("object", "dimension")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")


@dataclass
class Turn:
    """What one line took: how many layers were wrong, keys pressed, seconds that the system took."""

    text: str
    changes: int = 0
    repair_keys: int = 0
    repair_system_s: float = 0.0
    send_system_s: float = 0.0
    typing_system_s: float = 0.0
    finished: bool = False
    reply: str = ""


def work(url: str, lines: Sequence[ScopeLine], *, chromium: str) -> list[Turn]:
    """Every line in a room that is put right and in a room that is typed into."""
    turns = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        desk, teacher = Desk(browser, url), _person(browser, url, "theo")
        for number, line in enumerate(lines, start=1):
            print(f"{number} of {len(lines)}", file=sys.stderr, flush=True)
            turn = Turn(line.text)
            desk.wait_in(_ask(teacher, line.text))
            desk.put_right(turn, line)
            if turn.changes:
                desk.wait_in(_ask(teacher, line.text))
                desk.type_reply(turn)
            turns.append(turn)
        browser.close()
    return turns


def _person(browser: Browser, url: str, name: str) -> Page:
    page = browser.new_context(base_url=url, viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(WITHIN_MS)
    page.goto("/sign-in/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(f"{name}-demo")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "sign-in" not in address)
    return page


def _ask(page: Page, text: str) -> str:
    """A new rehearsal that begins with this line; returns the session's id."""
    page.goto("/rehearse/")
    page.get_by_role("link", name="Scale factor with Maya").first.click()
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/sessions/*/")
    page.locator("#connection-words", has_text="Connected").wait_for()
    page.get_by_label("Message to").fill(text)
    page.keyboard.press("Enter")
    return page.url.rstrip("/").split("/")[-1]


class Desk:
    """The console of one supervisor; keeps the newest turn that the socket brought for each room."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.page = _person(browser, url, "will")
        self.details: dict[str, dict[str, Any]] = {}
        self.answers = 0
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._frame))
        self.page.goto("/console/")
        self.session = ""

    def _frame(self, text: str | bytes) -> None:
        frame = json.loads(text)
        if frame["type"] == "batch" and frame["turn"]:
            self.details[frame["session"]] = frame["turn"]
        if frame["type"] in ("ack", "err") and frame.get("for") in ("repair", "decide"):
            self.answers += 1

    @property
    def detail(self) -> dict[str, Any]:
        return self.details[self.session]

    def wait_in(self, session: str) -> None:
        """Watch the room until its turn waits with all that the machine found."""
        self.session = session
        self.page.locator(f"[data-session='{session}']").click()
        end = time.monotonic() + WITHIN_MS / 1000
        while self.details.get(session, {}).get("status") not in ("backup_wait", "verify_wait"):
            if time.monotonic() > end:
                raise SystemExit("The engine has not read a line in time; is the machine that busy?")
            self.page.wait_for_timeout(50)
        self.page.locator("#fix").wait_for()

    def put_right(self, turn: Turn, line: ScopeLine) -> None:
        """Open the panel, choose what the line's author meant in every wrong layer, send the first reply."""
        wrong = self._wrong(line)
        turn.changes = len(wrong)
        if not wrong:
            return
        self._press(turn, "f")
        for layer, name in wrong:
            while not self.page.locator(f"[data-keep='tab:{layer}'][aria-pressed=true]").count():
                self._press(turn, "ArrowRight")
            key = self.page.locator(f"[data-keep='{layer}:{name}'] kbd").inner_text()
            turn.repair_system_s += self._answered(turn, key.lower())
        candidates = self.detail["candidates"]
        turn.finished = bool(candidates) and candidates[0]["source"] != "generic"
        turn.reply = candidates[0]["text"]
        if candidates[0]["warnings"]:
            self._press(turn, "Enter")  # a reply with a warning asks a second time
        turn.send_system_s = self._answered(turn, "Enter")

    def type_reply(self, turn: Turn) -> None:
        self.page.keyboard.press("t")
        self.page.locator("#reply").wait_for()
        self.page.keyboard.insert_text(turn.reply)
        started = time.perf_counter()
        self._until_answer(lambda: self.page.keyboard.press("Enter"))
        turn.typing_system_s = time.perf_counter() - started

    def _wrong(self, line: ScopeLine) -> list[tuple[str, str]]:
        """The layers whose reading is not what the line's author says, with the right name of each."""
        layers = {layer["name"]: layer for layer in self.detail["layers"]["layers"]}
        meant = {"dialogue_act": line.heading}
        for kind in ENTITIES:
            named = [one["name"] for one in layers[kind]["options"] if one["name"] in line.about]
            if len(named) == 1:
                meant[kind] = named[0]
        return [(kind, name) for kind, name in meant.items() if layers[kind]["chosen"] != [name]]

    def _press(self, turn: Turn, key: str) -> None:
        self.page.keyboard.press(key)
        turn.repair_keys += 1

    def _answered(self, turn: Turn, key: str) -> float:
        started = time.perf_counter()
        self._until_answer(lambda: self._press(turn, key))
        return time.perf_counter() - started

    def _until_answer(self, act: Any) -> None:  # any key press
        before = self.answers
        act()
        end = time.monotonic() + 10
        while self.answers == before and time.monotonic() < end:
            self.page.wait_for_timeout(5)
