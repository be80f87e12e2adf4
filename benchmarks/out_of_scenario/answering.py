"""Lines through the real engine on a scratch database: which of them it answers alone."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .judging import Judged


def answered_alone(
    lists: Mapping[str, Sequence[Judged]],
    *,
    scenario: str,
    passes: int | None,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """List -> share answered alone with and without the scope stage, refused at the door, and by kind.

    Every line is the first of a session of its own, at the shipped threshold.
    """
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings.local", "ACTS_VAR": folder}
        os.environ.setdefault("ACTS_LOG_LEVEL", "WARNING")
        desk = _desk(Path(folder), scenario, passes)
        found: dict[str, Any] = {}
        for name, lines in lists.items():
            say(f"{name}: {len(lines)} lines, with and without the scope stage")
            routes = [[desk(line.text, scoped) for line in lines] for scoped in (True, False)]
            found[name] = _figures(lines, *routes)
        return found


def _figures(lines: Sequence[Judged], with_scope: Sequence[str], without: Sequence[str]) -> dict[str, Any]:
    alone = [line for line, route in zip(lines, with_scope, strict=True) if route == "certain"]
    return {
        "n": len(lines),
        "alone": round(len(alone) / len(lines), 4),
        "alone_without_scope": round(sum(route == "certain" for route in without) / len(lines), 4),
        "refused_at_the_door": sum(route == "refused" for route in with_scope),
        "answered": [{"kind": line.group, "text": line.text[:80]} for line in alone][:20],
    }


def _desk(folder: Path, slug: str, passes: int | None) -> Callable[[str, bool], str]:
    """A function that sends one line through the engine and returns the route of its turn."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.MODEL_STORE = folder / "models"
    call_command("migrate", verbosity=0)
    call_command("seed_demo", stdout=Path(os.devnull).open("w"))  # noqa: SIM115 (ends with the process)
    from simulator.engine.loop import Engine
    from simulator.engine.scope.detector import Scope
    from simulator.errors import MessageEmpty
    from simulator.models import ScenarioVersion, Study, User
    from simulator.services.message import message_post
    from simulator.services.session import session_start
    from simulator.services.study import consent_give

    teacher, study = User.objects.get(username="theo"), Study.objects.get(slug="demo")
    text = study.consent_texts.order_by("-version").first()
    assert text is not None  # noqa: S101 (the demo has one)
    consent_give(person=teacher, text=text)
    scenario = ScenarioVersion.objects.get(slug=slug, is_active=True)
    if passes is not None:
        scenario.source += f"\nrouting:\n  passes: {passes}\n"
        scenario.save()
    engine = Engine()
    engine.model.start()
    judge = engine.guard.judge

    def send(line: str, scoped: bool) -> str:
        engine.guard.judge = judge if scoped else lambda *_: Scope("", 0.0, 0.0)  # type: ignore[method-assign]
        session = session_start(teacher=teacher, study=study, scenario=scenario, pacing_scale=0.0)
        try:
            message_post(session=session, teacher=teacher, client="benchmark", txn="1", text=line)
        except MessageEmpty:
            return "refused"
        engine.step()
        return session.turns.get().route

    return send
