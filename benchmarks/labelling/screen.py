"""A real browser: from the key press to the next question on the screen."""

from __future__ import annotations

from playwright.sync_api import sync_playwright

from tests.browser.chromium import FLAGS, chromium

from .seed import PASSWORD, PERSON

# The key is stamped where the page first hears of it; the question counts from the first frame that shows it.
WATCH = """() => {
    window.times = [];
    let pressed = 0;
    document.addEventListener("keydown", (event) => { pressed = event.timeStamp; }, { capture: true });
    const shown = () => {
        const from = pressed;
        requestAnimationFrame(() => {
            const channel = new MessageChannel();
            channel.port1.onmessage = () => window.times.push(performance.now() - from);
            channel.port2.postMessage(null);
        });
    };
    new MutationObserver(shown).observe(document.querySelector("[data-stage]"), { childList: true });
}"""


def key_to_next_ms(url: str, *, person: int, keys: int, pause_ms: int) -> list[float]:
    """Milliseconds of each key that labels, the suggestion accepted and a type chosen in turn."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        page = browser.new_page(base_url=url)
        page.goto("/sign-in/")
        page.get_by_label("Username").fill(PERSON.format(person))
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda where: "sign-in" not in where)
        page.goto("/annotation/label/", wait_until="networkidle")
        page.evaluate(WATCH)
        for number in range(keys):
            before = page.locator(".item").get_attribute("data-item")
            page.keyboard.press(("1", "Enter", "3", "4")[number % 4])
            page.wait_for_function("was => document.querySelector('.item').dataset.item !== was", arg=before)
            page.wait_for_timeout(pause_ms)
        found: list[float] = page.evaluate("window.times")
        browser.close()
        return found
