from django import template
from django.db.models import Q, Window
from django.db.models.functions import RowNumber

from articles.models import Article, Kind, fetch_for_cards

register = template.Library()


@register.simple_tag
def our_work(services: int, case_studies: int) -> dict[str, list[Article]]:
    """The newest services, the oldest of them first, and the newest case studies, for the front page. One query."""
    place = Window(RowNumber(), partition_by="kind", order_by=["-first_published_at", "-pk"])
    texts = Article.objects.published().defer("body").annotate(place=place)
    chosen = Q(kind=Kind.SERVICE, place__lte=services) | Q(kind=Kind.CASE_STUDY, place__lte=case_studies)
    rows = texts.filter(chosen).order_by("place")
    return {
        "services": [text for text in reversed(rows) if text.kind == Kind.SERVICE],
        "case_studies": [text for text in rows if text.kind == Kind.CASE_STUDY],
    }


@register.simple_tag
def latest_articles(count: int) -> list[Article]:
    """The newest articles, for the front page."""
    return fetch_for_cards(Article.objects.published().of_kind(Kind.ARTICLE).newest_first().for_cards()[:count])
