from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError

from ops.backups import regular
from ops.models import DueJob
from tests import factories

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def begun(monkeypatch, settings):
    settings.BACKUP_KEEP, commands = 7, []
    monkeypatch.setattr(regular.subprocess, "Popen", lambda command, **_: commands.append(command[-2:]))
    return commands


def test_the_first_is_begun_after_an_hour_and_the_next_a_day_after_it(begun):
    with time_machine.travel(NOON, tick=False) as clock:
        regular.start_backup_if_due()
        assert begun == []
        clock.shift(HOUR)
        regular.start_backup_if_due()
        regular.start_backup_if_due()
        assert begun == [["backup", "--regular"]]
        DueJob.objects.filter(name=regular.NAME).update(finished_at=NOON + HOUR)
        clock.shift(23 * HOUR)
        regular.start_backup_if_due()
        assert len(begun) == 1
        clock.shift(HOUR)
        regular.start_backup_if_due()
        assert len(begun) == 2


def test_one_that_failed_is_tried_again_after_an_hour(begun):
    with time_machine.travel(NOON, tick=False) as clock:
        DueJob.objects.create(
            name=regular.NAME, claimed_at=NOON, finished_at=NOON - 24 * HOUR, error="The disk is full."
        )
        regular.start_backup_if_due()
        assert begun == []
        clock.shift(HOUR)
        regular.start_backup_if_due()
        assert len(begun) == 1


def test_moments_in_the_future_stop_no_backup(begun):
    with time_machine.travel(NOON, tick=False):
        ahead = NOON + 9_000 * HOUR
        DueJob.objects.create(name=regular.NAME, claimed_at=ahead, finished_at=ahead)
        assert "in the future" in regular.problem_with_backups()
        regular.start_backup_if_due()
        regular.start_backup_if_due()
    assert len(begun) == 1


def test_where_none_is_kept_none_is_made(begun, settings):
    settings.BACKUP_KEEP = 0
    DueJob.objects.create(name=regular.NAME, claimed_at=NOON - 99 * HOUR)
    regular.start_backup_if_due()
    assert begun == []


def test_how_it_went_is_noted(monkeypatch, caplog, tmp_path):
    DueJob.objects.create(name=regular.NAME, claimed_at=NOON)
    monkeypatch.setattr(regular, "make_backup", lambda *_, **__: tmp_path)
    regular.make_scheduled_backup()
    row = DueJob.objects.get(name=regular.NAME)
    good = row.finished_at
    assert good is not None

    def fail(*_, **__):
        raise CommandError("The disk is full.")

    monkeypatch.setattr(regular, "make_backup", fail)
    with pytest.raises(CommandError):
        regular.make_scheduled_backup()
    row.refresh_from_db()
    assert (row.finished_at, row.error) == (good, "The disk is full.")
    assert [record.levelname for record in caplog.records] == ["ERROR"]


@pytest.mark.parametrize(
    ("age", "error", "words"),
    [
        (25 * HOUR, "", ""),
        (49 * HOUR, "", "No backup was finished for 2 days, 1 hour."),
        (2 * HOUR, "Full.", "The last backup failed: Full."),
        (None, "", "No backup was finished for 2 days, 2 hours."),
    ],
)
def test_administrators_are_told_on_their_desk_and_editors_are_not(client, settings, age, error, words):
    settings.BACKUP_KEEP = 7
    now = datetime.now(UTC)
    finished_at = None if age is None else now - age
    DueJob.objects.create(name=regular.NAME, claimed_at=now - 50 * HOUR, finished_at=finished_at, error=error)
    told = regular.problem_with_backups().replace("\xa0", " ")
    assert told == words
    client.force_login(factories.administrator())
    assert ("vitrine backup" in client.get("/admin/").text) is bool(words)
    client.force_login(factories.user("Editor"))
    assert "vitrine backup" not in client.get("/admin/").text
