"""Every address of the product."""

from django.urls import include, path

from .health import health, readiness
from .metrics import metrics

urlpatterns = [
    path("healthz/", health, name="health"),
    path("readyz/", readiness, name="readiness"),
    path("metrics/", metrics, name="metrics"),
    path("", include("simulator.urls")),
    path("annotation/", include("annotation.urls")),
    path("api/", include("annotation.api.urls")),
    path("api/", include("simulator.api.urls")),  # answers every other address below api/, so it comes second
    path("i18n/", include("django.conf.urls.i18n")),
]
