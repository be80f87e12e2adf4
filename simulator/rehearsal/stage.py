"""Setting the stage in the server's database (people, consent, scenarios, rooms) and clearing it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db import transaction

from simulator.models import EndReason, Role, ScenarioVersion, Session, Study, User
from simulator.services.scenario import mathdial_scenarios_install, scenario_activate
from simulator.services.session import session_end, session_start
from simulator.services.study import consent_give, consent_text_publish

from .dialogues import Dialogue, read_rows

STUDY_SLUG = "rehearsal"
CONSENT = "Nobody real rehearses here: recorded teachers are played to test the system, and all is stored."


class StageError(Exception):
    """The stage cannot be set; the message says how to mend it."""


@dataclass(frozen=True)
class Room:
    """A prepared rehearsal and who plays in it."""

    session: str
    teacher: str
    dialogue: Dialogue


@dataclass(frozen=True)
class Stage:
    """All accounts share one password, which is thrown away with the stage."""

    rooms: tuple[Room, ...]
    supervisors: tuple[str, ...]
    researcher: str
    password: str


def scenarios_for_dialogues(
    path: Path, dialogues: Sequence[Dialogue], *, slug: str | None
) -> dict[str, ScenarioVersion]:
    """Problem -> scenario: the named one for all, or each problem's own, imported from the same file.

    What is imported here only to be played is not offered to teachers.

    Raises:
        StageError: there is no such scenario.
        DialogueFileInvalid, ScenarioError: the file cannot be turned into scenarios.
    """
    problems = {dialogue.problem for dialogue in dialogues}
    if slug is not None:
        named = ScenarioVersion.objects.filter(slug=slug, is_active=True).first()
        if named is None:
            active = ScenarioVersion.objects.filter(is_active=True)
            known = ", ".join(sorted(active.values_list("slug", flat=True))[:10])
            raise StageError(f"There is no active scenario {slug!r}. Installed: {known or 'none'}.")
        return dict.fromkeys(problems, named)
    rows = [(row.line, row.cells) for row in read_rows(path) if row.cells["qid"].strip() in problems]
    known_before = set(ScenarioVersion.objects.values_list("pk", flat=True))
    installed = mathdial_scenarios_install(rows=rows)
    for scenario in installed.values():
        if scenario.pk not in known_before:
            scenario_activate(scenario=scenario, active=False)
    return installed


@transaction.atomic
def stage_set(
    *,
    dialogues: Sequence[Dialogue],
    scenarios: dict[str, ScenarioVersion],
    supervisors: int,
    mode: str,
    pacing_scale: float,
) -> Stage:
    """Make what is missing of the study and its people, and start one session for each dialogue."""
    study, _ = Study.objects.get_or_create(slug=STUDY_SLUG, defaults={"title": "Played rehearsals"})
    text = study.consent_texts.order_by("-version").first() or consent_text_publish(study=study, text=CONSENT)
    password = secrets.token_urlsafe(24)
    hashed = make_password(password)  # once: every hash costs as much as a sign-in
    rooms = []
    for number, dialogue in enumerate(dialogues, start=1):
        teacher = _person(study, f"rehearsal-teacher-{number}", Role.TEACHER, hashed)
        consent_give(person=teacher, text=text)
        session = session_start(
            teacher=teacher,
            study=study,
            scenario=scenarios[dialogue.problem],
            mode=mode,
            pacing_scale=pacing_scale,
        )
        rooms.append(Room(str(session.public_id), teacher.username, dialogue))
    team = [
        _person(study, f"rehearsal-supervisor-{number}", Role.SUPERVISOR, hashed).username
        for number in range(1, supervisors + 1)
    ]
    researcher = _person(study, "rehearsal-researcher", Role.RESEARCHER, hashed)
    # Who sees figures may see where from, and who labels finds what was said.
    study.members.add(*User.objects.filter(role__in=(Role.RESEARCHER, Role.ANNOTATOR), is_active=True))
    return Stage(tuple(rooms), tuple(team), researcher.username, password)


def _person(study: Study, username: str, role: Role, password: str) -> User:
    name = username.removeprefix("rehearsal-").replace("-", " ").capitalize()
    person, _ = User.objects.update_or_create(
        username=username,
        defaults={"password": password, "is_active": True},
        create_defaults={"password": password, "role": role, "display_name": name},
    )
    study.members.add(person)
    return person


@transaction.atomic
def stage_clear(stage: Stage) -> None:
    """End what is still open and shut the accounts: nobody can sign in to them until the next rehearsal."""
    for session in Session.objects.filter(
        public_id__in=[room.session for room in stage.rooms], ended_at=None
    ):
        session_end(session=session, reason=EndReason.STOPPED, actor="system")
    names = [room.teacher for room in stage.rooms] + [*stage.supervisors, stage.researcher]
    User.objects.filter(username__in=names).update(password=make_password(None), is_active=False)
