"""The calendar of the admin, as a page and as a file."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine

from publishing.accounts.preferences import Preferences
from publishing.revisions.models import Action
from publishing.workflow.actions import ActionRequest, latest_content, perform_action
from publishing.workflow.calendar import entries_for
from tests import factories
from tests.catalog import factories as catalogue

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.mark.usefixtures("_noon")
def test_month_shows_what_appeared_what_will_what_is_due_and_what_retires(client):
    owner = factories.user("Author")
    factories.article(title="Out", publish_at=datetime(2026, 11, 3, 8, tzinfo=UTC))
    factories.article(title="Soon", publish_at=datetime(2026, 11, 30, 8, tzinfo=UTC))
    factories.article(title="Secret", state="draft", review_by=date(2026, 11, 26))
    factories.article(title="Own", state="draft", review_by=date(2026, 11, 26), owner=owner)
    factories.article(title="Gone", deleted_at=NOON)
    factories.article(title="Next year", publish_at=datetime(2027, 2, 1, tzinfo=UTC))
    live = factories.article(title="Live", publish_at=datetime(2026, 1, 1, tzinfo=UTC))
    perform_action(live, ActionRequest(Action.SCHEDULE, latest_content(live), go_live_at=NOON.replace(day=28)))
    catalogue.event(model=catalogue.model(name="Old"), kind="retired", date="2026-11-29")
    there = catalogue.offering(model=catalogue.model(name="New"), provider=catalogue.provider(name="Azure"))
    catalogue.event(offering=there, kind="retired", date="2026-11-29")
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    found = [(entry.day.day, entry.sort, entry.title) for entry in entries_for(factories.user("Editor"), first, last)]
    assert found == [
        (3, "Published", "Out"),
        (26, "Due for review", "Own"),
        (26, "Due for review", "Secret"),
        (28, "Scheduled", "Live"),
        (29, "Retires", "New at Azure"),
        (29, "Retires", "Old"),
        (30, "Scheduled", "Soon"),
    ]
    titles = [entry.title for entry in entries_for(owner, first, last)]
    assert titles == ["Out", "Own", "New at Azure", "Old", "Soon"]
    client.force_login(owner)
    page = client.get("/admin/calendar/")
    assert "November 2026" in page.text
    assert "Soon" in page.text
    assert "Secret" not in page.text
    assert "Next year" in client.get("/admin/calendar/?month=2027-02").text
    for asked in ("2027-13", "x", "0000-01"):
        assert "November 2026" in client.get(f"/admin/calendar/?month={asked}").text


@pytest.mark.usefixtures("_noon")
def test_file_has_a_private_address_that_changes_with_the_password(client):
    editor = factories.user("Editor")
    factories.article(title="Soon; or, later", publish_at=datetime(2026, 11, 30, 23, 30, tzinfo=UTC))
    client.force_login(editor)
    address = re.search(r"/admin/calendar/[^<]+\.ics", client.get("/admin/calendar/").text)[0]
    client.logout()
    answer = client.get(address)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"].startswith("private, no-store")
    assert "SUMMARY:Scheduled: Soon\\; or\\, later" in answer.text
    assert "DTSTART;VALUE=DATE:20261130" in answer.text
    Preferences.objects.create(user=editor, time_zone="Europe/Zurich")
    assert "DTSTART;VALUE=DATE:20261201" in client.get(address).text
    assert client.get(f"{address[:-5]}x.ics").status_code == 404
    editor.is_active = False
    editor.save()
    assert client.get(address).status_code == 404
    editor.is_active = True
    editor.set_password("another one")
    editor.save()
    assert client.get(address).status_code == 404
