"""Fills the data folder $ACTS_VAR for the live tests: `python -m tests.live_setup`, a process of its own."""

import os

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    django.setup()

    from django.core.management import call_command

    from simulator.demo import CONSENT
    from simulator.models import Role, Study, User
    from simulator.services.scenario import scenario_install
    from simulator.services.study import consent_give, consent_text_publish
    from tests.live_scenarios import VARIANTS, variant

    call_command("migrate", verbosity=0)
    call_command("seed_demo")
    for name in VARIANTS:
        scenario_install(source=variant(name))
    demo = Study.objects.get(slug="demo")
    other = Study.objects.create(slug="other", title="Other study")
    text = consent_text_publish(study=other, text=CONSENT)
    for name, role, study in (
        ("wanda", Role.SUPERVISOR, demo),
        ("oscar", Role.TEACHER, other),
        ("olga", Role.SUPERVISOR, other),
    ):
        person = User.objects.create_user(name, password=f"{name}-demo", role=role, display_name=name.title())
        study.members.add(person)
        if role == Role.TEACHER:
            consent_give(person=person, text=text)
