"""The arrows between the packages run one way, and nobody can bend one unnoticed."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Of models_zoo the same is shown in tests/models_zoo/test_imports.py.
IMPORT_COMPRESSION = """
import importlib, pkgutil, sys
for name in ("django", "channels", "rest_framework", "simulator", "annotation", "models_zoo"):
    sys.modules[name] = None
import compression
for module in pkgutil.walk_packages(compression.__path__, "compression."):
    if not module.name.endswith(".__main__"):  # that one is there to be run
        importlib.import_module(module.name)
    print(module.name)
"""


def run(*command: str | Path, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return run(Path(sys.executable).with_name("lint-imports"), "--no-cache", folder=folder)


def test_every_module_of_compression_imports_without_django_and_models_zoo():
    done = run(sys.executable, "-c", IMPORT_COMPRESSION)
    assert done.returncode == 0, done.stderr
    assert "compression.adapter.layer" in done.stdout.split()


def test_the_import_contracts_hold():
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout


def test_an_arrow_the_wrong_way_is_found(tmp_path):
    """The contracts themselves work: compression reaching up to models_zoo breaks one."""
    for package in ("config", "simulator", "annotation", "models_zoo", "compression"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    (tmp_path / "simulator" / "selectors.py").touch()
    (tmp_path / "simulator" / "signals.py").touch()
    doors = "import simulator.selectors\nimport simulator.signals\n"
    (tmp_path / "annotation" / "reader.py").write_text(doors)
    (tmp_path / "compression" / "wrong.py").write_text("import models_zoo\n")
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    done = lint_imports(tmp_path)
    assert done.returncode == 1, done.stdout
    assert "compression.wrong -> models_zoo" in done.stdout


WEB_PROCESS = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
import config.asgi, config.urls
from django.core.management import call_command
call_command("check")
heavy = ("torch", "transformers", "peft", "sklearn", "snorkel", "pandas", "datasets", "scipy")
print("loaded:", [name for name in heavy if name in sys.modules])
"""


def test_the_web_process_starts_without_the_model_libraries():
    """Models never run in a request, so a web process need not pay their memory and start-up time."""
    done = run(sys.executable, "-c", WEB_PROCESS)
    assert done.returncode == 0, done.stderr
    assert "loaded: []" in done.stdout
