"""Prepared queries (ops.db.prepared) beside the plain ones of Django."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import CharField, Count
from django.test.utils import CaptureQueriesContext

from articles.models import Article, ArticleKind, Topic
from ops.db.prepared import NOW, Answer, Param, Params, Prepared
from ops.http.query_params import page_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]
MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def articles():
    fields = {"kind": ArticleKind.ARTICLE, "state": "published", "summary": "S.", "body": "<p>Text</p>"}
    rows = [
        Article(title=f"Article {n}", slug=f"a-{n}", publish_at=MOMENT + timedelta(days=n), **fields) for n in range(4)
    ]
    return Article.objects.bulk_create(rows)


def test_finds_what_the_plain_query_finds(articles):
    by_slug = Prepared(Article.objects.only("title", "slug").filter(slug=Param("slug")))
    assert by_slug.rows(slug="a-2") == [articles[2]]
    assert by_slug.first(slug="a-1") == articles[1]
    assert by_slug.first(slug="other") is None
    assert by_slug.first(slug="a-3").get_deferred_fields() == {
        field.attname for field in Article._meta.concrete_fields if field.attname not in {"id", "title", "slug"}
    }


def test_takes_moments_and_compiles_once(articles, monkeypatch):
    seen = Prepared(Article.objects.published(at=NOW).order_by("slug").values_list("slug", flat=True))
    assert seen.rows(now=MOMENT + timedelta(days=1, hours=1)) == ["a-0", "a-1"]
    monkeypatch.setattr("django.db.models.sql.compiler.SQLCompiler.pre_sql_setup", None)
    assert seen.rows(now=MOMENT - timedelta(days=1)) == []
    assert seen.rows() == ["a-0", "a-1", "a-2", "a-3"]


def test_takes_many_values_none_and_names(articles):
    keys = Prepared(Article.objects.filter(pk__in=Params("keys")).order_by("-slug").values_list("slug", "publish_at"))
    assert keys.rows(keys=[articles[0].pk, articles[2].pk]) == [
        ("a-2", articles[2].publish_at),
        ("a-0", articles[0].publish_at),
    ]
    assert keys.rows(keys=[]) == []
    names = Prepared(Article.objects.filter(slug__in=Params("slugs", CharField())).order_by("slug"))
    assert [one.slug for one in names.rows(slugs={"a-1", "x'; y", "a-0"})] == ["a-0", "a-1"]


def test_counts_and_prefetches(articles):
    topic = Topic.objects.create(name="T", slug="t", state="published")
    articles[1].topics.add(topic)
    counted = Prepared(
        Topic.objects.filter(article_links__content_object__in=Params("keys")).annotate(number=Count("pk"))
    )
    assert counted.first(keys=[articles[1].pk]).number == 1
    linked = Prepared(Article.objects.filter(pk=Param("key")).prefetch_related("topic_links__tag"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = linked.first(key=articles[1].pk)
        assert [link.tag for link in found.topic_links.all()] == [topic]
    assert len(queries) == 3


def test_gives_parts_and_pages(articles, rf):
    query = Prepared(Article.objects.filter(slug__gte=Param("first")).order_by("slug").values_list("slug", flat=True))
    assert query.rows(slice(1, 3), first="a-0") == ["a-1", "a-2"]
    assert query.rows(slice(2, None), first="a-0") == query.rows(first="a-2") == ["a-2", "a-3"]
    answer = Answer(query, first="a-1")
    assert (answer[:2], answer.count()) == (["a-1", "a-2"], 3)
    with CaptureQueriesContext(connection) as queries:
        assert list(page_of(answer, rf.get("/"), 3)) == ["a-1", "a-2", "a-3"]
    assert len(queries) == 1
    assert list(page_of(answer, rf.get("/?page=2"), 2)) == ["a-3"]


def test_refuses_what_would_never_be_found(articles):
    with pytest.raises(ValueError, match="slug: a prepared query cannot look for None"):
        Prepared(Article.objects.filter(slug=Param("slug"))).rows(slug=None)
    with pytest.raises(KeyError):
        Prepared(Article.objects.filter(slug=Param("slug"))).rows()
