import subprocess
import sys

BLOCK = """
import sys
for name in ("django", "channels", "rest_framework", "simulator", "annotation"):
    sys.modules[name] = None
"""


def run(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)


def test_everything_imports_with_the_web_framework_blocked():
    run(
        BLOCK + "import pkgutil, importlib, models_zoo\n"
        "for module in pkgutil.walk_packages(models_zoo.__path__, 'models_zoo.'):\n"
        "    if not module.name.endswith('__main__'):\n"
        "        try:\n"
        "            importlib.import_module(module.name)\n"
        "        except ModuleNotFoundError as missing:\n"
        "            if missing.name != 'ray':  # the extra `cluster`, which few install\n"
        "                raise\n"
    )


def test_what_the_web_process_reads_does_not_import_torch():
    run(
        "import sys\n"
        "import models_zoo.types, models_zoo.labels, models_zoo.store, models_zoo.manifest, models_zoo.cli\n"
        "assert 'torch' not in sys.modules and 'transformers' not in sys.modules"
    )
