"""A person at a browser: what is done again and again, by the names that people read."""

import re
from dataclasses import dataclass

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

# What WCAG 2.2 AA asks for, as far as a program can check it.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WITHIN_MS = 60_000
TOO_WIDE = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const all = [...document.body.querySelectorAll("*")];
    const out = all.filter((one) => one.getBoundingClientRect().right > width + 1);
    const innermost = out.filter((one) => !out.some((other) => other !== one && one.contains(other)));
    const shown = (one) => `${one.outerHTML.slice(0, 120)} in ${one.parentElement.outerHTML.slice(0, 60)}`;
    return innermost.slice(0, 5).map(shown);
}"""


@dataclass
class Person:
    username: str
    page: Page

    def sign_in(self) -> None:
        self.page.goto("/sign-in/")
        self.page.get_by_label("Username").fill(self.username)
        self.page.get_by_label("Password").fill(f"{self.username}-demo")
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(lambda url: "sign-in" not in url)

    def choose(self, scenario: str) -> None:
        """Go to a scenario's task; a teacher who has not agreed yet lands on the consent text."""
        self.page.goto("/rehearse/")
        self.page.get_by_role("link", name=re.compile(f"^{re.escape(scenario)}")).click()

    def begin(self, scenario: str) -> str:
        """Start a rehearsal of the scenario with this title; returns the session's id."""
        self.choose(scenario)
        self.page.get_by_role("button", name="Begin").click()
        self.page.wait_for_url("**/sessions/*/")
        self.be_connected()
        return self.page.url.rstrip("/").split("/")[-1]

    def be_connected(self) -> None:
        expect(self.page.locator("#connection-words")).to_have_text("Connected", timeout=WITHIN_MS)

    def say(self, text: str) -> None:
        self.page.get_by_label("Message to").fill(text)
        self.page.keyboard.press("Enter")

    def lines(self) -> Locator:
        """The lines of the dialogue, the oldest first."""
        return self.page.locator("#lines > li")

    def hears(self, text: str) -> None:
        expect(self.page.get_by_role("log").get_by_text(text, exact=True)).to_be_visible(timeout=WITHIN_MS)

    def barriers(self, *, rule: str = "") -> list[str]:
        """What keeps people with disabilities from using the page as it is now: rule and element.

        ``rule`` asks about one only.
        """
        self.page.wait_for_load_state()  # a page without its styles would be found wanting
        wanted = {"type": "rule", "values": [rule]} if rule else {"type": "tag", "values": RULES}
        found = Axe().run(self.page, options={"runOnly": wanted, "preload": False})
        return [
            f"{violation['id']} ({violation['help']}): {node['html'][:160]}"
            for violation in found.response["violations"]
            for node in violation["nodes"]
        ]

    def too_wide(self) -> list[str]:
        """The innermost elements that make the page wider than the window; none when it fits."""
        found: list[str] = self.page.evaluate(TOO_WIDE)
        return found
