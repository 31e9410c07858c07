"""sitemap.xml: every page that search engines may show, when it last changed, its pictures. And robots.txt."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import CharField, F, Max, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Greatest
from django.http import Http404, HttpResponse
from django.urls import reverse
from lxml import etree

from publishing.addresses import absolute
from publishing.models import Image, Reference
from publishing.page_cache.keeping import kept
from publishing.parameters import whole_number
from publishing.registry import address_columns, address_from, publishable_models
from publishing.safety import safe_only
from publishing.site import site_of

LIMIT = 50_000  # of one file, by the protocol
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
IMAGE_NAMESPACE = "http://www.google.com/schemas/sitemap-image/1.1"
PAGES = "pages"


@dataclass(frozen=True)
class Entry:
    """A page: `kind` is the label of its record, `changed_at` None where nobody can say."""

    kind: str
    address: str
    changed_at: datetime | None
    pictures: tuple[str, ...] = ()


@kept()
@safe_only
def sitemap(request, pages=()):
    """All pages, or an index of files where they are too many for one. `pages` are routes without a record."""
    if site_of(request).imprint:
        pages = [*pages, "imprint"]
    entries = [*(Entry(PAGES, reverse(name), None) for name in pages), *_lists(), *_records()]
    if len(entries) <= LIMIT:
        return _answer(_urlset(entries))
    by_kind = defaultdict(list)
    for entry in entries:
        by_kind[entry.kind].append(entry)
    kind = request.GET.get("kind")
    if kind is None:
        return _answer(_index(by_kind))
    first = (whole_number(request.GET.get("part", "1"), "part", least=1) - 1) * LIMIT
    part = by_kind.get(kind, [])[first : first + LIMIT]
    if not part:
        raise Http404
    return _answer(_urlset(part))


@kept()
@safe_only
def robots(request):
    """What crawlers leave alone. A moved admin is not told of."""
    lines = ["User-agent: *", f"Disallow: {reverse('search')}?", "Disallow: /api/v1/", "Allow: /api/v1/openapi.json"]
    lines.append(f"Disallow: {reverse('shared', args=['-']).removesuffix('-/')}")
    if settings.ADMIN_PATH == "admin/":
        lines.append("Disallow: /admin/")
    lines += ["", f"Sitemap: {absolute(reverse('sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


# What there is -----------------------------------------------------------------------------------


def _lists() -> list[Entry]:
    """The pages that list records, changed when the newest of these was; in one query."""
    pages = [page for model in publishable_models() for page in model.lists() if page.address]
    rows = [
        page.records.order_by()
        .annotate(address=Value(page.address, output_field=CharField()))
        .values("address")
        .annotate(newest=Max("last_changed_at"))
        .values_list("address", "newest")
        for page in pages
    ]
    newest = {}
    for address, moment in _union(rows):
        if moment:  # of no records there is none
            newest[address] = max(moment, newest.get(address, moment))
    return [Entry(PAGES, address, newest.get(address)) for address in dict.fromkeys(page.address for page in pages)]


def _records() -> list[Entry]:
    """The pages of all records that are published here first; in three queries."""
    rows = [_rows(model) for model in publishable_models()]
    pictures = _pictures_in_texts()
    found = []
    for label, pk, changed_at, cover, *columns in _union(rows):
        files = dict.fromkeys([*([cover] if cover else []), *pictures.get((label, pk), [])])
        address = address_from(label, columns)
        found.append(Entry(label, address, changed_at, tuple(default_storage.url(name) for name in files)))
    return sorted(found, key=lambda entry: (entry.kind, entry.address))


def _union(rows):
    # Without order_by() the first model's own ordering would be asked of the whole, which has no such column.
    return rows[0].union(*rows[1:], all=True).order_by() if rows else []


def _rows(model):
    records = model.objects.published().order_by()
    if any(field.name == "canonical_url" for field in model._meta.concrete_fields):
        records = records.filter(canonical_url="")
    moments = [F("last_changed_at"), *(_newest_shown(*shown) for shown in model.page_shows)]
    newest = Greatest(*moments) if len(moments) > 1 else moments[0]
    cover = Cast(F(f"{model.cover_field}__file"), CharField()) if model.cover_field else Value("")
    label = Value(model._meta.label_lower, output_field=CharField())
    return records.annotate(newest=newest).values_list(label, "pk", "newest", cover, *address_columns(model))


def _newest_shown(label: str, lookup: str):
    shown = apps.get_model(label).objects.published().filter(**{lookup: OuterRef("pk")})
    newest = shown.order_by("-last_changed_at").values("last_changed_at")[:1]
    return Coalesce(Subquery(newest), F("last_changed_at"))


def _pictures_in_texts() -> dict[tuple[str, int], list[str]]:
    """The files of the pictures in the texts of records, by the records' kinds and primary keys."""
    app_label, model_name = Image._meta.label_lower.split(".")
    uses = Reference.objects.filter(target_type__app_label=app_label, target_type__model=model_name).order_by("pk")
    files = dict(Image.objects.filter(pk__in=uses.order_by().values("target_id")).values_list("pk", "file"))
    found = defaultdict(list)
    for app, model, pk, picture in uses.values_list(
        "source_type__app_label", "source_type__model", "source_id", "target_id"
    ):
        if picture in files:
            found[(f"{app}.{model}", pk)].append(files[picture])
    return found


# How it is written -------------------------------------------------------------------------------


def _urlset(entries):
    root = etree.Element(f"{{{NAMESPACE}}}urlset", nsmap={None: NAMESPACE, "image": IMAGE_NAMESPACE})
    for entry in entries:
        url = etree.SubElement(root, f"{{{NAMESPACE}}}url")
        _fill(url, absolute(entry.address), entry.changed_at)
        for picture in entry.pictures:
            image = etree.SubElement(url, f"{{{IMAGE_NAMESPACE}}}image")
            etree.SubElement(image, f"{{{IMAGE_NAMESPACE}}}loc").text = absolute(picture)
    return root


def _index(by_kind):
    root = etree.Element(f"{{{NAMESPACE}}}sitemapindex", nsmap={None: NAMESPACE})
    for kind, entries in by_kind.items():
        for first in range(0, len(entries), LIMIT):
            moments = [entry.changed_at for entry in entries[first : first + LIMIT] if entry.changed_at]
            address = f"{absolute(reverse('sitemap'))}?kind={kind}&part={first // LIMIT + 1}"
            _fill(etree.SubElement(root, f"{{{NAMESPACE}}}sitemap"), address, max(moments, default=None))
    return root


def _fill(element, address: str, changed_at):
    etree.SubElement(element, f"{{{NAMESPACE}}}loc").text = address
    if changed_at:
        moment = changed_at.astimezone(UTC).isoformat(timespec="seconds")
        etree.SubElement(element, f"{{{NAMESPACE}}}lastmod").text = moment


def _answer(root) -> HttpResponse:
    body = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return HttpResponse(body, content_type="application/xml; charset=utf-8")
