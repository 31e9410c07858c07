"""What the pages of all apps share, and the pages that belong to none: media, health."""

import logging
import mimetypes
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control

from publishing.errors import Gone, error_response
from publishing.metadata import page_metadata
from publishing.models import DueJob
from publishing.revisions.overdue import read_up_to_date
from publishing.richtext.render import Texts
from publishing.roles import may_view
from publishing.safety import safe_only
from publishing.second_factor import missing_step
from publishing.site import site_of
from publishing.transfers import BusyError, sent

logger = logging.getLogger(__name__)
WORKER_SILENCE = timedelta(minutes=5)


def reader_of(request):
    """Return who is reading. Without a session cookie nobody looks for a session, so the answer is the same for all.

    Whoever still owes a second factor is nobody yet.
    """
    is_known = settings.SESSION_COOKIE_NAME in request.COOKIES and not missing_step(request.user)
    return request.user if is_known else AnonymousUser()


def get_visible(request, queryset, slug: str):
    """Return the record of this address that the reader may see: a signed-in editor sees drafts too.

    Of a scheduled update whose moment has come this reader is the first, if no job was. Raises Http404; and Gone for
    what had been published and was then archived.
    """
    if previewed := getattr(request, "previewed", None):
        return _as_if_published(queryset, previewed)
    reader = reader_of(request)
    record = read_up_to_date(queryset.visible_to(reader), slug)
    if record is not None:
        if not may_view(reader, queryset.model):
            record.is_public = True  # it is one of the published: need not be asked for again
        return record
    if queryset.model.objects.retired().filter(slug=slug).exists():
        raise Gone
    raise Http404


def _as_if_published(queryset, previewed):
    record = queryset.get(pk=previewed.pk)
    record.is_public = True
    record.tables_address = previewed.tables_address
    record.first_published_at = record.first_published_at or record.first_moment(timezone.now())
    return record


@safe_only
def front_page(request):
    """The template calls each app's own tags for what it shows; this adds what the page says of itself."""
    site = site_of(request)
    return render(request, "home.html", {"metadata": page_metadata(request, site.name_text, site.tagline_text)})


@safe_only
def imprint(request):
    """Who is answerable for the site, from its settings. The address is theirs, also while they say nothing."""
    site = site_of(request)
    if not site.imprint:
        raise Http404
    context = {
        "texts": Texts(site.imprint),
        "metadata": page_metadata(request, "Imprint", f"Who is answerable for this site: {site.company_text}."),
    }
    return render(request, "publishing/imprint.html", context)


@safe_only
def media(request, path: str):
    """Serve an uploaded file. Its name holds a hash of its content, so it may be kept for a year."""
    try:
        file = default_storage.open(path)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, SuspiciousFileOperation, ValueError, OSError):
        raise Http404 from None
    # Not strict: Python 3.12 counts WebP among the types that are common without being registered.
    content_type = mimetypes.guess_type(path, strict=False)[0] or "application/octet-stream"
    try:
        response = kept_for_a_year(sent(file, file.size, content_type))
    except BusyError:
        return error_response(request, 503, "Many large files are being sent just now. Try again in a moment.")
    if not content_type.startswith("image/") or content_type == "image/svg+xml":
        response.headers["Content-Disposition"] = "attachment"
    return response


def kept_for_a_year(response):
    """Mark a response whose address changes with its content."""
    # Nothing in an upload may run in the site's name, whatever its bytes turn out to be.
    response._csp_config = {"default-src": ["'none'"], "sandbox": True}
    response.is_file_for_all = response.is_as_stored = True
    patch_cache_control(response, public=True, max_age=31_536_000, immutable=True)
    return response


@safe_only
def healthz(request):
    """Whether this process answers at all."""
    return _uncached(JsonResponse({"status": "ok"}))


@safe_only
def readyz(request):
    """Whether this process can serve readers: its database, its migrations, its cache. 503 if not.

    A worker that has gone silent is reported, but readers can do without it.
    """
    checks = {"database": _database_problem(), "cache": _cache_problem()}
    problems = {name: problem for name, problem in checks.items() if problem}
    body = {
        "status": "unavailable" if problems else "ok",
        **{name: problem or "ok" for name, problem in checks.items()},
    }
    if not checks["database"]:
        body["worker"] = "ok" if is_worker_alive() else "has not run for five minutes"
    response = _uncached(JsonResponse(body, status=503 if problems else 200))
    if problems:
        response.headers["Retry-After"] = "10"
    return response


def is_worker_alive() -> bool:
    name = "publishing.due.note_that_the_worker_lives"
    return DueJob.objects.filter(name=name, finished_at__gte=timezone.now() - WORKER_SILENCE).exists()


def _database_problem() -> str:
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        logger.exception("The database does not answer.")
        return "does not answer"
    return f"{len(missing)} migrations are not applied" if missing else ""


def _cache_problem() -> str:
    try:
        cache.set("readyz", "1", 10)
        found = cache.get("readyz")
    except Exception:  # whatever the cache's client raises, the cache does not work
        logger.exception("The cache does not answer.")
        return "does not answer"
    return "" if found == "1" else "forgets what it was told"


def _uncached(response):
    response.headers["Cache-Control"] = "no-store"
    return response
