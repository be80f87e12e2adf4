"""Consent and invitations."""

from datetime import timedelta

import pytest
from django.utils import timezone

from simulator import errors
from simulator.selectors import consent_needed
from simulator.services import study as services
from simulator.services.message import message_post
from tests.cast import Cast


def invitation(cast: Cast, **options: object):
    settings = {"expires_at": timezone.now() + timedelta(days=1), "max_uses": 1} | options
    return services.invitation_create(study=cast.study, created_by=cast.rosa, **settings)


def test_without_consent_no_session_starts(cast: Cast):
    services.consent_withdraw(person=cast.tess, study=cast.study)
    with pytest.raises(errors.ConsentMissing):
        cast.session(cast.tess)


def test_withdrawing_ends_open_sessions_and_stops_messages(cast: Cast):
    session = cast.session()
    services.consent_withdraw(person=cast.tess, study=cast.study)
    session.refresh_from_db()
    assert session.end_reason == "withdrawn"
    with pytest.raises(errors.SessionEnded):
        message_post(session=session, teacher=cast.tess, client="c", txn="t", text="Hello")


def test_a_new_text_asks_everybody_again(cast: Cast):
    assert consent_needed(person=cast.tess, study=cast.study) is None
    text = services.consent_text_publish(study=cast.study, text="Now we also keep times.")
    assert text.version == 2
    assert consent_needed(person=cast.tess, study=cast.study) == text
    services.consent_give(person=cast.tess, text=text)
    assert consent_needed(person=cast.tess, study=cast.study) is None


def test_an_invitation_makes_a_teacher_of_its_study(cast: Cast):
    user = services.invitation_accept(token=invitation(cast).token, display_name="  Nora ")
    assert (str(user), user.role, user.has_usable_password()) == ("Nora", "teacher", False)
    assert list(user.studies.all()) == [cast.study]


@pytest.mark.parametrize("why", ["used", "expired", "revoked", "unknown"])
def test_a_closed_invitation_lets_nobody_in(cast: Cast, why: str):
    expires = timezone.now() + timedelta(days=-1 if why == "expired" else 1)
    made = invitation(cast, expires_at=expires)
    if why == "used":
        services.invitation_accept(token=made.token, display_name="First")
    if why == "revoked":
        services.invitation_revoke(invitation=made)
    with pytest.raises(errors.InvitationClosed):
        services.invitation_accept(token="no-such" if why == "unknown" else made.token, display_name="Second")
