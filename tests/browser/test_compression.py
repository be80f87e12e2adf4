"""A researcher asks for a smaller version, watches it being made and stops it."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.people import WITHIN_MS
from tests.live import Live, eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_compression_is_asked_for_watched_and_cancelled(live: Live, people: People):
    rosa = people.sign_in("rosa")
    rosa.page.goto("/annotation/models/compression/")
    versions = len(list((live.var / "models" / "versions").iterdir()))
    rosa.page.get_by_label("Form", exact=True).select_option(label="Tensor train")
    rosa.page.get_by_label("Rank").fill("3")
    rosa.page.get_by_label("attention: query").uncheck()
    rosa.page.get_by_role("button", name="Compress and compare").click()
    rosa.page.wait_for_url("**/annotation/runs/*/")
    chip = rosa.page.locator(".run .chip").first
    expect(chip).to_have_text("Running", timeout=WITHIN_MS)  # the page asks by itself
    ((options,),) = live.rows("select options from annotation_trainingrun where kind = 'compress'")
    assert '"tensor_train"' in options
    assert '"q_lin"' not in options

    rosa.page.goto("/annotation/models/compression/")  # the run is shown here too, and no second form
    expect(rosa.page.get_by_role("button", name="Compress and compare")).to_have_count(0)
    assert rosa.barriers() == []
    rosa.page.get_by_role("button", name="Cancel").click()
    expect(chip).to_have_text("Cancelled", timeout=WITHIN_MS)
    rosa.page.get_by_role("link", name="Back to the settings").click()
    expect(rosa.page.get_by_role("button", name="Compress and compare")).to_be_visible()
    eventually(lambda: live.rows("select 1 from annotation_trainingrun where status = 'cancelled'"))
    assert len(list((live.var / "models" / "versions").iterdir())) == versions


def test_settings_that_cannot_be_are_explained_and_kept(people: People):
    rosa = people.sign_in("rosa")
    rosa.page.goto("/annotation/models/compression/")
    for box in rosa.page.get_by_role("checkbox").all():
        box.uncheck()
    rosa.page.get_by_label("Rank").fill("4")
    rosa.page.get_by_role("button", name="Compress and compare").click()
    expect(rosa.page.locator(".field__error")).to_be_visible()
    expect(rosa.page.get_by_label("Rank")).to_have_value("4")
    assert rosa.barriers() == []
