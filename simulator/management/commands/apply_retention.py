"""`manage.py apply_retention`: erase rehearsals that are older than their study keeps them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from simulator.models import Reason, Study
from simulator.selectors.erasure import sessions_past_retention, withdrawn_sessions
from simulator.services.erasure import BATCH, retention_apply, sessions_erase


class Command(BaseCommand):
    help = "Erase rehearsals that ended longer ago than their study keeps them. To be run every night."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", type=int, help="for studies that set no time of their own; without it they keep all"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would be erased")

    def handle(self, *args: Any, **options: Any) -> None:
        days: int | None = options["days"]
        if days is not None and days < 1:
            raise CommandError("--days is a number of days, 1 or more.")
        for study in Study.objects.order_by("title"):
            self.stdout.write(f"{study.title}: {_said(study, days)}")
        left = withdrawn_sessions().count()
        if left:
            self.stdout.write(f"Withdrawn before and not erased yet: {left} rehearsals")
        if options["dry_run"]:
            self.stdout.write("Nothing was changed.")
            return
        erased = retention_apply(days=days) + _finish_withdrawals()
        self.stdout.write(f"Erased: {erased} rehearsals.")


def _said(study: Study, days: int | None) -> str:
    kept = study.retention_days if study.retention_days is not None else days
    if kept is None:
        return "keeps its rehearsals; no time is set"
    due = sessions_past_retention(study, days=days)
    oldest = due.values_list("ended_at", flat=True).first()
    since = f", the oldest of {oldest:%Y-%m-%d}" if oldest else ""
    origin = "" if study.retention_days is not None else " (--days)"
    return f"kept for {kept} days{origin}; {due.count()} rehearsals are older{since}"


def _finish_withdrawals() -> int:
    """Rehearsals of people who withdrew while the product did not erase yet."""
    erased = 0
    while part := list(withdrawn_sessions()[:BATCH]):
        erased += sessions_erase(sessions=part, reason=Reason.WITHDRAWN, by="command")
    return erased
