"""For programs: sitemap.xml with every indexable page and its last change, robots.txt, and llms.txt."""

from collections import defaultdict
from datetime import datetime

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, F, Max, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Greatest
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape

from ops.http.decorators import safe_only
from ops.http.query_params import whole_number
from ops.http.urls import absolute, markdown_address
from ops.page_cache.decorator import cacheable
from publishing.content.registry import publishable_model, publishable_models
from publishing.rendering.markdown import link, plain
from publishing.richtext.allowlist import UNSTORABLE
from publishing.richtext.sentences import shorten
from publishing.search.entry import SearchEntry
from publishing.site.current import site_of
from publishing.site.models import IMPRINT

LIMIT = 50_000  # per file, by the protocol
TEXTS_LIMIT = 50  # per kind in llms.txt; the list page of the kind has the rest
NOTE_LIMIT = 200
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
PAGES = "pages"


Entry = tuple[str, datetime | None]  # the address of a page, and when it changed if that is known


@cacheable()
@safe_only
def sitemap(request: HttpRequest, pages: tuple[str, ...] = ()) -> HttpResponse:
    """Return the index of sitemaps, or one of them: the records of a kind, or the list pages and the `pages`, which are
    routes without a record. Raises Http404 while search engines may not index the site."""
    site = site_of(request)
    if not site.is_indexable:
        raise Http404
    kind = request.GET.get("kind")
    if kind is None:
        return _answer(_index())
    number = whole_number(request.GET.get("part", "1"), "part", least=1)
    entries, model = [], publishable_model(kind)
    if model:
        entries = _records(model, slice((number - 1) * LIMIT, number * LIMIT))
    elif kind == PAGES and number == 1:  # these always fit into one file
        entries = _lists(pages) + ([(IMPRINT, site.last_changed_at)] if site.makes_imprint else [])
    # The first file of a kind may be empty: the index lists it even while none of its records are public.
    if not entries and (model is None or number > 1):
        raise Http404
    return _answer(_urlset(entries))


@cacheable()
@safe_only
def robots(request: HttpRequest) -> HttpResponse:
    """Return the rules for crawlers. An admin at another path is not mentioned, so that its path stays unknown."""
    lines = ["User-agent: *", f"Disallow: {reverse('search')}?"]
    lines.append(f"Disallow: {reverse('shared', args=['-']).removesuffix('-/')}")
    if settings.ADMIN_PATH == "admin/":
        lines.append("Disallow: /admin/")
    lines += ["", f"Sitemap: {absolute(reverse('sitemap'))}"] if site_of(request).is_indexable else []
    lines.append("")
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@cacheable()
@safe_only
def llms(request: HttpRequest) -> HttpResponse:
    """Return an overview of the site for programs (llmstxt.org), with links to its texts as Markdown."""
    site = site_of(request)
    pages = [page for model in publishable_models() if model.has_markdown for page in model.lists()]
    sections = [(plain(page.title), lines) for page in pages if (lines := _links_to_texts(page))]
    context = {"name": plain(site.shown_name), "tagline": plain(site.shown_tagline), "sections": sections, "site": site}
    text = render_to_string("publishing/llms.txt", {**context, "site_url": settings.SITE_URL})
    headers = {} if site.is_indexable else {"X-Robots-Tag": "noindex"}
    return HttpResponse(UNSTORABLE.sub("", text), headers=headers, content_type="text/plain; charset=utf-8")


def _links_to_texts(page) -> list[str]:
    """Return list items in Markdown, the last of which leads to the list page."""
    model = page.records.model
    summary = model.summary_field or Value("")
    rows = list(page.records.values_list(model.title_field, summary, *model.address_fields)[: TEXTS_LIMIT + 1])
    lines = []
    for title, summary, *address in rows[:TEXTS_LIMIT]:
        note = f": {plain(shorten(summary, NOTE_LIMIT))}" if summary else ""
        lines.append(f"- {link(title, absolute(markdown_address(model.address_of(*address))))}{note}")
    if rows and page.address:
        more = f": There are more than these {TEXTS_LIMIT}." if len(rows) > TEXTS_LIMIT else ""
        lines.append(f"- {link(f'All: {page.title}', absolute(page.address))}{more}")
    return lines


def _lists(pages) -> list[Entry]:
    """Return the `pages` without a record, and the list pages, changed when the newest of their records was."""
    newest = defaultdict(list)
    for model in publishable_models():
        for page in model.lists():
            if page.address:
                newest[page.address].append(page.records.aggregate(at=Max("last_changed_at"))["at"])
    entries: list[Entry] = [(reverse(name), None) for name in pages]
    return entries + [(address, max(filter(None, at), default=None)) for address, at in newest.items()]


def _records(model, part: slice) -> list[Entry]:
    """Return the entries of the indexed records of a kind, without those whose canonical page is on another site."""
    moments = [F("last_changed_at"), *(_newest_shown(*label_and_lookup) for label_and_lookup in model.page_shows)]
    records = model.indexed().order_by("pk")
    if any(field.name == "canonical_url" for field in model._meta.concrete_fields):
        records = records.filter(canonical_url="")
    records = records.annotate(newest=Greatest(*moments) if len(moments) > 1 else moments[0])
    rows = records.values_list("newest", *model.address_fields)[part]
    return [(model.address_of(*address), changed_at) for changed_at, *address in rows]


def _newest_shown(label: str, lookup: str):
    records = apps.get_model(label).objects.published().filter(**{lookup: OuterRef("pk")})
    newest = records.order_by("-last_changed_at").values("last_changed_at")[:1]
    return Coalesce(Subquery(newest), F("last_changed_at"))


def _index() -> str:
    # The counts include records that are not public at present, so there may be a file too many.
    counts = SearchEntry.objects.values_list("source_type").annotate(Count("pk")).order_by("source_type")
    kinds = {ContentType.objects.get_for_id(key): count for key, count in counts}
    labels = {f"{kind.app_label}.{kind.model}": count for kind, count in kinds.items()}
    sitemap = absolute(reverse("sitemap"))
    files = [
        f"<sitemap><loc>{sitemap}?kind={label}&amp;part={first // LIMIT + 1}</loc></sitemap>"
        for label, count in {PAGES: 1, **labels}.items()
        for first in range(0, count, LIMIT)
    ]
    return f'<sitemapindex xmlns="{NAMESPACE}">{"".join(files)}</sitemapindex>'


def _urlset(entries: list[Entry]) -> str:
    urls = [
        f"<url><loc>{escape(absolute(address))}</loc>"
        f"{f'<lastmod>{at.isoformat(timespec="seconds")}</lastmod>' if at else ''}</url>"
        for address, at in entries
    ]
    return f'<urlset xmlns="{NAMESPACE}">{"".join(urls)}</urlset>'


def _answer(root: str) -> HttpResponse:
    body = f"<?xml version='1.0' encoding='UTF-8'?>\n{root}"
    return HttpResponse(body, content_type="application/xml; charset=utf-8")
