"""Queries whose SQL is kept: they find what the same queryset, made anew, would find."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article
from publishing.models import State
from publishing.prepared import Prepared
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
