"""Seeds the demo. Running it again adds only what is missing."""

from django.db import transaction

from simulator.demo import ACCOUNTS, CONSENT, DEBRIEF, STUDY_SLUG
from simulator.models import Role, Study, User

from .scenario import shipped_scenarios_install
from .study import consent_give, consent_text_publish


@transaction.atomic
def demo_seed() -> Study:
    """The demo study with its people, consent text and the shipped scenarios.

    The first teacher has not yet agreed to the consent text, so that the demo shows that page; the second
    has, so that scripts can begin at once.
    """
    shipped_scenarios_install()
    study, is_new = Study.objects.get_or_create(
        slug=STUDY_SLUG, defaults={"title": "Demo study", "debrief": DEBRIEF}
    )
    if is_new:
        consent_text_publish(study=study, text=CONSENT)
    for account in ACCOUNTS:
        person = User.objects.filter(username=account.username).first()
        if person is None:
            person = User.objects.create_user(
                username=account.username,
                password=account.password,
                role=account.role,
                display_name=account.display_name,
            )
        study.members.add(person)
    theo = User.objects.filter(role=Role.TEACHER, studies=study).order_by("pk")[1]
    newest = study.consent_texts.order_by("-version").first()
    if newest is not None:
        consent_give(person=theo, text=newest)
    return study
