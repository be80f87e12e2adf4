"""Studies, consent, invitations and scenarios, as a person may see them."""

from django.db.models import QuerySet

from simulator import errors
from simulator.models import Consent, ConsentText, Invitation, ScenarioVersion, Study, User

from .live import has_standing_consent


def studies_for(viewer: User) -> QuerySet[Study]:
    """The studies that a person belongs to."""
    return studies_of(viewer.pk)


def studies_of(person_id: int) -> QuerySet[Study]:
    """The same, where only the person's number is at hand."""
    return Study.objects.filter(members=person_id)


def study_for(viewer: User, slug: str) -> Study:
    study = studies_for(viewer).filter(slug=slug).first()
    if study is None:
        raise errors.NotFound
    return study


def _newest_text(study_id: int) -> ConsentText | None:
    return ConsentText.objects.filter(study_id=study_id).order_by("-version").first()


def standing_consent(*, person: User, study_id: int) -> Consent | None:
    """The person's consent to the newest text of the study, unless withdrawn."""
    newest = _newest_text(study_id)
    if newest is None:
        return None
    return (
        Consent.objects.filter(person=person, text=newest, withdrawn_at=None).select_related("text").first()
    )


def consent_needed(*, person: User, study: Study) -> ConsentText | None:
    """The text that the person still has to agree to, or None."""
    return None if has_standing_consent(person_id=person.pk, study_id=study.pk) else _newest_text(study.pk)


def scenarios_for(viewer: User) -> QuerySet[ScenarioVersion]:
    """Teachers are offered the active versions; researchers see all."""
    scenarios = ScenarioVersion.objects.all()
    return scenarios if viewer.is_researcher else scenarios.filter(is_active=True)


def invitations_for(viewer: User) -> QuerySet[Invitation]:
    if not viewer.is_researcher:
        raise errors.NotAllowed
    return Invitation.objects.filter(study__in=studies_for(viewer)).select_related("study")
