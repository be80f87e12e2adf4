"""``python -m benchmarks.blinding.prepare``: fills the folder $ACTS_VAR; prints rooms and cookies as JSON."""

import json
import os
import sys
from typing import Any

import django
import yaml


def main(rooms: int, faster: float, matched: bool) -> dict[str, Any]:
    from django.core.management import call_command

    from simulator.models import Role, Study
    from simulator.services.scenario import SCENARIO_DIR, scenario_install
    from simulator.services.session import session_start
    from simulator.services.study import consent_give, consent_text_publish

    call_command("migrate", verbosity=0)
    source = yaml.safe_load((SCENARIO_DIR / "scale-factor.yaml").read_text())
    source["slug"] = "blinding"
    source["routing"] = {"threshold": 1.0, "passes": 2}
    source["pacing"] = {"median_s": 4.0 / faster, "sigma": 0.35, "max_s": 12.0 / faster}
    source["pacing"]["people_median_s"] = 9.0 / faster if matched else 0.0
    source["timing"] = {"stall_after_s": round(25 / faster), "extension_s": round(20 / faster)}
    source["timing"] |= {"fallback_after_s": round(45 / faster), "lease_s": 30, "time_limit_s": 7200}
    scenario = scenario_install(source=yaml.safe_dump(source, sort_keys=False))
    study = Study.objects.create(slug="blinding", title="Blinding")
    text = consent_text_publish(study=study, text="A person may be involved.")
    found = []
    for number in range(rooms):
        teacher = _person(study, f"teacher{number}", Role.TEACHER)
        consent_give(person=teacher, text=text)
        session = session_start(teacher=teacher, study=study, scenario=scenario, pacing_scale=1.0)
        found.append({"session": str(session.public_id), "cookie": _signed_in(teacher)})
    people = [_signed_in(_person(study, f"supervisor{number}", Role.SUPERVISOR)) for number in range(2)]
    return {"rooms": found, "supervisors": people}


def _person(study: Any, name: str, role: str) -> Any:
    from simulator.models import User

    person = User.objects.create(username=name, role=role, display_name=name)
    study.members.add(person)
    return person


def _signed_in(person: Any) -> str:
    """The cookie of a session as the sign-in page would start it; hashing passwords is not measured here."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.create()
    return f"sessionid={store.session_key}"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    django.setup()
    print(json.dumps(main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3] == "matched")))
