import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import People
from tests.live import Live, eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def labelling(people: People, **options: object) -> Page:
    """Ana at the labelling page, with the next questions fetched."""
    ana = people.sign_in("ana", **options)
    with ana.page.expect_response(lambda response: "/label/next/" in response.url):
        ana.page.goto("/annotation/label/")
    return ana.page


def question(page: Page) -> str:
    return page.locator("[data-question]").inner_text()


def labelled(page: Page) -> int:
    return int(page.locator("[data-progress-text]").inner_text().split("/")[0])


def saved(page: Page) -> None:
    expect(page.locator("[data-state]")).to_have_text("All saved")


def test_a_digit_labels_and_goes_on_and_undo_brings_the_question_back(people: People):
    page = labelling(people)
    first, before = question(page), labelled(page)
    page.keyboard.press("2")
    expect(page.locator("[data-question]")).not_to_have_text(first)
    second = question(page)
    page.keyboard.press("4")
    saved(page)
    assert labelled(page) == before + 2
    page.keyboard.press("u")
    expect(page.locator("[data-question]")).to_have_text(second)
    expect(page.locator(".item__undone")).to_contain_text("Other")
    page.keyboard.press("u")
    expect(page.locator("[data-question]")).to_have_text(first)
    expect(page.locator("[data-progress-text]")).to_have_text(re.compile(rf"^{before} /"))


def test_shift_and_digits_keep_the_order_of_preference(people: People):
    page = labelling(people)
    page.keyboard.press("Shift+Digit3")
    page.keyboard.press("Shift+Digit1")
    expect(page.get_by_role("button", name=re.compile("Expository and Cueing"))).to_contain_text("1st")
    expect(page.get_by_role("button", name=re.compile("Probing and Exploring"))).to_contain_text("2nd")
    asked = question(page)
    page.keyboard.press("Enter")
    expect(page.locator("[data-question]")).not_to_have_text(asked)
    saved(page)
    page.keyboard.press("u")
    expect(page.locator(".item__undone")).to_contain_text("Expository and Cueing, Probing and Exploring")


def test_labels_given_without_a_connection_outlive_page_and_server_and_are_stored_once(
    people: People, live: Live
):
    page = labelling(people)
    page.wait_for_load_state("networkidle")  # the questions of the next minute are here
    before = labelled(page)
    rows = "select count(*) from annotation_annotation where action = 'label'"
    ((stored,),) = live.rows(rows)
    page.context.set_offline(True)
    asked = [question(page)]
    for _ in range(6):
        page.keyboard.press("1")
        expect(page.locator("[data-question]")).not_to_have_text(asked[-1])
        asked.append(question(page))
    expect(page.locator("[data-state]")).to_contain_text("6 kept here")
    page.goto("about:blank")
    live.kill("web")
    page.context.set_offline(False)
    eventually(live.is_healthy)
    page.goto("/annotation/label/")
    saved(page)
    assert live.rows(rows) == [(stored + 6,)]
    page.reload()
    assert labelled(page) == before + 6
    page.keyboard.press("u")
    expect(page.locator("[data-question]")).to_have_text(asked[5])


def test_keys_are_changed_by_pressing_them_and_a_clash_is_refused(people: People):
    page = labelling(people)
    asked = question(page)
    page.keyboard.press("?")
    field = page.get_by_label("Skip for now")
    field.press("u")
    page.get_by_role("button", name="Save the keys").click()
    expect(page.locator("[data-keys-note]")).to_contain_text("U cannot do two things")
    field.press("x")
    page.get_by_role("button", name="Save the keys").click()
    expect(page.locator("[data-keys-note]")).to_contain_text("Your keys are changed")
    page.keyboard.press("Escape")
    expect(page.locator("[data-skip] kbd")).to_have_text("X")
    page.reload()
    page.keyboard.press("s")
    assert question(page) == asked
    page.keyboard.press("x")
    expect(page.locator("[data-question]")).not_to_have_text(asked)
    page.keyboard.press("u")
    expect(page.locator("[data-question]")).to_have_text(asked)
    page.keyboard.press("?")
    page.get_by_role("button", name="Back to the usual ones").click()
    expect(page.locator("[data-skip] kbd")).to_have_text("S")


def test_the_whole_dialogue_is_a_key_away(people: People):
    page = labelling(people)
    asked = question(page)
    page.keyboard.press("w")
    expect(page.locator("#dialogue [aria-current]")).to_contain_text(asked)


def test_keys_typed_into_a_note_do_not_label(people: People):
    page = labelling(people)
    asked = question(page)
    page.keyboard.press("n")
    page.keyboard.type("12 dsu")
    expect(page.get_by_label("Note", exact=True)).to_have_value("12 dsu")
    assert question(page) == asked
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    expect(page.get_by_role("checkbox", name=re.compile("Data Issues"))).to_be_checked()


def test_keys_can_be_switched_off(people: People):
    page = labelling(people)
    asked = question(page)
    page.keyboard.press("?")
    page.get_by_label("Use these keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    page.wait_for_timeout(300)
    assert question(page) == asked


def test_a_question_that_another_tab_labelled_gets_a_clear_answer(people: People):
    page = labelling(people)
    other = page.context.new_page()
    other.goto("/annotation/label/")
    page.keyboard.press("1")
    saved(page)
    other.keyboard.press("2")
    expect(other.locator("[data-problems]")).to_contain_text("The first label stands")
    page.keyboard.press("u")


def test_a_finger_on_a_phone_labels_too(people: People):
    page = labelling(people, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    asked = question(page)
    page.get_by_role("button", name=re.compile("Procedural and Factual")).tap()
    expect(page.locator("[data-question]")).not_to_have_text(asked)
    saved(page)
    page.get_by_role("button", name=re.compile("Undo")).tap()
    expect(page.locator("[data-question]")).to_have_text(asked)


def test_idle_time_is_counted_apart(people: People):
    page = labelling(people)
    measured = page.evaluate(
        """async () => {
            const { Stopwatch } = await import("/static/js/annotation/stopwatch.js");
            let now = 0;
            const watch = new Stopwatch(() => now);
            watch.start();
            now = 5000; watch.touch();
            now = 65000; watch.touch();
            watch.see(false); now = 95000; watch.see(true);
            now = 97000;
            return watch.read();
        }"""
    )
    # 5 s, then 30 of 60 s without a key, then 30 s unseen, then 2 s
    assert measured == {"activeMs": 37_000, "idleMs": 60_000}


@pytest.mark.parametrize(("colours", "width"), [("light", 1440), ("dark", 390)])
def test_nothing_keeps_people_out(people: People, colours: str, width: int):
    rosa = people.sign_in("rosa", color_scheme=colours, viewport={"width": width, "height": 844})
    for address in ("", "label/", "rules/", "models/", "loop/"):
        rosa.page.goto(f"/annotation/{address}")
        assert rosa.barriers() == [], address
        assert rosa.too_wide() == [], address
