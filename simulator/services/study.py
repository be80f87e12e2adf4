"""Consent and invitations."""

import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify

from simulator import errors
from simulator.models import Consent, ConsentText, Invitation, Reason, Role, Study, User
from simulator.selectors.erasure import withdrawn_sessions

from .erasure import sessions_erase


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
    """Withdraw from a study: open rehearsals end at once, and all that was said until now is erased.

    Returns how many rehearsals that were. Withdrawing again changes nothing.
    """
    standing = Consent.objects.filter(person=person, text__study=study, withdrawn_at=None)
    standing.update(withdrawn_at=timezone.now())
    return sessions_erase(
        sessions=withdrawn_sessions().filter(teacher=person, study=study),
        reason=Reason.WITHDRAWN,
        by=person.actor,
        person=person,
        study=study,
    )


def retention_set(*, study: Study, days: int | None) -> None:
    """How long the study keeps its rehearsals after their end; None keeps them."""
    Study.objects.filter(pk=study.pk).update(retention_days=days)


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
