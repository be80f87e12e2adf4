"""Benchmarks: speed, memory, scale and quality, side by side with peers in one run.

``python -m benchmarks NAME [--json FILE]``. A benchmark is a module or package of this one with a docstring,
``add_arguments(parser)`` and ``run(arguments)``, which returns its figures as a JSON object.
"""
