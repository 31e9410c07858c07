"""What an article says of itself to machines (schema.org)."""

from publishing.addresses import absolute
from publishing.metadata import shorten


def article_node(article) -> dict:
    """Return the Article node of the page's graph; of an article fetched with `for_readers()`."""
    url = absolute(article.get_absolute_url())
    node = {
        "@type": "Article",
        "@id": f"{url}#article",
        "url": url,
        "headline": shorten(article.title, 110),
        "description": article.standfirst,
        "dateModified": article.last_changed_at.isoformat(),
        "author": [
            {"@type": "Organization", "name": author.name, "url": absolute(author.get_absolute_url())}
            for author in article.byline
        ],
        "keywords": [topic.name for topic in article.topic_list],
    }
    if article.first_published_at:
        node["datePublished"] = article.first_published_at.isoformat()
    if article.cover:
        node["image"] = absolute(article.cover.file.url)
    return node
