"""Nobody rehearses without having agreed to the text that was on screen."""

from django.urls import reverse

from simulator.models import Consent, Session
from simulator.services.study import consent_text_publish
from tests.cast import Cast


def brief(cast: Cast) -> str:
    return reverse("brief", args=[cast.study.slug, cast.scenario.pk])


def consent(cast: Cast) -> str:
    return reverse("consent", args=[cast.study.slug])


def test_a_new_text_stands_before_the_next_task(cast: Cast, browse):
    consent_text_publish(study=cast.study, text="We now also record your keystrokes.")
    response = browse(cast.tess).get(brief(cast), follow=True)
    assert "your keystrokes" in response.content.decode()


def test_agreeing_leads_on_to_the_task(cast: Cast, browse):
    text = consent_text_publish(study=cast.study, text="New.")
    given = browse(cast.tess).post(consent(cast), {"version": text.version, "next": brief(cast)})
    assert given.url == brief(cast)
    assert Consent.objects.filter(person=cast.tess, text=text, withdrawn_at=None).exists()


def test_agreeing_to_a_text_that_was_replaced_meanwhile_counts_for_nothing(cast: Cast, browse):
    old = consent_text_publish(study=cast.study, text="Old.")
    new = consent_text_publish(study=cast.study, text="New.")
    response = browse(cast.tess).post(consent(cast), {"version": old.version})
    assert "has changed since" in response.content.decode()
    assert not Consent.objects.filter(person=cast.tess, text__in=[old, new]).exists()


def test_without_agreement_the_button_begins_nothing(cast: Cast, browse):
    consent_text_publish(study=cast.study, text="New.")
    assert reverse("consent", args=[cast.study.slug]) in browse(cast.tess).post(brief(cast)).url
    assert not Session.objects.exists()


def test_withdrawing_on_the_account_page_ends_the_open_rehearsal(cast: Cast, browse):
    session = cast.session()
    client = browse(cast.tess)
    response = client.post(reverse("withdraw", args=[cast.study.slug]), follow=True)
    session.refresh_from_db()
    assert session.end_reason == "withdrawn"
    assert "withdrawn" in response.content.decode()
