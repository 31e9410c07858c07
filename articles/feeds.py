"""Articles as items of a feed."""

import re
from typing import Any

from django.utils.html import format_html

from articles.models import ArticleQuerySet
from articles.related import with_parts
from ops.http.urls import absolute, route
from publishing.content.publishable import fetch_content_changed_at
from publishing.pages.feeds import TYPES, Feed, FeedItem, tag_uri
from publishing.rendering.texts import Texts

MOST = 20
# In sanitised HTML, this can only be the start of a link within the text.
LINK_WITHIN = re.compile(r'<a href="#')


def feed_addresses(name: str, *slug: str) -> dict[str, str]:
    """Return the paths of the feeds `name` (of all articles, a topic or an author) by format."""
    return {form: route(f"articles:{name}_{form}", *slug) for form in TYPES}


def feed_of(title: str, description: str, paths: tuple[str, str], articles: ArticleQuerySet, **extra: Any) -> Feed:
    """Return a feed of the newest of `articles`; `paths` are those of the feed and of the page that lists them."""
    newest = list(with_parts(articles.newest_first()).select_related("cover")[:MOST])
    fetch_content_changed_at(newest)
    texts = Texts(*(article.body for article in newest), is_absolute=True)
    items = [_item(article, texts) for article in newest]
    return Feed(title, description, absolute(paths[0]), absolute(paths[1]), items, **extra)


def _item(article, texts) -> FeedItem:
    url = absolute(article.get_absolute_url())
    image_url = absolute(article.cover.file.url) if article.cover else ""
    texts.begin()
    html = LINK_WITHIN.sub(lambda _: f'<a href="{url}#', texts.html(article.body))
    if article.cover:
        html = format_html('<p><img src="{}" alt="{}"></p>', image_url, article.spoken_cover_alt) + html
    return FeedItem(
        id=tag_uri(article),
        url=url,
        title=article.title,
        summary=article.summary,
        html=html,
        published_at=article.first_published_at,
        changed_at=article.content_changed_at,
        authors=tuple((author.name, absolute(author.get_absolute_url())) for author in article.byline),
        topics=tuple(topic.name for topic in article.topic_list),
        image_url=image_url,
    )
