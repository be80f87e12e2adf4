"""A researcher brings a file in, mends its mapping, sees its faults, takes it over, takes labels out."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.people import WITHIN_MS
from tests.live import Live

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FILE = "nr;words\n1;Why is the blue one bigger?\n2;\n3;How do you know?\n"


def test_a_file_is_looked_at_checked_and_imported(live: Live, people: People):
    rosa = people.sign_in("rosa")
    page = rosa.page
    page.goto(reverse("annotation:data"))
    page.set_input_files("#id_file", {"name": "lesson.csv", "mimeType": "text/csv", "buffer": FILE.encode()})
    page.get_by_role("button", name="Upload and look").click()
    expect(page.get_by_text("Say which column holds the text")).to_be_visible()
    page.get_by_label("The question, or the utterance").select_option("words")
    page.get_by_label("Its name, which never changes").select_option("nr")
    page.get_by_role("button", name="Show the first records so").click()
    expect(
        page.get_by_role("cell", name="How do you know?").or_(page.get_by_text("How do you know?")).first
    ).to_be_visible()
    page.get_by_role("button", name="Check the whole file").click()
    expect(page.get_by_text("Checked: 2 new")).to_be_visible(timeout=WITHIN_MS)
    expect(page.get_by_role("row", name="3 The cell 'words' is empty")).to_be_visible()
    assert rosa.barriers() == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all as CSV").click()
    assert "is empty" in download.value.path().read_text()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("2 new questions")).to_be_visible(timeout=WITHIN_MS)
    assert live.rows("select count(*) from annotation_item where key in ('1', '3')") == [(2,)]
    page.goto(reverse("annotation:data"))
    page.get_by_label("Data set").select_option(label="lesson (2 questions, 0 labelled)")
    page.get_by_label("JSON Lines").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "lesson.jsonl"
    assert download.value.path().read_text().count("\n") == 2


def test_a_server_that_does_not_answer_is_told_and_its_token_not_shown(people: People):
    rosa = people.sign_in("rosa")
    page = rosa.page
    page.goto(reverse("annotation:label-studio"))
    page.get_by_label("Address").fill("ftp://nowhere")
    page.get_by_label("Token").fill("a-secret-token")
    page.get_by_role("button", name="Save and try it").click()
    page.get_by_label("Address").fill("http://127.0.0.1:9")
    page.get_by_label("Token").fill("a-secret-token")
    page.get_by_role("button", name="Save and try it").click()
    expect(page.get_by_text("does not answer. Nothing is lost").first).to_be_visible(timeout=WITHIN_MS)
    assert "a-secret-token" not in page.content()
    assert rosa.barriers() == []
    page.get_by_role("button", name="Delete address and token").click()
    expect(page.get_by_role("heading", name="Not connected")).to_be_visible()
