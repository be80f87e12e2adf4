"""The simulator: scenarios, sessions, the event log, routing, the supervisor's console, feedback."""

from django.apps import AppConfig


class SimulatorConfig(AppConfig):
    name = "simulator"
    verbose_name = "Simulator"

    def ready(self) -> None:
        """Listen to the other half of the product."""
        from simulator import receivers  # noqa: F401 (connects by being imported)
