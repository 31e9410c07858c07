"""The history of the site and its filters."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories

pytestmark = pytest.mark.django_db
PAGE = "/admin/admin/logentry/"


def logged(person, record, words="Saved.", flag=CHANGE, at=None):
    entry = LogEntry.objects.log_actions(person.pk, [record], flag, words, single_object=True)
    if at:
        LogEntry.objects.filter(pk=entry.pk).update(action_time=at)
    return entry


@pytest.fixture
def done(client):
    anna, emil = factories.user("Author", first_name="Anna"), factories.user("Editor", first_name="Emil")
    logged(anna, factories.article(title="First text"), "Submitted for review.", at=timezone.now() - timedelta(days=40))
    logged(emil, factories.article(title="Second text"), "Published.")
    logged(emil, factories.question(question="Why?"), "Added.", flag=ADDITION)
    logged(factories.administrator(), anna, "Changed roles.")
    client.force_login(emil)
    return anna, emil


def test_editor_sees_what_was_done_with_content_and_not_with_accounts(client, done):
    text = client.get(PAGE).content.decode()
    assert "First text" in text
    assert "Submitted for review." in text
    assert "Changed roles." not in text
    client.force_login(factories.user("Administrator"))
    assert "Changed roles." in client.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("user__id__exact={anna}", {"First text"}),
        ("content_type__id__exact={article}", {"First text", "Second text"}),
        ("action_flag__exact=1", {"Why?"}),
        ("q=published", {"Second text"}),
        ("q=emil", {"Second text", "Why?"}),
        ("action_time__gte={week}", {"Second text", "Why?"}),
        ("action_time__lt={week}", {"First text"}),
    ],
)
def test_filters_find_entries_by_person_kind_act_and_time(client, done, query, expected):
    anna, _ = done
    kind = ContentType.objects.get(app_label="articles", model="article")
    week = (timezone.now() - timedelta(days=7)).date().isoformat()
    listed = client.get(f"{PAGE}?{query.format(anna=anna.pk, article=kind.pk, week=week)}").context["cl"].result_list
    assert {entry.object_repr for entry in listed} == expected


def test_nothing_can_be_changed_there(client, done):
    client.force_login(factories.administrator())
    entry = LogEntry.objects.first()
    assert client.post(f"{PAGE}{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"{PAGE}{entry.pk}/change/", {"object_repr": "Other"}).status_code == 403
    assert client.get(f"{PAGE}add/").status_code == 403


def test_twenty_lines_cost_as_many_queries_as_two(client, done):
    client.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    for _ in range(20):
        logged(done[1], factories.article())
    with CaptureQueriesContext(connection) as many:
        client.get(PAGE)
    assert len(many) <= len(few)
