"""sitemap.xml: every indexable page, with its last change and its images. And robots.txt."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.db.models import Count, F, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.html import escape

from ops.http.decorators import safe_only
from ops.http.query_params import whole_number
from ops.http.urls import absolute
from ops.page_cache.decorator import cacheable
from publishing.content.reference import Reference
from publishing.content.registry import publishable_model, publishable_models
from publishing.images.models import Image
from publishing.search.entry import SearchEntry
from publishing.site.current import site_of

LIMIT = 50_000  # per file, by the protocol
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
IMAGE_NAMESPACE = "http://www.google.com/schemas/sitemap-image/1.1"
PAGES = "pages"


@dataclass(frozen=True)
class SitemapEntry:
    """A page; `changed_at` is None if unknown."""

    address: str
    changed_at: datetime | None
    pictures: tuple[str, ...] = ()


@cacheable()
@safe_only
def sitemap(request, pages=()):
    """Return the index of sitemaps, or one of them: the records of a kind, or the list pages and the `pages`, which are
    routes without a record."""
    kind = request.GET.get("kind")
    if kind is None:
        return _answer(_index())
    number = whole_number(request.GET.get("part", "1"), "part", least=1)
    entries, model = [], publishable_model(kind)
    if model:
        entries = _records(model, slice((number - 1) * LIMIT, number * LIMIT))
    elif kind == PAGES and number == 1:  # these always fit into one file
        entries = _lists([*pages, "imprint"] if site_of(request).imprint else pages)
    # The first file of a kind may be empty: the index lists it even while none of its records are public.
    if not entries and (model is None or number > 1):
        raise Http404
    return _answer(_urlset(entries))


@cacheable()
@safe_only
def robots(request):
    """Return the rules for crawlers. An admin at another path is not mentioned, so that its path stays unknown."""
    lines = ["User-agent: *", f"Disallow: {reverse('search')}?", "Disallow: /api/v1/", "Allow: /api/v1/openapi.json"]
    lines.append(f"Disallow: {reverse('shared', args=['-']).removesuffix('-/')}")
    if settings.ADMIN_PATH == "admin/":
        lines.append("Disallow: /admin/")
    lines += ["", f"Sitemap: {absolute(reverse('sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


# Entries -----------------------------------------------------------------------------------------


def _lists(pages) -> list[SitemapEntry]:
    """Return the `pages` without a record, and the list pages, changed when the newest of their records was."""
    newest = defaultdict(list)
    for model in publishable_models():
        for page in model.lists():
            if page.address:
                newest[page.address].append(page.records.aggregate(at=Max("last_changed_at"))["at"])
    entries = [SitemapEntry(reverse(name), None) for name in pages]
    return entries + [SitemapEntry(address, max(filter(None, at), default=None)) for address, at in newest.items()]


def _records(model, part: slice) -> list[SitemapEntry]:
    """Return the entries of the public records of a kind, without those whose canonical page is on another site. At
    most three queries."""
    moments = [F("last_changed_at"), *(_newest_shown(*shown) for shown in model.page_shows)]
    records = model.objects.published().order_by("pk")
    if any(field.name == "canonical_url" for field in model._meta.concrete_fields):
        records = records.filter(canonical_url="")
    records = records.annotate(newest=Greatest(*moments) if len(moments) > 1 else moments[0])
    cover = [f"{model.cover_field}__file"] if model.cover_field else []
    rows = list(records.values_list("pk", "newest", *model.address_fields, *cover)[part])
    pictures = _pictures_in_texts(model, rows[0][0], rows[-1][0]) if rows else {}
    found = []
    for pk, changed_at, *address in rows:
        files = [*([address.pop()] if cover else []), *pictures.get(pk, [])]
        urls = tuple(default_storage.url(name) for name in dict.fromkeys(filter(None, files)))
        found.append(SitemapEntry(model.address_of(*address), changed_at, urls))
    return found


def _newest_shown(label: str, lookup: str):
    shown = apps.get_model(label).objects.published().filter(**{lookup: OuterRef("pk")})
    newest = shown.order_by("-last_changed_at").values("last_changed_at")[:1]
    return Coalesce(Subquery(newest), F("last_changed_at"))


def _pictures_in_texts(model, first: int, last: int) -> dict[int, list[str]]:
    """Return the image files in the texts of a kind's records between two primary keys, by primary key."""
    uses = Reference.objects.filter(
        source_type=ContentType.objects.get_for_model(model),
        source_id__range=(first, last),
        target_type=ContentType.objects.get_for_model(Image),
    )
    files = dict(Image.objects.filter(pk__in=uses.values("target_id")).values_list("pk", "file"))
    found = defaultdict(list)
    for pk, picture in uses.order_by("pk").values_list("source_id", "target_id") if files else ():
        if picture in files:
            found[pk].append(files[picture])
    return found


# XML ---------------------------------------------------------------------------------------------


def _index() -> str:
    # The counts include records that are not public at present, so there may be a file too many.
    counts = SearchEntry.objects.values_list("source_type").annotate(Count("pk")).order_by("source_type")
    labels = {ContentType.objects.get_for_id(key).model_class()._meta.label_lower: count for key, count in counts}
    sitemap = absolute(reverse("sitemap"))
    files = [
        f"<sitemap><loc>{sitemap}?kind={label}&amp;part={first // LIMIT + 1}</loc></sitemap>"
        for label, count in {PAGES: 1, **labels}.items()
        for first in range(0, count, LIMIT)
    ]
    return f'<sitemapindex xmlns="{NAMESPACE}">{"".join(files)}</sitemapindex>'


def _urlset(entries: list[SitemapEntry]) -> str:
    urls = [
        f"<url><loc>{escape(absolute(entry.address))}</loc>{_moment(entry.changed_at)}{_pictures(entry.pictures)}</url>"
        for entry in entries
    ]
    return f'<urlset xmlns="{NAMESPACE}" xmlns:image="{IMAGE_NAMESPACE}">{"".join(urls)}</urlset>'


def _moment(at: datetime | None) -> str:
    return f"<lastmod>{at.isoformat(timespec='seconds')}</lastmod>" if at else ""


def _pictures(addresses) -> str:
    return "".join(
        f"<image:image><image:loc>{escape(absolute(address))}</image:loc></image:image>" for address in addresses
    )


def _answer(root: str) -> HttpResponse:
    body = f"<?xml version='1.0' encoding='UTF-8'?>\n{root}"
    return HttpResponse(body, content_type="application/xml; charset=utf-8")
