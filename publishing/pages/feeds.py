"""Feeds of texts as RSS 2.0, Atom and JSON Feed 1.1, all with the same items and their full content."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlsplit

import orjson
from django.conf import settings
from django.db.models import Model
from django.http import HttpResponse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed, rfc3339_date

from ops.http.urls import absolute
from publishing.pages.metadata import Alternate
from publishing.richtext.allowlist import UNSTORABLE

# The year in tag URIs (RFC 4151). It never changes, so that the id of an item outlives its address.
NAMED_SINCE = 2026
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
LABELS = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}


@dataclass(frozen=True)
class FeedItem:
    """A text in a feed. `html` has absolute links; `authors` are pairs of name and absolute address."""

    id: str
    url: str
    title: str
    summary: str
    html: str
    published_at: datetime
    changed_at: datetime
    authors: tuple[tuple[str, str], ...] = ()
    topics: tuple[str, ...] = ()
    image_url: str = ""


@dataclass(frozen=True)
class Feed:
    """A feed. `url` and `page` are the absolute addresses of the feed and of the page with the same content;
    `changed_at` is used if there are no items."""

    title: str
    description: str
    url: str
    page: str
    items: list[FeedItem]
    changed_at: datetime = NEVER

    @property
    def updated_at(self) -> datetime:
        """When the newest item changed; not the time of the request, so that unchanged feeds have unchanged content."""
        return max((item.changed_at for item in self.items), default=self.changed_at)


def tag_uri(record: Model) -> str:
    """Return an id for `record` (RFC 4151) that outlives its address."""
    return tag_named(f"{record._meta.label_lower}/{record.pk}")


def tag_named(name: str) -> str:
    """Like `tag_uri`, for an entry that is not a record; `name` must be unique on the site for good."""
    return f"tag:{urlsplit(settings.SITE_URL).hostname},{NAMED_SINCE}:{name}"


def alternates(title: str, addresses: dict[str, str]) -> tuple[Alternate, ...]:
    """Return the alternate links of a page to its feeds; `addresses` are paths by format."""
    return tuple(
        Alternate(TYPES[form], absolute(path), f"{title} ({LABELS[form]})", LABELS[form])
        for form, path in addresses.items()
    )


def feed_response(feed: Feed, form: str) -> HttpResponse:
    return HttpResponse(WRITERS[form](feed), content_type=f"{TYPES[form]}; charset=utf-8")


def _json(feed: Feed) -> bytes:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _clean(feed.title),
        "home_page_url": feed.page,
        "feed_url": feed.url,
        "description": _clean(feed.description),
        "language": settings.LANGUAGE_CODE,
        "items": [_json_item(item) for item in feed.items],
    }
    return orjson.dumps(document)


def _json_item(item: FeedItem) -> dict:
    values = {
        "id": item.id,
        "url": item.url,
        "title": _clean(item.title),
        "summary": _clean(item.summary),
        "content_html": _clean(item.html),
        "image": item.image_url,
        "date_published": rfc3339_date(item.published_at),
        "date_modified": rfc3339_date(item.changed_at),
        "authors": [{"name": _clean(name), "url": url} for name, url in item.authors],
        "tags": [_clean(topic) for topic in item.topics],
    }
    return {name: value for name, value in values.items() if value or name == "content_html"}


class FullText(SyndicationFeed):
    """Adds to Django's feeds the whole text and all authors of each item, and the time of the feed itself."""

    content, content_attributes = "", {}
    add_author: Callable[..., None]

    def latest_post_date(self):
        return self.feed["updated_at"]

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for name, url in item["authors"]:
            self.add_author(handler, name, url)
        handler.addQuickElement(self.content, item["html"], self.content_attributes)


class FullTextRSS(FullText, Rss201rev2Feed):
    content, content_attributes = "content:encoded", {}

    def rss_attributes(self):
        spaces = {"content": "http://purl.org/rss/1.0/modules/content/", "dc": "http://purl.org/dc/elements/1.1/"}
        return super().rss_attributes() | {f"xmlns:{name}": address for name, address in spaces.items()}

    def add_author(self, handler, name, url):
        handler.addQuickElement("dc:creator", name)


class FullTextAtom(FullText, Atom1Feed):
    content, content_attributes = "content", {"type": "html"}

    def add_author(self, handler, name, url):
        handler.startElement("author", {})
        handler.addQuickElement("name", name)
        handler.addQuickElement("uri", url)
        handler.endElement("author")


def _xml(feed: Feed, kind: type[SyndicationFeed]) -> str:
    title, description = _clean(feed.title), _clean(feed.description)
    # Atom requires an author; entries without one of their own inherit the author of the feed.
    about = {"language": settings.LANGUAGE_CODE, "feed_url": feed.url, "feed_guid": feed.url, "author_name": title}
    generator = kind(title, feed.page, description, subtitle=description, updated_at=feed.updated_at, **about)
    for item in feed.items:
        generator.add_item(
            _clean(item.title),
            item.url,
            _clean(item.summary),
            pubdate=item.published_at,
            updateddate=item.changed_at,
            unique_id=item.id,
            unique_id_is_permalink=False,
            categories=[_clean(topic) for topic in item.topics],
            authors=[(_clean(name), url) for name, url in item.authors],
            html=_clean(item.html),
        )
    return generator.writeString("utf-8")


def _clean(text: str) -> str:
    """Return `text` without characters that XML cannot contain."""
    return UNSTORABLE.sub("", text)


WRITERS = {"rss": partial(_xml, kind=FullTextRSS), "atom": partial(_xml, kind=FullTextAtom), "json": _json}
