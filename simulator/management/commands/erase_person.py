"""`manage.py erase_person USERNAME`: erase a person and everything that they said."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from simulator.models import User
from simulator.selectors.erasure import sessions_of
from simulator.services.erasure import person_erase


class Command(BaseCommand):
    help = "Erase a person: what they said, their name, address and ways to sign in. It cannot be undone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be erased")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["username"]).first()
        if person is None:
            raise CommandError(
                f"There is no account {options['username']!r}. The name that somebody signs in with is on "
                "their account page, and on the audit page in the address of their entries."
            )
        sessions = sessions_of(person).count()
        self.stdout.write(
            f"{person} ({person.get_role_display()}, {person.username}): {sessions} rehearsals; name, e-mail "
            "address and every way to sign in."
        )
        if options["dry_run"]:
            self.stdout.write("Nothing was changed.")
            return
        if not options["yes"] and not _confirmed():
            raise CommandError("Nothing was changed.")
        erased = person_erase(person=person, by="command")
        self.stdout.write(
            f"Erased: {erased} rehearsals. The account is {person.username} now. The worker clears copies "
            "and freed pages of the database file next; the audit page shows when that is done."
        )


def _confirmed() -> bool:
    try:
        return input("Erase all of it? It cannot be undone. [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
