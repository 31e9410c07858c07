"""The changelog of the API: entries of `changelog.md`, as HTML for its documentation, and as a feed."""

import re
from datetime import UTC, datetime
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from markdown_it import MarkdownIt

from ops.http.decorators import safe_only
from ops.http.urls import absolute, route
from ops.page_cache.decorator import cacheable
from publishing.pages.feeds import TYPES, Feed, FeedItem, feed_response, tag_named
from publishing.rendering.texts import Texts
from publishing.richtext import clean
from publishing.site.current import site_of

TITLE = "Changes of the API"
ABOUT = "New and changed parts of the API, and the last days of parts that will be removed."
MARKDOWN = Path(__file__).with_name("changelog.md").read_text("utf-8").strip()
CHANGES = clean(MarkdownIt().render(MARKDOWN))
ENTRY = re.compile(r"^### (?P<title>.+)\n\n(?P<day>.+)\n\n(?P<text>(?:(?!### ).*\n?)+)", re.MULTILINE)


def feed_addresses() -> dict[str, str]:
    return {form: route(f"api-changelog-{form}") for form in TYPES}


@cacheable()
@safe_only
def changelog_feed(request: HttpRequest, form: str) -> HttpResponse:
    title = f"{site_of(request).shown_name}: {TITLE[0].lower()}{TITLE[1:]}"
    feed = Feed(title, ABOUT, absolute(request.path), f"{absolute(reverse('api-docs'))}#changes", items())
    return feed_response(feed, form)


def items() -> list[FeedItem]:
    """Return an item for each entry, the newest first; their addresses are the headings on the documentation page."""
    headings = Texts(CHANGES).headings(CHANGES)
    return [_item(entry, heading.anchor) for entry, heading in zip(ENTRY.finditer(MARKDOWN), headings, strict=True)]


def _item(entry: re.Match, anchor: str) -> FeedItem:
    at = datetime.strptime(entry["day"], "%d %B %Y").replace(tzinfo=UTC)
    return FeedItem(
        id=tag_named(f"api.change/{anchor}"),
        url=f"{absolute(reverse('api-docs'))}#{anchor}",
        title=entry["title"],
        summary=" ".join(entry["text"].split()),
        html=clean(MarkdownIt().render(entry["text"])),
        published_at=at,
        changed_at=at,
    )
