"""A person at a browser: what is done again and again, by the names that people read."""

from dataclasses import dataclass

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# What WCAG 2.2 AA asks for, as far as a program can check it.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Person:
    username: str
    page: Page

    def sign_in(self) -> None:
        self.page.goto("/sign-in/")
        self.page.get_by_label("User name").fill(self.username)
        self.page.get_by_label("Password").fill(f"{self.username}-demo")
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url(lambda url: "sign-in" not in url)

    def begin(self, scenario: str) -> str:
        """Start a rehearsal of the scenario with this title; returns the session's id."""
        self.page.goto("/")
        self.page.get_by_role("link", name=scenario).first.click()
        self.page.get_by_role("button", name="Start").click()
        self.page.wait_for_url("**/session/**")
        return self.page.url.rstrip("/").split("/")[-1]

    def barriers(self) -> list[str]:
        """What keeps people with disabilities from using the page as it is now: rule and element."""
        found = Axe().run(self.page, options={"runOnly": {"type": "tag", "values": RULES}})
        return [
            f"{violation['id']} ({violation['help']}): {node['html'][:160]}"
            for violation in found.response["violations"]
            for node in violation["nodes"]
        ]

    def overflow_px(self) -> int:
        """How many CSS pixels the page is wider than the window."""
        width: int = self.page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return width
