from functools import cache

from django import template

from articles.models import Article, ArticleKind
from articles.related import CARDS, fetch_for_cards
from ops.db.prepared import NOW, Param, Prepared

register = template.Library()


@register.simple_tag
def our_work(services: int, case_studies: int) -> dict[str, list[Article]]:
    """Return the newest services, oldest first, and the newest case studies, for the front page. Two queries."""
    return {
        "services": _newest(services).rows(kind=ArticleKind.SERVICE)[::-1],
        "case_studies": _newest(case_studies).rows(kind=ArticleKind.CASE_STUDY),
    }


@register.simple_tag
def latest_articles(count: int) -> list[Article]:
    """Return the newest articles, for the front page."""
    return fetch_for_cards(_newest(count).rows(kind=ArticleKind.ARTICLE))


@cache
def _newest(count: int) -> Prepared[Article]:
    return Prepared(CARDS.published(at=NOW).filter(kind=Param("kind")).newest_first()[:count])
