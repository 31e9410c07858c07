"""What the pages of all apps share, and the pages that belong to none."""

import mimetypes

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control

from ops.http.decorators import safe_only
from ops.http.errors import Gone
from ops.http.file_responses import sent
from ops.page_cache.decorator import cacheable
from publishing.accounts.two_factor import missing_step
from publishing.content.permissions import may_view
from publishing.pages.metadata import page_metadata
from publishing.rendering.texts import Texts
from publishing.site.current import site_of
from publishing.workflow.scheduled import read_up_to_date


def reader_of(request):
    """Return who is reading. Without a session cookie nobody looks for a session, so the answer is the same for all.

    Whoever still owes a second factor is nobody yet.
    """
    is_known = settings.SESSION_COOKIE_NAME in request.COOKIES and not missing_step(request.user)
    return request.user if is_known else AnonymousUser()


def get_visible(request, model, slug: str, rows=QuerySet.all, **fields):
    """Return the record of this address that the reader may see: a signed-in editor sees drafts too.

    It is one of the `model` with these `fields`, and comes with what `rows`, a function of a queryset, adds.

    Of a scheduled update whose moment has come this reader is the first, if no job was. Raises Http404; and Gone for
    what had been published and was then archived.
    """
    if previewed := getattr(request, "previewed", None):
        record = previewed if rows is QuerySet.all else rows(model.objects.filter(pk=previewed.pk)).get()
        return _as_if_published(record)
    reader = reader_of(request)
    sees_drafts = may_view(reader, model)

    def find():
        visible = model.objects.visible_to(reader) if sees_drafts else model.objects.published()
        return rows(visible.filter(slug=slug, **fields))

    record = read_up_to_date(model, slug, find, site_of(request))
    if record is None:
        if model.objects.retired().filter(slug=slug).exists():
            raise Gone
        raise Http404
    if not sees_drafts:
        record.is_public = True  # it is one of the published: need not be asked for again
    return record


def _as_if_published(record):
    record.is_public = record.is_previewed = True
    record.first_published_at = record.first_published_at or record.first_moment(timezone.now())
    return record


@cacheable()
@safe_only
def front_page(request):
    """The template calls each app's own tags for what it shows; this adds what the page says of itself."""
    site = site_of(request)
    return render(request, "home.html", {"metadata": page_metadata(request, site.shown_name, site.shown_tagline)})


@cacheable()
@safe_only
def imprint(request):
    """Who is answerable for the site, from its settings. The address is theirs, also while they say nothing."""
    site = site_of(request)
    if not site.imprint:
        raise Http404
    context = {
        "texts": Texts(site.imprint),
        "metadata": page_metadata(request, "Imprint", f"Who is answerable for this site: {site.shown_company}."),
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
    response = kept_for_a_year(sent(file, file.size, content_type))
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
