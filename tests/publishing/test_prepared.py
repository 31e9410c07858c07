"""Queries whose SQL is kept: they find what the same queryset, made anew, would find."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, ArticleQuerySet, Detail
from faq.models import Question, QuestionQuerySet
from publishing.models import State
from publishing.prepared import PrefetchWhere, Prepared, PreparedList, present_moment
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_a_query_is_built_once_and_asked_with_each_value():
    built = []

    @Prepared
    def by_slug(slug):
        built.append(slug)
        return Article.objects.published().filter(slug=slug)

    first, second = factories.article(), factories.article()
    assert [by_slug(slug) for slug in (first.slug, second.slug, "none")] == [[first], [second], []]
    assert len(built) == 1


def test_only_the_query_is_kept_and_never_what_it_found():
    @Prepared
    def texts():
        return Article.objects.published().order_by("pk")

    article = factories.article(title="Before")
    assert [text.title for text in texts()] == ["Before"]
    article.title = "After"
    article.save()
    other = factories.article()
    assert [text.title for text in texts()] == ["After", other.title]
    Article.objects.all().delete()
    assert texts() == []


def test_the_moment_is_that_of_the_question_not_of_the_preparation(time_machine):
    @Prepared
    def texts():
        return Article.objects.published()

    time_machine.move_to("2026-11-25T10:00:00Z")
    noon = datetime(2026, 11, 25, 12, tzinfo=UTC)
    factories.article(publish_at=noon, expire_at=noon + timedelta(hours=1))
    counts = []
    for hour in (11, 12, 13):
        time_machine.move_to(f"2026-11-25T{hour}:00:00Z")
        counts.append(len(texts()))
    assert counts == [0, 1, 0]


def test_a_query_is_built_anew_on_each_day(time_machine):
    @Prepared
    def changed_today():
        return Article.objects.filter(last_changed_at__date=timezone.localdate())

    time_machine.move_to("2026-11-25T10:00:00Z")
    article = factories.article()
    assert changed_today() == [article]
    time_machine.move_to("2026-11-26T10:00:00Z")
    assert changed_today() == []


def test_what_is_given_by_name_makes_a_query_of_its_own():
    @Prepared
    def texts(*, state):
        return Article.objects.filter(state=state)

    published, draft = factories.article(), factories.article(state=State.DRAFT)
    assert [texts(state=State.PUBLISHED), texts(state=State.DRAFT)] == [[published], [draft]]


@pytest.mark.parametrize("kind", [list, set, tuple])
def test_any_number_of_keys_is_one_parameter(kind):
    @Prepared
    def among(keys):
        return Article.objects.filter(pk__in=keys).order_by("pk")

    articles = [factories.article() for _ in range(3)]
    for count in (0, 1, 3):
        with CaptureQueriesContext(connection) as captured:
            found = among(kind(article.pk for article in articles[:count]))
        assert found == articles[:count]
        assert len(captured) == 1


def test_what_is_prefetched_is_what_django_prefetches():
    question = factories.question()
    article = factories.article(
        topics=[factories.topic(), factories.topic(state=State.DRAFT)], authors=[factories.author()]
    )
    article.question_links.create(question=question)
    article.question_links.create(question=factories.question(state=State.DRAFT))
    for label in ("Client", "Year"):
        article.details.create(label=label, value="1")
    bare = factories.article()

    @Prepared
    def texts(least):
        return Article.objects.filter(pk__gte=least).for_readers().order_by("pk")

    def told(records):
        return [
            (record.pk, record.byline, record.topic_list, record.placed_questions, list(record.details.all()))
            for record in records
        ]

    expected = told(Article.objects.for_readers().order_by("pk"))
    assert told(texts(0)) == expected
    assert [len(part) for part in expected[0][1:]] == [1, 1, 1, 2]
    assert told(texts(bare.pk)) == expected[1:]
    with CaptureQueriesContext(connection) as captured:
        told(texts(0))
    assert len(captured) == 5


def test_rows_behind_a_manager_can_be_asked_further():
    article, other = factories.article(), factories.article()
    kept = article.details.create(label="Client", value="1")
    other.details.create(label="Client", value="2")

    @Prepared
    def texts(key):
        return Article.objects.filter(pk=key).prefetch_related("details")

    found = texts(article.pk)[0]
    assert list(found.details.filter(label="Client")) == [kept]
    assert found.details.all()[0].article is found


def test_a_forward_relation_is_followed_where_its_record_is_public():
    question = factories.question()

    @Prepared
    def questions():
        return QuestionQuerySet.for_readers(Question.objects.order_by("pk"))

    assert [found.public_topic for found in questions()] == [question.topic]
    question.topic.state = State.DRAFT
    question.topic.save()
    assert [found.public_topic for found in questions()] == [None]


def test_where_a_flag_says_that_there_is_nothing_it_is_not_asked_for(django_assert_num_queries):
    article, other = factories.article(), factories.article()
    detail = article.details.create(label="Client", value="1")

    @Prepared
    def texts(*keys):
        rows = Article.objects.filter(pk__in=keys).order_by("pk")
        rows = rows.annotate(has_details=Exists(Detail.objects.filter(article=OuterRef("pk"))))
        return rows.prefetch_related(PrefetchWhere("has_details", "details"))

    with django_assert_num_queries(2):
        found = texts(article.pk, other.pk)
        assert [list(text.details.all()) for text in found] == [[detail], []]
    with django_assert_num_queries(1):
        assert [list(text.details.all()) for text in texts(other.pk, 0)] == [[]]


def test_what_it_cannot_follow_itself_django_prefetches():
    article = factories.article(authors=[factories.author()])

    @Prepared
    def texts():
        return Article.objects.prefetch_related("authors", Prefetch("details", Detail.objects.all(), to_attr="lines"))

    found = texts()[0]
    assert list(found.authors.all()) == list(article.authors.all())
    assert found.lines == []


def test_outside_of_a_preparation_the_present_moment_is_a_time(time_machine):
    time_machine.move_to("2026-11-25T10:00:00Z", tick=False)
    assert present_moment() == timezone.now()
    assert list(ArticleQuerySet(Article).published()) == []


def test_a_paginator_counts_and_takes_parts_of_a_prepared_list():
    topic = factories.topic()
    articles = [factories.article(topics=[topic]) for _ in range(5)]
    factories.article()
    factories.article(topics=[topic], state=State.DRAFT)

    def about(topic):
        return Article.objects.published().filter(topic_links__tag=topic).order_by("pk").for_lists()

    pages = Paginator(PreparedList(about, topic.pk), 2)
    assert (pages.count, pages.num_pages) == (5, 3)
    assert [list(page) for page in pages] == [articles[:2], articles[2:4], articles[4:]]
    assert Paginator(PreparedList(about, 0), 2).count == 0
