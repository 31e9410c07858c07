"""Feeds of texts as RSS 2.0, with their full content."""

from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.utils.feedgenerator import rfc2822_date

from ops.http.urls import absolute
from publishing.pages.metadata import Alternate
from publishing.richtext.allowlist import UNSTORABLE

# The year in tag URIs (RFC 4151). It never changes, so that the id of an item outlives its address.
NAMED_SINCE = 2026
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
RSS = "application/rss+xml"


@dataclass(frozen=True)
class FeedItem:
    """A text in a feed. `html` has absolute links; `authors` and `topics` are names."""

    id: str
    url: str
    title: str
    summary: str
    html: str
    published_at: datetime
    changed_at: datetime
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


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


def tag_uri(record) -> str:
    """Return an id for `record` (RFC 4151) that outlives its address."""
    return tag_named(f"{record._meta.label_lower}/{record.pk}")


def tag_named(name: str) -> str:
    """Like `tag_uri`, for an entry that is not a record; `name` must be unique on the site for good."""
    return f"tag:{urlsplit(settings.SITE_URL).hostname},{NAMED_SINCE}:{name}"


def alternates(title: str, path: str) -> tuple[Alternate, ...]:
    """Return the alternate links of a page with a feed at `path`."""
    return (Alternate(RSS, absolute(path), f"{title} (RSS)"),)


def feed_response(feed: Feed) -> HttpResponse:
    return HttpResponse(_rss(feed), content_type=f"{RSS}; charset=utf-8")


def _rss(feed: Feed) -> str:
    changed = rfc2822_date(feed.updated_at)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>{_xml(feed.title)}</title><link>{_xml(feed.page)}</link>"
        f"<description>{_xml(feed.description)}</description>"
        f'<atom:link href="{_xml(feed.url)}" rel="self"/>'
        f"<language>{settings.LANGUAGE_CODE}</language><lastBuildDate>{changed}</lastBuildDate>"
        f"{''.join(map(_rss_item, feed.items))}</channel></rss>"
    )


def _rss_item(item: FeedItem) -> str:
    topics = "".join(f"<category>{_xml(topic)}</category>" for topic in item.topics)
    authors = "".join(f"<dc:creator>{_xml(name)}</dc:creator>" for name in item.authors)
    return (
        f"<item><title>{_xml(item.title)}</title><link>{_xml(item.url)}</link>"
        f"<description>{_xml(item.summary)}</description><pubDate>{rfc2822_date(item.published_at)}</pubDate>"
        f'<guid isPermaLink="false">{_xml(item.id)}</guid>{topics}{authors}'
        f"<content:encoded>{_xml(item.html)}</content:encoded></item>"
    )


def _xml(text: str) -> str:
    """Return `text` escaped, without characters that XML cannot contain."""
    return escape(UNSTORABLE.sub("", text))
