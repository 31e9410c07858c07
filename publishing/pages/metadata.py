"""The metadata of a page for search engines and link previews."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from ops.http.urls import absolute
from publishing.content.publishable import Publishable
from publishing.images.illustrations import Drawing, drawing_about
from publishing.images.illustrations.drawing import COLUMNS, ROWS, UNIT_PX
from publishing.images.models import Image
from publishing.images.svg import is_svg
from publishing.pages.json_ld import PageNode, page_graph
from publishing.richtext.sentences import DESCRIPTION_LIMIT, shorten
from publishing.site.current import site_of
from publishing.site.models import SiteSettings


@dataclass(frozen=True)
class Alternate:
    """The same content in another format: a feed, Markdown. `title` may be empty; `label` is that of a feed."""

    type: str
    url: str
    title: str = ""
    label: str = ""


def page_metadata(
    request: HttpRequest,
    title: str,
    description: str,
    *nodes: dict,
    page: PageNode | None = None,
    crumbs: list[dict] | tuple[()] = (),
    **extra: Any,
) -> dict:
    """Return the context of components/metadata.html for a page that is not that of a record; addresses are absolute.

    The later pages of a list are numbered in the title and not indexed, since their records have pages of their own.
    """
    site = site_of(request)
    is_list = page is not None and page.items is not None
    canonical = extra.pop("canonical", None) or absolute(_canonical_path(request) if is_list else request.path)
    if is_later_page(canonical):
        number = f", page {canonical.partition('?page=')[2]}"
        title += number
        description = shorten(description, DESCRIPTION_LIMIT - len(number)).rstrip(".") + f"{number}."
    context = {
        "title": f"{site.shown_name}: {site.shown_tagline}"
        if title == site.shown_name
        else f"{title} · {site.shown_name}",
        "description": shorten(description, DESCRIPTION_LIMIT),
        "canonical": canonical,
        "kind": "website",
        "is_indexable": True,
        **dict.fromkeys(["image_url", "published_at", "changed_at"], ""),
        "topics": (),
        "alternates": (),
        **(_of_picture(site.share_image) if site.share_image else _of_drawing(site, drawing_about(canonical, title))),
        **extra,
    }
    context["graph"] = page_graph(site, context | {"title": title}, page or PageNode(), nodes, crumbs)
    is_as_published = site.is_indexable and not (site.is_preview or site.notice)
    context["is_indexable"] = context["is_indexable"] and is_as_published and not is_later_page(context["canonical"])
    return context | {"site_name": site.shown_name}


def record_metadata(
    request: HttpRequest,
    record: Publishable,
    *,
    title: str = "",
    text: str = "",
    image: Image | None = None,
    line: str = "",
    kind: str = "article",
    page: PageNode | None = None,
    **extra: Any,
) -> dict:
    """Like `page_metadata`, for the page of a record. Its empty fields fall back to title, text and cover.

    Without a picture of its own, one is drawn of its title, with `line` below it.
    """
    image, site = getattr(record, "share_image", None) or image, site_of(request)
    has_picture = image and not is_svg(image.file.name)  # networks do not show SVG
    is_list = page is not None and page.items is not None
    address = _canonical_path(request) if is_list else record.get_absolute_url()
    markdown = (Alternate("text/markdown", absolute(record.markdown_url)),) if record.has_markdown else ()
    return page_metadata(
        request,
        getattr(record, "meta_title", "") or title or str(record),
        getattr(record, "meta_description", "") or text,
        *extra.pop("nodes", ()),
        page=page,
        canonical=getattr(record, "canonical_url", "") or absolute(address),
        kind=kind,
        **(_of_picture(image) if has_picture else _of_drawing(site, record.drawing, line)),
        is_indexable=record.is_public and extra.pop("is_indexable", True),
        published_at=moment(record.first_published_at) if record.is_dated else "",
        changed_at=moment(record.last_changed_at) if record.is_dated else "",
        alternates=(*markdown, *extra.pop("alternates", ())),
        **extra,
    )


def moment(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def is_later_page(canonical: str) -> bool:
    return "?page=" in canonical.removeprefix(settings.SITE_URL)


def _of_picture(image) -> dict:
    size = {"image_width": image.width_px, "image_height": image.height_px}
    return {"image_url": absolute(image.file.url), "image_alt": image.spoken_alt, **size}


def _of_drawing(site: SiteSettings, drawing: Drawing, line: str = "") -> dict:
    drawing = drawing.shared(site.shown_name, line)
    size = {"image_width": COLUMNS * UNIT_PX, "image_height": ROWS * UNIT_PX}
    return {"image_url": absolute(drawing.url), "image_alt": drawing.alt, **size}


def _canonical_path(request) -> str:
    page = request.GET.get("page", "")
    is_number = page.isascii() and page.isdigit() and len(page) <= 10
    return f"{request.path}?page={int(page)}" if is_number and int(page) > 1 else request.path
