"""Structured data (schema.org) of articles."""

from articles.models import Article, ArticleKind, Author
from ops.http.urls import absolute
from publishing.pages.json_ld import ORGANIZATION_ID, identifier, node_id, reference_node, without_unknown
from publishing.pages.metadata import moment
from publishing.rendering.texts import Texts
from publishing.richtext.sentences import shorten


def article_nodes(article: Article, texts: Texts) -> list[dict]:
    """Return the nodes of an article; a plain page has none beside that of the page."""
    if article.kind == ArticleKind.PAGE:
        return []
    url = absolute(article.get_absolute_url())
    node = {
        "@type": "Service" if article.kind == ArticleKind.SERVICE else "Article",
        "@id": node_id(article),
        "url": url,
        "mainEntityOfPage": {"@id": f"{article.canonical_url or url}#page"},
        "description": article.summary,
        "image": absolute(article.cover.file.url) if article.cover else "",
    }
    if article.kind == ArticleKind.SERVICE:
        return [without_unknown({**node, "name": article.title, "provider": {"@id": ORGANIZATION_ID}})]
    written = {
        "headline": shorten(article.title, 110),
        "datePublished": moment(article.first_published_at),
        "dateModified": moment(article.last_changed_at),
        "author": list(map(author_node, article.byline)) or {"@id": ORGANIZATION_ID},
        "publisher": {"@id": ORGANIZATION_ID},
        "keywords": [topic.name for topic in article.topic_list],
        "about": [reference_node(topic, "DefinedTerm") for topic in article.topic_list],
        "mentions": mentioned(texts, article.body),
        "wordCount": len(texts.plain_text(article.body).split()),
    }
    return [without_unknown(node | written)]


def author_node(author: Author) -> dict:
    """Return the node of an author whose picture is fetched."""
    of_company = {"@id": ORGANIZATION_ID}
    if author.is_desk:
        kind, place = "Organization", {"description": author.role, "parentOrganization": of_company}
    else:
        kind, place = "Person", {"jobTitle": author.role, "worksFor": of_company}
    image = absolute(author.picture.file.url) if author.picture else ""
    return without_unknown(reference_node(author, kind) | place | {"image": image, "sameAs": author.links.split()})


def mentioned(texts: Texts, *bodies: str) -> list[dict]:
    """Return nodes of the public records that these bodies mention, each once."""
    keys = dict.fromkeys((item.label, item.pk) for body in bodies for item in texts.mentions(body))
    pages = [(label, *texts.targets[label, pk]) for label, pk in keys if (label, pk) in texts.targets]
    return [
        {"@type": "Thing", "@id": identifier(label, address), "name": title, "url": absolute(address)}
        for label, address, title in pages
    ]
