"""sitemap.xml: every page that search engines may show, when it last changed, its pictures. And robots.txt."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.db.models import CharField, Count, F, Max, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Greatest
from django.http import Http404, HttpResponse
from django.urls import reverse
from lxml import etree

from publishing.addresses import absolute
from publishing.models import Image, Reference
from publishing.page_cache.keeping import kept
from publishing.parameters import whole_number
from publishing.registry import address_columns, address_from, publishable_model, publishable_models
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
    kind = request.GET.get("kind")
    if kind is not None:
        entries = _part(kind, whole_number(request.GET.get("part", "1"), "part", least=1), pages)
        if not entries:
            raise Http404
        return _answer(_urlset(entries))
    lists, counts = _lists(pages), _counts()
    if len(lists) + sum(counts.values()) > LIMIT:
        return _answer(_index({PAGES: len(lists)} | counts))
    records = _records(_union([_rows(model) for model in publishable_models()]), Reference.objects.all())
    return _answer(_urlset([*lists, *sorted(records, key=lambda entry: (entry.kind, entry.address))]))


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


def _part(kind: str, number: int, pages) -> list[Entry]:
    """The entries of one file of a kind. Costs as much as it has rows."""
    part, model = slice((number - 1) * LIMIT, number * LIMIT), publishable_model(kind)
    if model is None:
        return _lists(pages)[part] if kind == PAGES else []
    rows = list(_rows(model).order_by("pk")[part])
    keys = (rows[0][1], rows[-1][1]) if rows else (0, 0)
    source_type = ContentType.objects.get_for_model(model)
    return _records(rows, Reference.objects.filter(source_type=source_type, source_id__range=keys))


def _counts() -> dict[str, int]:
    """How many pages of records there are, by kind; one query."""
    rows = [_public(model).annotate(of=_label_of(model)).values("of") for model in publishable_models()]
    return dict(_union([kinds.annotate(count=Count("pk")).values_list("of", "count") for kinds in rows]))


def _lists(pages) -> list[Entry]:
    """The `pages` without a record, and those that list records, changed when the newest of these was; in one query."""
    shown = [page for model in publishable_models() for page in model.lists() if page.address]
    rows = [
        page.records.order_by()
        .annotate(address=Value(page.address, output_field=CharField()))
        .values("address")
        .annotate(newest=Max("last_changed_at"))
        .values_list("address", "newest")
        for page in shown
    ]
    newest = {}
    for address, moment in _union(rows):
        if moment:  # of no records there is none
            newest[address] = max(moment, newest.get(address, moment))
    entries = [Entry(PAGES, reverse(name), None) for name in pages]
    return entries + [Entry(PAGES, address, newest.get(address)) for address in dict.fromkeys(p.address for p in shown)]


def _records(rows, references) -> list[Entry]:
    """The entries of the `rows` of `_rows`, with the pictures among `references`; two queries besides."""
    pictures = _pictures_in_texts(references)
    found = []
    for label, pk, changed_at, cover, *columns in rows:
        files = dict.fromkeys([*([cover] if cover else []), *pictures.get((label, pk), [])])
        urls = tuple(default_storage.url(name) for name in files)
        found.append(Entry(label, address_from(label, columns), changed_at, urls))
    return found


def _rows(model):
    moments = [F("last_changed_at"), *(_newest_shown(*shown) for shown in model.page_shows)]
    newest = Greatest(*moments) if len(moments) > 1 else moments[0]
    cover = Cast(F(f"{model.cover_field}__file"), CharField()) if model.cover_field else Value("")
    records = _public(model).annotate(newest=newest)
    return records.values_list(_label_of(model), "pk", "newest", cover, *address_columns(model))


def _label_of(model) -> Value:
    return Value(model._meta.label_lower, output_field=CharField())


def _public(model):
    """The records that are published here first."""
    records = model.objects.published().order_by()
    has_original = any(field.name == "canonical_url" for field in model._meta.concrete_fields)
    return records.filter(canonical_url="") if has_original else records


def _union(rows):
    # Without order_by() the first model's own ordering would be asked of the whole, which has no such column.
    return rows[0].union(*rows[1:], all=True).order_by() if rows else []


def _newest_shown(label: str, lookup: str):
    shown = apps.get_model(label).objects.published().filter(**{lookup: OuterRef("pk")})
    newest = shown.order_by("-last_changed_at").values("last_changed_at")[:1]
    return Coalesce(Subquery(newest), F("last_changed_at"))


def _pictures_in_texts(references) -> dict[tuple[str, int], list[str]]:
    """The files of the pictures in the texts of records, by the records' kinds and primary keys."""
    uses = references.filter(target_type=ContentType.objects.get_for_model(Image)).order_by("pk")
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


def _index(counts: dict[str, int]):
    root = etree.Element(f"{{{NAMESPACE}}}sitemapindex", nsmap={None: NAMESPACE})
    for kind, count in counts.items():
        for first in range(0, count, LIMIT):
            address = f"{absolute(reverse('sitemap'))}?kind={kind}&part={first // LIMIT + 1}"
            _fill(etree.SubElement(root, f"{{{NAMESPACE}}}sitemap"), address, None)
    return root


def _fill(element, address: str, changed_at):
    etree.SubElement(element, f"{{{NAMESPACE}}}loc").text = address
    if changed_at:
        moment = changed_at.astimezone(UTC).isoformat(timespec="seconds")
        etree.SubElement(element, f"{{{NAMESPACE}}}lastmod").text = moment


def _answer(root) -> HttpResponse:
    body = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return HttpResponse(body, content_type="application/xml; charset=utf-8")
