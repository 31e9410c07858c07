"""Health checks: whether this process responds and can serve readers."""

import logging
from datetime import timedelta

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control

from ops.db.unapplied_migrations import unapplied_migrations
from ops.http.decorators import safe_only
from ops.jobs.claims import recent
from ops.jobs.scheduler import HEARTBEAT
from ops.limits.counter_store import is_cache_unavailable
from ops.models import DueJob

logger = logging.getLogger(__name__)
WORKER_SILENCE = timedelta(minutes=5)


@cache_control(no_store=True)
@safe_only
def healthz(request: HttpRequest) -> HttpResponse:
    """Respond if this process is running at all."""
    return JsonResponse({"status": "ok"})


@cache_control(no_store=True)
@safe_only
def readyz(request: HttpRequest) -> HttpResponse:
    """Report on database, migrations, cache and worker; 503 if this process cannot serve readers.

    The last two are only reported: else one stopped cache server would take every web server out of service.
    """
    problem = _database_problem()
    body = {
        "status": "unavailable" if problem else "ok",
        "database": problem or "ok",
        "cache": "does not answer" if is_cache_unavailable() else "ok",
    }
    if not problem:
        body["worker"] = "ok" if is_worker_alive() else "has not run for five minutes"
    return JsonResponse(body, status=503 if problem else 200, headers={"Retry-After": "10"} if problem else None)


def is_worker_alive() -> bool:
    return DueJob.objects.filter(recent("finished_at", WORKER_SILENCE), name=HEARTBEAT).exists()


def _database_problem() -> str:
    try:
        missing = unapplied_migrations(connection)
    except (DatabaseError, InterfaceError):
        logger.exception("The database does not answer.")
        return "does not answer"
    return f"{len(missing)} migrations are not applied" if missing else ""
