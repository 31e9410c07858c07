from django import template

from articles.models import Article, ArticleKind
from articles.related import CARDS, fetch_for_cards

register = template.Library()


@register.simple_tag
def our_work(services: int, case_studies: int) -> dict[str, list[Article]]:
    """Return the newest services, oldest first, and the newest case studies, for the front page. Two queries."""
    texts = CARDS.published().newest_first()
    return {
        "services": list(texts.of_kind(ArticleKind.SERVICE)[:services])[::-1],
        "case_studies": list(texts.of_kind(ArticleKind.CASE_STUDY)[:case_studies]),
    }


@register.simple_tag
def latest_articles(count: int) -> list[Article]:
    """Return the newest articles, for the front page."""
    return fetch_for_cards(CARDS.published().of_kind(ArticleKind.ARTICLE).newest_first()[:count])
