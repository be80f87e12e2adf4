"""The simulator: scenarios, sessions, the event log, routing, the supervisor's console, feedback."""

from django.apps import AppConfig


class SimulatorConfig(AppConfig):
    name = "simulator"
    verbose_name = "Simulator"
