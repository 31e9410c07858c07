"""/metrics, in the text format of Prometheus (version 0.0.4). It requires METRICS_TOKEN."""

import os

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import cache_control
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from ops.http.decorators import safe_only
from ops.http.errors import error_response
from ops.metrics import requests
from ops.metrics.readings import MetricCollector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@cache_control(no_store=True)
@safe_only
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the metrics to requests with `Authorization: Bearer` and the token. They name no person and no query."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    is_known = scheme.lower() == "bearer" and constant_time_compare(token.strip(), settings.METRICS_TOKEN)
    if not settings.METRICS_TOKEN or not is_known:
        return error_response(request, 403, "This is for the program that watches the site, and its token.")
    return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE)


def _registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(MetricCollector())
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)
    else:
        for figure in (requests.PAGES, requests.REQUESTS, requests.REFUSALS, requests.DURATIONS):
            registry.register(figure)
    return registry
