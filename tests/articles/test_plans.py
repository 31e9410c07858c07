"""The databases find the articles that every page needs without reading their texts."""

import pytest
from django.db import connection
from django.db.models import Count

from articles.models import Article, ArticleKind
from tests import factories
from tests.plans import is_sorted, is_whole, prefer_indexes

pytestmark = [pytest.mark.django_db, pytest.mark.database]
QUERIES = {
    "a list": lambda: Article.objects.published().of_kind(ArticleKind.ARTICLE).newest_first()[:20],
    "how many": lambda: (
        Article.objects.published().of_kind(ArticleKind.ARTICLE).order_by().values("kind").annotate(n=Count("pk"))
    ),
    "the pages of the footer": lambda: Article.objects.published().of_kind(ArticleKind.PAGE).values("pk"),
}


@pytest.mark.parametrize("name", QUERIES)
def test_articles_are_found_by_the_index_of_lists(name):
    for _ in range(20):
        factories.article()
    factories.article(kind=ArticleKind.PAGE)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE articles_article")
    prefer_indexes()
    plan = QUERIES[name]().explain()
    # Without an order, the index on the kind alone or the index on visibility does as well.
    others = [] if name == "a list" else ["articles_article_kind", "articles_public_from"]
    assert any(index in plan for index in ["articles_listed", *others]), plan
    assert not is_whole(plan), plan
    assert not is_sorted(plan), plan
