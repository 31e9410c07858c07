"""What a page says of itself to search engines and to those who share it."""

from dataclasses import dataclass, field

from django.conf import settings

from publishing.addresses import absolute
from publishing.drawings import card
from publishing.drawings.sharing import share_url
from publishing.richtext.document import plain_text

TITLE_LIMIT = 60
DESCRIPTION_LIMIT = 155
SITE_NAME = "Vitrine"


@dataclass(frozen=True)
class Metadata:
    """`graph` is the page's JSON-LD; `canonical` and `image_url` are absolute; `is_indexable` is false for drafts."""

    title: str
    description: str
    canonical: str
    kind: str = "website"
    image_url: str = ""
    image_alt: str = ""
    image_width: int | None = None
    image_height: int | None = None
    is_indexable: bool = True
    graph: dict = field(default_factory=dict)
    site_name: str = SITE_NAME


def page_metadata(request, title: str, description: str, *graph_nodes: dict, **extra) -> Metadata:
    """Return the metadata of a page without a record of its own, as a list."""
    canonical = extra.pop("canonical", None) or absolute(_canonical_path(request))
    return Metadata(
        title=title if title == SITE_NAME else f"{title} · {SITE_NAME}",
        description=shorten(description, DESCRIPTION_LIMIT),
        canonical=canonical,
        graph={"@context": "https://schema.org", "@graph": [_site(), *graph_nodes]},
        **extra,
    )


def record_metadata(
    request, record, *, text: str = "", image=None, kind: str = "article", nodes=(), crumbs=()
) -> Metadata:
    """Return the metadata of a record's page. What the editor left empty falls back to title, text and cover."""
    image = getattr(record, "share_image", None) or image
    canonical = getattr(record, "canonical_url", "") or absolute(record.get_absolute_url())
    return page_metadata(
        request,
        getattr(record, "meta_title", "") or str(record),
        getattr(record, "meta_description", "") or text,
        *nodes,
        *([breadcrumb_list(crumbs)] if crumbs else []),
        canonical=canonical,
        kind=kind,
        **_image_metadata(record, image),
        is_indexable=record.is_public,
    )


def _image_metadata(record, image) -> dict:
    """The picture with which the page is shared: the editor's, else one drawn here, of what is public only."""
    if image:
        size = {"image_width": image.width_px, "image_height": image.height_px}
        return {"image_url": absolute(image.file.url), "image_alt": image.spoken_alt, **size}
    if not record.is_public:
        return {}
    title, kind = record.card_words()
    size = {"image_width": card.WIDTH, "image_height": card.HEIGHT}
    return {"image_url": absolute(share_url(record)), "image_alt": f"{kind}: {title}", **size}


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


def _site() -> dict:
    return {"@type": "WebSite", "@id": f"{settings.SITE_URL}/#site", "name": SITE_NAME, "url": f"{settings.SITE_URL}/"}


def _canonical_path(request) -> str:
    page = request.GET.get("page", "")
    is_number = page.isascii() and page.isdigit() and len(page) <= 10
    return f"{request.path}?page={int(page)}" if is_number and int(page) > 1 else request.path
