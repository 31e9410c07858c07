"""The feed of changes in the catalogue."""

from datetime import date

from django.urls import reverse
from django.utils.html import format_html

from catalog.news.changelog import catalogue_changes, moment_of
from catalog.news.recent import CatalogueChange
from ops.http.urls import absolute
from publishing.pages.feeds import TYPES, Feed, FeedItem, tag_named

MOST = 50


def feed_addresses() -> dict[str, str]:
    """Return the paths of the feed by format."""
    return {form: reverse(f"catalog:feed_{form}") for form in TYPES}


def changes_feed(title: str, description: str, path: str, day: date) -> Feed:
    """Return the feed of the latest changes up to `day`; `path` is the feed's own path."""
    items = [_item(change) for change in catalogue_changes(day, MOST)]
    return Feed(title, description, absolute(path), absolute(reverse("catalog:changes")), items)


def _item(change: CatalogueChange) -> FeedItem:
    url, at = absolute(change.url), moment_of(change)
    places = change.places and f"At {change.places}."
    words = " ".join(filter(None, [f"{change.label}, {change.period}.", places, change.words]))
    return FeedItem(
        id=tag_named(f"catalog.change/{change.key}"),
        url=url,
        title=f"{change.name}: {change.label[:1].lower()}{change.label[1:]}",
        summary=words,
        html=format_html('<p><a href="{}">{}</a>: {}</p>', url, change.name, words),
        published_at=at,
        changed_at=at,
    )
