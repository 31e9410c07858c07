"""Feeds of texts as RSS 2.0, Atom and JSON Feed 1.1, all of the same items with their whole content."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import orjson
from django.conf import settings
from django.http import HttpResponse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, rfc3339_date

from publishing.addresses import absolute
from publishing.metadata import Alternate
from publishing.richtext.allowlist import UNSTORABLE

# When this way to name items began: a name never changes, whatever happens to the address of its page.
NAMED_SINCE = 2026
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
LABELS = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}


@dataclass(frozen=True)
class Item:
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
    """`url` and `page` are the absolute addresses of the feed and of the page that shows the same; `changed_at` is
    told where there are no items."""

    title: str
    description: str
    url: str
    page: str
    items: list[Item]
    changed_at: datetime = NEVER

    @property
    def updated_at(self) -> datetime:
        """When the newest of it changed: never the moment of asking, with which every answer would be another."""
        return max((item.changed_at for item in self.items), default=self.changed_at)


def tag_uri(record) -> str:
    """Return a name for `record` (RFC 4151) that outlives its address."""
    return tag_named(f"{record._meta.label_lower}/{record.pk}")


def tag_named(name: str) -> str:
    """Return the same for what is no record of its own; `name` must be unlike any other of the site, for good."""
    return f"tag:{urlsplit(settings.SITE_URL).hostname},{NAMED_SINCE}:{name}"


def alternates(title: str, addresses: dict[str, str]) -> tuple[Alternate, ...]:
    """Return what a page says of its feeds; `addresses` are paths by form."""
    return tuple(
        Alternate(TYPES[form], absolute(path), f"{title} ({LABELS[form]})") for form, path in addresses.items()
    )


def feed_response(feed: Feed, form: str) -> HttpResponse:
    body = _json(feed) if form == "json" else _xml(feed, form)
    return HttpResponse(body, content_type=f"{TYPES[form]}; charset=utf-8")


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


def _json_item(item: Item) -> dict:
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


def _xml(feed: Feed, form: str) -> bytes:
    document = FORMS[form](
        title=_clean(feed.title),
        link=feed.page,
        description=_clean(feed.description),
        subtitle=_clean(feed.description),
        language=settings.LANGUAGE_CODE,
        feed_url=feed.url,
        feed_guid=feed.url,
        updated_at=feed.updated_at,
    )
    for item in feed.items:
        document.add_item(
            title=_clean(item.title),
            link=item.url,
            description=_clean(item.summary),
            pubdate=item.published_at,
            updateddate=item.changed_at,
            unique_id=item.id,
            unique_id_is_permalink=False,
            categories=[_clean(topic) for topic in item.topics],
            content=_clean(item.html),
            authors=[(_clean(name), url) for name, url in item.authors],
        )
    return document.writeString("utf-8").encode()


def _clean(text: str) -> str:
    """Return `text` without what no XML can hold."""
    return UNSTORABLE.sub("", text)


class DatedFeed:
    """What both kinds of XML share: the date of the newest item, several authors."""

    def latest_post_date(self):
        return self.feed["updated_at"]


class RssFeed(DatedFeed, Rss201rev2Feed):
    def rss_attributes(self):
        return {
            **super().rss_attributes(),
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        }

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for name, _ in item["authors"]:
            handler.addQuickElement("dc:creator", name)
        handler.addQuickElement("content:encoded", item["content"])


class AtomFeed(DatedFeed, Atom1Feed):
    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        # An entry without an author of its own has that of the feed, which must not be missing.
        handler.startElement("author", {})
        handler.addQuickElement("name", self.feed["title"])
        handler.endElement("author")

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for name, url in item["authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", name)
            handler.addQuickElement("uri", url)
            handler.endElement("author")
        handler.addQuickElement("content", item["content"], {"type": "html"})


FORMS = {"rss": RssFeed, "atom": AtomFeed}
