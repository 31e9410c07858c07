"""Subscribers are called after each commit with a write that concerns them, and at no other time."""

from contextlib import suppress

import pytest
from django.db import connection, transaction

from ops.db import write_watcher
from ops.db.write_watcher import subscribe
from ops.models import DueJob
from publishing.content.redirect import Redirect


class Fails(Exception):
    pass


@pytest.fixture
def calls(transactional_db, monkeypatch):
    """Calls of a subscriber to redirects, then of one that fails, then of one to redirects and jobs."""
    monkeypatch.setattr(write_watcher, "_subscribers", [])
    made = []

    def fail():
        made.append("fails")
        raise Fails

    subscribe(lambda write: write.table == "publishing_redirect", lambda: made.append("redirects"))
    subscribe(lambda write: write.table == "publishing_redirect", fail)
    subscribe(lambda write: write.table in {"publishing_redirect", "ops_duejob"}, lambda: made.append("both"))
    return made


def write(path="/old/"):
    Redirect.objects.update_or_create(path=path, defaults={"new_path": "/new/"})


def roll_back(function):
    with suppress(Fails), transaction.atomic():
        function()
        raise Fails


ALL = ["redirects", "fails", "both"]


def test_subscribers_are_called_in_order_once_a_transaction(calls):
    with transaction.atomic():
        write("/1/")
        with transaction.atomic():
            write("/2/")
        write("/3/")
        assert calls == []
    assert calls == ALL


def test_a_subscriber_that_fails_and_a_hook_that_fails_keep_nobody_from_being_called(calls):
    def fail():
        raise Fails

    with suppress(Fails), transaction.atomic():
        transaction.on_commit(fail)
        write()
    assert calls == ALL


def test_a_statement_outside_of_a_transaction_calls_them_at_once(calls):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM publishing_redirect WHERE path = %s", ["/nowhere/"])
        assert calls == []
        cursor.execute(
            "INSERT INTO publishing_redirect (path, new_path, is_gone, hits, created_at)"
            " VALUES ('/old/', '/new/', %s, 0, '2026-01-01 00:00:00+00:00')",
            [False],
        )
    assert calls == ALL


def test_only_those_are_called_whom_the_tables_concern(calls):
    with transaction.atomic():
        DueJob.objects.create(name="job", claimed_at="2026-01-01T00:00Z")
    assert calls == ["both"]


def test_nobody_is_called_for_what_is_rolled_back(calls):
    with transaction.atomic():
        roll_back(write)
    roll_back(write)
    list(Redirect.objects.all())
    assert calls == []


def test_a_savepoint_rolled_back_leaves_the_calls_for_what_stays(calls):
    with transaction.atomic():
        with transaction.atomic():
            with transaction.atomic():
                write("/kept/")
            roll_back(write)
        roll_back(write)
        roll_back(lambda: DueJob.objects.create(name="job", claimed_at="2026-01-01T00:00Z"))
    assert calls == ALL


def test_a_write_after_a_savepoint_was_closed_survives_the_savepoint_around_it_only_with_it(calls):
    with transaction.atomic():

        def nested():
            with transaction.atomic():
                write("/1/")
            write("/2/")

        roll_back(nested)
    assert calls == []
