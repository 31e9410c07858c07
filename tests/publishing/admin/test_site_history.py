"""The history of the site: filters, and its CSV file."""

import csv
from datetime import timedelta
from io import StringIO

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


def rows_of(response):
    return list(csv.DictReader(StringIO(response.content.decode("utf-8-sig"))))


@pytest.fixture
def done(client):
    anna, emil = factories.user("Author", first_name="Anna"), factories.user("Editor", first_name="Emil")
    logged(anna, factories.article(title="First text"), "Submitted for review.", at=timezone.now() - timedelta(days=40))
    logged(emil, factories.article(title="=HYPERLINK(1)"), "Published.")
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
        ("person={anna}", {"First text"}),
        ("kind={article}", {"First text", "'=HYPERLINK(1)"}),
        ("action_flag__exact=1", {"Why?"}),
        ("q=published", {"'=HYPERLINK(1)"}),
        ("q=emil", {"'=HYPERLINK(1)", "Why?"}),
        ("action_time__gte={week}", {"'=HYPERLINK(1)", "Why?"}),
        ("action_time__lt={week}", {"First text"}),
        ("person=nonsense", {"First text", "'=HYPERLINK(1)", "Why?"}),
        ("person=99999999999999999999999", {"First text", "'=HYPERLINK(1)", "Why?"}),
    ],
)
def test_filters_hold_for_the_table_too(client, done, query, expected):
    anna, _ = done
    kind = ContentType.objects.get(app_label="articles", model="article")
    week = (timezone.now() - timedelta(days=7)).date().isoformat()
    query = query.format(anna=anna.pk, article=kind.pk, week=week)
    assert client.get(f"{PAGE}?{query}").status_code == 200
    assert {row["Record"] for row in rows_of(client.get(f"{PAGE}export/?{query}"))} == expected


def test_formulas_are_quoted_and_times_say_their_zone(client, done):
    row = next(row for row in rows_of(client.get(f"{PAGE}export/")) if "HYPERLINK" in row["Record"])
    assert row["Record"] == "'=HYPERLINK(1)"
    assert (row["Who"], row["What"], row["Kind"], row["Words"]) == ("Emil", "Change", "Article", "Published.")
    assert row["When"].endswith(" UTC")


def test_nonsense_in_the_address_leads_to_the_list(client, done):
    assert client.get(f"{PAGE}export/?nonsense__x=1").status_code == 302


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
