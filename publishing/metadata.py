"""What a page says of itself to search engines and to those who share it."""

from dataclasses import dataclass, field

from django.conf import settings

from publishing.addresses import absolute
from publishing.richtext.document import plain_text
from publishing.site import site_of

TITLE_LIMIT = 60
DESCRIPTION_LIMIT = 155


@dataclass(frozen=True)
class Metadata:
    """`graph` is the page's JSON-LD; `canonical` and `image_url` are absolute; `is_indexable` is false for drafts."""

    title: str
    description: str
    canonical: str
    kind: str = "website"
    image_url: str = ""
    image_alt: str = ""
    is_indexable: bool = True
    graph: dict = field(default_factory=dict)
    site_name: str = ""


def page_metadata(request, title: str, description: str, *graph_nodes: dict, **extra) -> Metadata:
    """Return the metadata of a page without a record of its own, as a list. Its further pages bear their number."""
    canonical = extra.pop("canonical", None) or absolute(_canonical_path(request))
    site = site_of(request)
    if "?page=" in canonical:
        number = f", page {canonical.partition('?page=')[2]}"
        title, description = (
            title + number,
            shorten(description, DESCRIPTION_LIMIT - len(number)).rstrip(".") + f"{number}.",
        )
    return Metadata(
        title=title if title == site.name_text else f"{title} · {site.name_text}",
        description=shorten(description, DESCRIPTION_LIMIT),
        canonical=canonical,
        graph={"@context": "https://schema.org", "@graph": [_site(site), *graph_nodes]},
        site_name=site.name_text,
        **extra,
    )


def record_metadata(
    request, record, *, title: str = "", text: str = "", image=None, kind: str = "article", nodes=(), crumbs=()
) -> Metadata:
    """Return the metadata of a record's page. What the editor left empty falls back to title, text and cover.

    A page of kind "website" lists other records and may go on for several pages.
    """
    image = getattr(record, "share_image", None) or image
    address = _canonical_path(request) if kind == "website" else record.get_absolute_url()
    canonical = getattr(record, "canonical_url", "") or absolute(address)
    return page_metadata(
        request,
        getattr(record, "meta_title", "") or title or str(record),
        getattr(record, "meta_description", "") or text,
        *nodes,
        *([breadcrumb_list(crumbs)] if crumbs else []),
        canonical=canonical,
        kind=kind,
        image_url=absolute(image.file.url) if image else "",
        image_alt=image.spoken_alt if image else "",
        is_indexable=record.is_public,
    )


def description_from(body: str) -> str:
    """Return the beginning of a body as a description."""
    return shorten(plain_text(body), DESCRIPTION_LIMIT)


def shorten(text: str, limit: int) -> str:
    """Return `text` cut at a word to at most `limit` characters."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    kept = text[: limit - 1] if text[limit - 1] == " " else text[: limit - 1].rsplit(" ", 1)[0]
    return f"{kept.rstrip(' ,;:–-')}…"


def breadcrumb_list(crumbs: list[dict]) -> dict:
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": crumb["title"], "item": absolute(crumb["url"])}
            for position, crumb in enumerate(crumbs, start=1)
        ],
    }


def _site(site) -> dict:
    return {
        "@type": "WebSite",
        "@id": f"{settings.SITE_URL}/#site",
        "name": site.name_text,
        "url": f"{settings.SITE_URL}/",
    }


def _canonical_path(request) -> str:
    page = request.GET.get("page", "")
    is_number = page.isascii() and page.isdigit() and len(page) <= 10
    return f"{request.path}?page={int(page)}" if is_number and int(page) > 1 else request.path
