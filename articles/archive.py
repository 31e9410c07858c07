"""The archive of articles by year of first publication."""

from articles.models import Article, ArticleKind
from articles.models.article import years_in


def years_with_articles() -> list[int]:
    """Return the years with public articles, latest first. One query."""
    return years_in(_articles().moments())


def articles_of_year(year: int) -> list[Article]:
    """Return the articles of a year, newest first, with the fields for a line of a list. One query."""
    articles = _articles().filter(first_published_at__year=year).newest_first()
    return list(articles.only("title", *Article.address_fields, "first_published_at"))


def _articles():
    return Article.objects.published().of_kind(ArticleKind.ARTICLE)
