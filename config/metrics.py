"""Figures for Prometheus, read from the database when they are asked for: every web process says the same.

``ACTS_METRICS_TOKEN`` opens the address to whoever sends it as a bearer token; without a token the address
does not exist. Grafana's dashboard for these figures is scripts/grafana.json.
"""

import secrets
from collections.abc import Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from simulator.selectors.monitoring import monitoring
from simulator.server_errors import server_errors


class ProductCollector(Collector):
    """The state of turns, queue, engines and jobs."""

    def collect(self) -> Iterator[Metric]:
        found = monitoring()
        yield _by("acts_turns", "Turns by state.", "status", found.turns_by_status)
        yield _by(
            "acts_turns_routed", "Turns by why they went where they went.", "route", found.turns_by_route
        )
        yield _by("acts_turns_answered", "Replies by who gave them.", "by", found.turns_by_answerer)
        yield _by("acts_jobs", "Long jobs by state.", "status", found.jobs_by_status)
        yield GaugeMetricFamily(
            "acts_job_oldest_seconds", "How long the first queued job has waited.", found.job_oldest_s
        )
        yield GaugeMetricFamily("acts_workers", "Task workers alive.", found.workers)
        yield GaugeMetricFamily("acts_open_rooms", "Rehearsals that run now.", found.open_rooms)
        yield GaugeMetricFamily("acts_queue_length", "Turns that wait for a supervisor.", found.queue_length)
        yield GaugeMetricFamily(
            "acts_queue_oldest_seconds", "How long the first of them has waited.", found.queue_oldest_s
        )
        yield GaugeMetricFamily("acts_server_errors", "Requests that ended in status 500.", server_errors())
        engines = GaugeMetricFamily("acts_engines", "Engines alive.", labels=["model_version"])
        for version, count in found.engines_by_version.items():
            engines.add_metric([version], count)
        yield engines
        yield _quantiles("acts_engine_seconds", "The engine's time for a turn, last hour.", found.engine_s)
        yield _quantiles(
            "acts_decision_seconds", "From question to decided reply, last hour.", found.decision_s
        )


def _by(name: str, help_text: str, label: str, counts: dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, help_text, labels=[label])
    for value, count in sorted(counts.items()):
        family.add_metric([value or "none"], count)
    return family


def _quantiles(name: str, help_text: str, quantiles: dict[float, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, help_text, labels=["quantile"])
    for quantile, seconds in quantiles.items():
        family.add_metric([str(quantile)], seconds)
    return family


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures in Prometheus' text format."""
    expected = settings.ACTS_METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not expected or not secrets.compare_digest(given.encode(), expected.encode()):
        raise Http404
    registry = CollectorRegistry()
    registry.register(ProductCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)
