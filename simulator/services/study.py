"""Consent and invitations."""

import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify

from simulator import errors
from simulator.models import Consent, ConsentText, EndReason, Invitation, Role, Session, Study, User

from .session import session_end


@transaction.atomic
def consent_text_publish(*, study: Study, text: str) -> ConsentText:
    """Add a new version of the consent text; teachers are asked again."""
    newest = study.consent_texts.order_by("-version").first()
    return ConsentText.objects.create(study=study, version=newest.version + 1 if newest else 1, text=text)


def consent_give(*, person: User, text: ConsentText) -> Consent:
    """Note that a person agrees; agreeing twice is one consent."""
    consent, _ = Consent.objects.get_or_create(person=person, text=text, withdrawn_at=None)
    return consent


@transaction.atomic
def consent_withdraw(*, person: User, study: Study) -> int:
    """Withdraw from a study: open rehearsals end at once, nothing more is recorded."""
    standing = Consent.objects.filter(person=person, text__study=study, withdrawn_at=None)
    withdrawn = standing.update(withdrawn_at=timezone.now())
    for session in Session.objects.filter(teacher=person, study=study, ended_at=None):
        session_end(session=session, reason=EndReason.WITHDRAWN, actor=person.actor)
    return withdrawn


def invitation_create(
    *, study: Study, created_by: User, expires_at: datetime, max_uses: int = 1
) -> Invitation:
    return Invitation.objects.create(
        study=study, created_by=created_by, expires_at=expires_at, max_uses=max_uses
    )


def invitation_revoke(*, invitation: Invitation) -> None:
    Invitation.objects.filter(pk=invitation.pk, revoked_at=None).update(revoked_at=timezone.now())


@transaction.atomic
def invitation_accept(*, token: str, display_name: str) -> User:
    """Make a teacher's account for somebody who holds the link.

    Raises:
        InvitationClosed: unknown, expired, revoked or used up.
    """
    invitation = Invitation.objects.select_for_update().filter(token=token).first()
    if invitation is None or not invitation.is_open:
        raise errors.InvitationClosed
    Invitation.objects.filter(pk=invitation.pk).update(uses=F("uses") + 1)
    name = display_name.strip()[:80] or "Teacher"
    user = User(
        username=f"{slugify(name)[:40] or 'teacher'}-{secrets.token_hex(4)}",
        display_name=name,
        role=Role.TEACHER,
    )
    user.set_unusable_password()
    user.save()
    invitation.study.members.add(user)
    return user
