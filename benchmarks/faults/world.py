"""The world in which the faults happen: people, scenarios, questions to label, two model versions."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.tools.accounts import account

if TYPE_CHECKING:
    from simulator.models import Role, Study
    from simulator.rehearsal.dialogues import Dialogue

STUDY = "faults"
QUESTIONS = 40  # every deployment renews the suggestions for all of them
PASSES = 4
CONSENT = "Nobody real takes part: recorded teachers are played while processes are killed."
# What a turn is promised, in seconds; short, so that a run meets every promise often.
STALL_S, EXTENSION_S, FALLBACK_S, LEASE_S = 6, 6, 12, 5
DEADLINE_S = FALLBACK_S + EXTENSION_S
ROUTES = {"by-machine": 1.0, "by-person": 0.0, "as-it-comes": 0.35}  # slug -> threshold


@dataclass(frozen=True)
class World:
    """Who is there, and what they need to know. All are signed in already: name -> key of the web session."""

    teachers: tuple[str, ...]
    supervisors: tuple[str, ...]
    annotators: tuple[str, ...]
    researcher: str
    keys: Mapping[str, str]
    scenarios: tuple[int, ...]
    versions: tuple[str, ...]


def world_set(var: Path, *, teachers: int, questions: Sequence[str]) -> World:
    """Fill the migrated database and the model store."""
    from simulator.models import Role, Study
    from simulator.services.study import consent_text_publish

    study = Study.objects.create(slug=STUDY, title="Faults")
    consent = consent_text_publish(study=study, text=CONSENT)
    people = _People(study)
    names = people.make("teacher", teachers, Role.TEACHER, consent)
    _questions(questions[:QUESTIONS])
    return World(
        teachers=names,
        supervisors=people.make("supervisor", 2, Role.SUPERVISOR),
        annotators=people.make("annotator", 2, Role.ANNOTATOR),
        researcher=people.make("researcher", 1, Role.RESEARCHER)[0],
        keys=people.keys,
        scenarios=_scenarios(),
        versions=_versions(var / "models"),
    )


class _People:
    def __init__(self, study: Study) -> None:
        self._study = study
        self.keys: dict[str, str] = {}

    def make(self, name: str, count: int, role: Role, consent: Any = None) -> tuple[str, ...]:
        from simulator.services.study import consent_give

        names = []
        for number in range(1, count + 1):
            person, self.keys[f"{name}{number}"] = account(self._study, f"{name}{number}", role)
            if consent is not None:
                consent_give(person=person, text=consent)
            names.append(person.username)
        return tuple(names)


def _scenarios() -> tuple[int, ...]:
    """The shipped scenario three times: answered by the machine, by a person, by whoever is asked."""
    import yaml

    from simulator.services.scenario import SCENARIO_DIR, scenario_install

    shipped = yaml.safe_load((SCENARIO_DIR / "scale-factor.yaml").read_text(encoding="utf-8"))
    keys = []
    for slug, threshold in ROUTES.items():
        scenario = copy.deepcopy(shipped) | {"slug": slug, "title": f"Faults, {slug}"}
        scenario["routing"] = {**scenario.get("routing", {}), "threshold": threshold, "passes": PASSES}
        scenario["pacing"] = {"median_s": 0.2, "sigma": 0.3, "max_s": 1.0, "people_median_s": 0.0}
        scenario["timing"] = {
            "stall_after_s": STALL_S, "extension_s": EXTENSION_S, "fallback_after_s": FALLBACK_S,
            "lease_s": LEASE_S, "time_limit_s": 7200,
        }  # fmt: skip
        keys.append(scenario_install(source=yaml.safe_dump(scenario, sort_keys=False)).pk)
    return tuple(keys)


def _questions(texts: Sequence[str]) -> None:
    """Each for both annotators."""
    from annotation.draws import draw
    from annotation.models import Dataset, Item, Source

    dataset = Dataset.objects.create(name="Faults", source=Source.IMPORT, annotators_per_item=2)
    Item.objects.bulk_create(
        Item(
            dataset=dataset, key=f"q{number}", text=text, wanted=2,
            shuffle_key=draw(f"q{number}", "place"), place=draw(f"q{number}", "place"),
        )
        for number, text in enumerate(texts)
    )  # fmt: skip


def _versions(root: Path) -> tuple[str, ...]:
    """The shipped version and a copy of it under another name, to be deployed in turn."""
    from models_zoo.store import ModelStore
    from models_zoo.version_folder import copy_files

    store = ModelStore(root)
    first = store.ensure_demo()
    manifest = store.manifest(first).model_copy(update={"seed": 4711, "parent": first})
    second = store.publish(lambda folder: copy_files(store.path(first), folder, manifest), manifest)
    return first, second


def dialogues_to_play(path: Path | None) -> list[Dialogue]:
    """Real dialogues where there are any, else lines of the project's own corpus."""
    from simulator.rehearsal.dialogues import Dialogue, Exchange, read_dialogues

    if path is not None:
        return read_dialogues(path)
    from models_zoo.training import load_corpus

    said = [example.text for example in load_corpus()]
    return [
        Dialogue("corpus", tuple(Exchange(text, "Let me see.") for text in said[start : start + 6]))
        for start in range(0, len(said), 6)
    ]
