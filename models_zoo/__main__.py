"""``python -m models_zoo``."""

from models_zoo.cli import main

main()
