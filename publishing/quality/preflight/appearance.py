"""How a text appears in search results and in link previews."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from publishing.content.prose import Prose
from publishing.richtext import rich_text_fields
from publishing.richtext.reading import plain_text
from publishing.richtext.sentences import DESCRIPTION_LIMIT, TITLE_LIMIT, shorten

NAME_BEFORE = " · "


@dataclass(frozen=True)
class Appearance:
    """A preview. `picture_url` is the image that an editor chose; if empty, one is drawn from the title."""

    title: str
    address: str
    description: str
    host: str
    share_title: str
    picture_url: str = ""
    picture_alt: str = ""


def appearance(record, site) -> Appearance | None:
    """Return the appearance of `record`, unsaved values included; None for records other than prose."""
    if not isinstance(record, Prose):
        return None
    body = getattr(record, min(rich_text_fields(type(record))), "")
    title = record.meta_title or str(record)
    cover = getattr(record, record.cover_field) if record.cover_field else None
    image = record.share_image or cover
    parts = urlsplit(settings.SITE_URL)
    steps = [parts.netloc, *filter(None, record.get_absolute_url().split("/"))] if record.slug else [parts.netloc]
    return Appearance(
        title=shorten(f"{title}{NAME_BEFORE}{site.shown_name}", TITLE_LIMIT),
        address=" › ".join(steps),
        description=shorten(record.meta_description or record.summary_text or plain_text(body), DESCRIPTION_LIMIT),
        host=parts.netloc,
        share_title=title,
        picture_url=image.file.url if image else record.drawing.shown("share")["url"],
        picture_alt=image.spoken_alt if image else "",
    )
