"""`manage.py install_scenario`: check a scenario file and store it as the newest version."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from simulator.services.scenario import scenario_install
from simulator.student.schema import ScenarioError


class Command(BaseCommand):
    help = "Check a scenario file and offer it to teachers. The same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.yaml")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            source = path.read_bytes().decode("utf-8-sig")
            scenario = scenario_install(source=source, name=path.stem)
        except OSError as error:
            raise CommandError(f"{path} could not be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{path}: the file is not UTF-8 text. Nothing was installed.") from error
        except ScenarioError as error:
            raise CommandError(f"{path}: {error}. Nothing was installed.") from error
        self.stdout.write(f"{scenario.slug} v{scenario.version}: {scenario.title}")
