"""``python -m benchmarks``: list the benchmarks, or run one; the last line printed is its figures."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import benchmarks


def names() -> list[str]:
    """The benchmarks there are: modules of this package with a ``run``."""
    found = (module.name for module in pkgutil.iter_modules(benchmarks.__path__))
    return sorted(name for name in found if not name.startswith("_") and name != "tools")


def load(name: str) -> ModuleType:
    return importlib.import_module(f"benchmarks.{name}")


def main(argv: Sequence[str] | None = None) -> int:
    given = list(sys.argv[1:] if argv is None else argv)
    if not given or given[0] in ("-h", "--help"):
        print("usage: python -m benchmarks NAME [--json FILE] [options]\n")
        for name in names():
            summary = (load(name).__doc__ or "").strip().splitlines()[0]
            print(f"  {name:<18}{summary}")
        return 0
    name, *rest = given
    if name not in names():
        print(f"No benchmark is called {name!r}; there are: {', '.join(names())}.", file=sys.stderr)
        return 2
    module = load(name)
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks {name}", description=module.__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to FILE")
    module.add_arguments(parser)
    arguments = parser.parse_args(rest)
    figures = module.run(arguments)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
