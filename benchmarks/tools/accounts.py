"""People who are signed in already: hundreds of slow password hashes are no part of a benchmark."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.models import Role, Study, User


def account(study: Study, name: str, role: Role) -> tuple[User, str]:
    """A new member of the study, and the key of a web session as signing in makes it."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from simulator.models import User

    person = User.objects.create(username=name, role=role, display_name=name)
    study.members.add(person)
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return person, str(session.session_key)
