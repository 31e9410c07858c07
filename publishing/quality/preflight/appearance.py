"""How a text will look where others show it: in the results of a search engine, and where it is shared."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from publishing.content.prose import Prose
from publishing.richtext import rich_text_fields
from publishing.richtext.excerpt import DESCRIPTION_LIMIT, TITLE_LIMIT, shorten
from publishing.richtext.reading import plain_text

NAME_BEFORE = " · "


@dataclass(frozen=True)
class Appearance:
    """`picture_url` is that of the picture which an editor chose; empty: one is drawn from the title."""

    title: str
    address: str
    description: str
    host: str
    share_title: str
    picture_url: str = ""
    picture_alt: str = ""


def appearance(record, site) -> Appearance | None:
    """What `record`, as it stands in memory, says of itself; None for what has no words of its own for that."""
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
        picture_url=image.file.url if image else "",
        picture_alt=image.spoken_alt if image else "",
    )
