from django import template

from articles.models import Article, Kind

register = template.Library()


@register.simple_tag
def texts_of_kind(kind: str, count: int) -> list[Article]:
    """The first texts of a kind (`service`, `case_study`, `page`), for the front page. One query."""
    return list(Article.objects.published().of_kind(Kind(kind)).order_by("first_published_at", "pk")[:count])


@register.simple_tag
def latest_articles(count: int) -> list[Article]:
    """The newest articles, for the front page. Three queries."""
    return list(Article.objects.published().of_kind(Kind.ARTICLE).newest_first().for_lists()[:count])
