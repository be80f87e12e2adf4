"""Scenarios enter as YAML text and are kept version by version."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from django.db import transaction

from simulator.models import ScenarioVersion
from simulator.student.importing import scenario_from_mathdial, to_yaml
from simulator.student.schema import ScenarioError, parse_scenario

SCENARIO_DIR = Path(__file__).resolve().parents[1] / "scenarios"


@transaction.atomic
def scenario_install(*, source: str, name: str = "") -> ScenarioVersion:
    """Validate and store a scenario; the same text again returns the version that is there.

    A threshold set on the page is carried over to the next version of the same scenario.

    Raises:
        ScenarioError: naming line and reason; nothing was stored.
    """
    content = parse_scenario(source, name=name)
    checksum = hashlib.sha256(source.encode()).hexdigest()
    versions = ScenarioVersion.objects.filter(slug=content.slug)
    if same := versions.filter(checksum=checksum).first():
        return same
    newest = versions.order_by("-version").first()
    versions.update(is_active=False)
    return ScenarioVersion.objects.create(
        slug=content.slug,
        version=newest.version + 1 if newest else 1,
        title=content.title,
        source=source,
        checksum=checksum,
        threshold=newest.threshold if newest else content.routing.threshold,
    )


def shipped_scenarios_install() -> list[ScenarioVersion]:
    """Install the scenarios that come with the product."""
    return [
        scenario_install(source=path.read_text(encoding="utf-8"), name=path.stem)
        for path in sorted(SCENARIO_DIR.glob("*.yaml"))
    ]


@transaction.atomic
def mathdial_scenarios_install(
    *, rows: Iterable[tuple[int, Mapping[str, str]]]
) -> dict[str, ScenarioVersion]:
    """Install one open scenario for each problem of MathDial's rows, given with their lines; all or none.

    Returns the scenario of each problem. Where several rows are about one problem, the first makes it.

    Raises:
        ScenarioError: naming the row's line and the reason; nothing was stored.
    """
    installed: dict[str, ScenarioVersion] = {}
    for line, cells in rows:
        problem = (cells.get("qid") or "").strip()
        if problem in installed:
            continue
        try:
            installed[problem] = scenario_install(source=to_yaml(scenario_from_mathdial(cells)))
        except ScenarioError as error:
            raise ScenarioError(line, error.path, error.reason) from error
    return installed


def scenario_threshold_set(*, scenario: ScenarioVersion, threshold: float) -> None:
    scenario.threshold = threshold
    scenario.full_clean()
    scenario.save(update_fields=["threshold"])


def scenario_activate(*, scenario: ScenarioVersion, active: bool) -> None:
    """Offer a version to teachers, or stop offering it; at most one version of a scenario is offered."""
    with transaction.atomic():
        if active:
            ScenarioVersion.objects.filter(slug=scenario.slug).update(is_active=False)
        ScenarioVersion.objects.filter(pk=scenario.pk).update(is_active=active)
