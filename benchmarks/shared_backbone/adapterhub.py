"""AdapterHub's BatchSplit, in an environment of its own: it asks for another transformers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

from benchmarks.shared_backbone.setting import Setting
from models_zoo.backbones import packaged_folder

PACKAGES = ("adapters==1.3.0", "torch")
SIDE = Path(__file__).with_name("adapterhub_side.py")


def rows(setting: Setting, folder: Path | None) -> list[dict[str, Any]]:
    """Its rows, measured against the plain backbone there; none where it can not be installed."""
    python = _environment(folder or _cache_folder())
    if python is None:
        return []
    given = {
        "folder": str(packaged_folder()),
        "lengths": setting.lengths,
        "tasks": 10,
        "rounds": setting.rounds,
        "rank": setting.rank,
    }
    print("Timing AdapterHub ...", file=sys.stderr, flush=True)
    done = subprocess.run(  # noqa: S603 - our own script in our own environment
        [str(python), str(SIDE), json.dumps(given)],
        capture_output=True,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    if done.returncode != 0:
        print(f"AdapterHub is left out; it ended with:\n{done.stderr[-500:]}", file=sys.stderr)
        return []
    found: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


def _cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "acts" / "adapterhub"


def _environment(folder: Path) -> Path | None:
    """Its interpreter, installed at the first run."""
    python = folder / "bin" / "python"
    if _imports(python):
        return python
    print(f"Installing {' and '.join(PACKAGES)} into {folder} ...", file=sys.stderr, flush=True)
    try:
        venv.create(folder, with_pip=True)
        subprocess.run(  # noqa: S603 - fixed names
            [str(python), "-m", "pip", "install", "--quiet", *PACKAGES], check=True, capture_output=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        print(
            f"AdapterHub is left out: it can not be installed here ({error}). Make a virtual environment "
            f"with `pip install {' '.join(PACKAGES)}` and name its folder with --adapterhub.",
            file=sys.stderr,
        )
        return None
    return python if _imports(python) else None


def _imports(python: Path) -> bool:
    if not python.exists():
        return False
    tried = subprocess.run([str(python), "-c", "import adapters, torch"], capture_output=True)  # noqa: S603
    return tried.returncode == 0
