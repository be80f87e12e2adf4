"""Asks vulnerability services about every locked package: ``make audit``.

Fails when a known vulnerability is found. Where no service knows the packages, it says so and does not fail:
a machine without a network can still test. Answers come from PyPI's advisories, where those are missing from
OSV.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-cluster.txt")
SERVICES = ("pypi", "osv")
TIMEOUT_S = 300
Package = dict[str, Any]  # as pip-audit writes it: name, version and vulns, or name and skip_reason


def locked() -> list[str]:
    text = "".join((ROOT / lock).read_text() for lock in LOCKS)
    return sorted(set(re.findall(r"^[\w.-]+==\S+", text, re.M)))


def ask(service: str, packages: list[str]) -> list[Package]:
    """What the service knows of the packages; those that it does not know are left out."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as wanted:
        wanted.write("\n".join(packages))
        wanted.flush()
        command = [str(Path(sys.executable).parent / "pip-audit"), "--requirement", wanted.name, "--no-deps"]
        command += ["--disable-pip", "--vulnerability-service", service, "--format", "json"]
        command += ["--progress-spinner", "off", "--timeout", "10"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S)  # noqa: S603
            found: list[Package] = json.loads(done.stdout)["dependencies"]
        except (subprocess.TimeoutExpired, ValueError, KeyError):
            return []  # not reached: pip-audit then writes no answer at all
    return [one for one in found if "skip_reason" not in one]


def main() -> int:
    packages = locked()
    (probe,) = (line for line in packages if line.startswith("django=="))
    for service in SERVICES:
        if ask(service, [probe]):
            break
    else:
        print("NOT AUDITED: no vulnerability service could be reached from this machine.")  # noqa: T201
        return 0
    known = ask(service, packages)
    holes = [
        f"{one['name']} {one['version']}: {hole['id']}; mended in: {', '.join(hole['fix_versions']) or '-'}"
        for one in known
        for hole in one["vulns"]
    ]
    unknown = len(packages) - len(known)
    print(f"{service} knows {len(known)} of the locked packages, {unknown} not.")  # noqa: T201
    print("\n".join(holes or ["No known vulnerability."]))  # noqa: T201
    return int(bool(holes))


if __name__ == "__main__":
    sys.exit(main())
