"""A second host that shares the database receives every change. On PostgreSQL alone: SQLite has no second host."""

import threading
import time
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import Error, connection, transaction
from django.utils import timezone

from ops.page_cache import triggers
from ops.page_cache.content_version import content_version
from ops.page_cache.listener import Listener
from ops.page_cache.write_detection import seen_tables, unseen
from publishing.content.redirect import Redirect
from tests import factories
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.only_on("postgresql"),
]


@pytest.fixture
def listener():
    """A listener that runs until its connection is closed."""
    own = Listener()

    def listen():
        try:
            own.listen()
        except Error:
            own.hears = False

    thread = threading.Thread(target=listen)
    thread.start()
    wait_until(lambda: own.hears)
    yield own
    end_connections()
    thread.join(10)
    assert not thread.is_alive()


def end_connections():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'page cache'"
            " AND datname = current_database()"
        )


def heard_after(write, seconds: float = 10) -> int:
    """Return the number of notifications as soon as there is one, 0 after the timeout."""
    before = content_version.heard
    write()
    deadline = time.monotonic() + seconds
    while content_version.heard == before and time.monotonic() < deadline:
        time.sleep(0.005)
    return content_version.heard - before


def by_sql(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def question_and_redirect():
    factories.question(question="Who?")
    Redirect.objects.create(path="/old/", new_path="/new/")


@transaction.atomic
def question_and_redirect_after_unseen():
    with unseen():
        factories.question(question="Unseen too?")
    Redirect.objects.create(path="/older/", new_path="/new/")


def test_every_change_is_heard_within_a_second_whoever_made_it(listener):
    assert heard_after(transaction.atomic(question_and_redirect)) == 1
    driver = connection.connection
    assert heard_after(lambda: factories.question(question="Who else?"))
    # As from psql: bypassing Django.
    assert heard_after(lambda: driver.execute("UPDATE faq_question SET question = question"))
    assert heard_after(lambda: driver.execute("DELETE FROM publishing_redirect WHERE path = '/none/'"))
    assert heard_after(lambda: driver.execute("UPDATE publishing_redirect SET new_path = '/newer/'"))
    assert heard_after(lambda: driver.execute("TRUNCATE publishing_redirect"))


def test_what_readers_cannot_see_or_was_rolled_back_is_not_told(listener):
    assert heard_after(transaction.atomic(question_and_redirect)) == 1

    def roll_back():
        with transaction.atomic():
            Redirect.objects.create(path="/2/", new_path="/new/")
            transaction.set_rollback(True)

    def write_unseen():
        with transaction.atomic(), unseen():
            factories.question(question="Unseen?")

    assert heard_after(lambda: Redirect.objects.count_hit("/old/"), seconds=1) == 0
    assert heard_after(write_unseen, seconds=1) == 0
    assert heard_after(question_and_redirect_after_unseen) == 1
    assert heard_after(roll_back, seconds=1) == 0


def test_lost_connection_is_known_and_a_new_one_counts_as_a_change(listener):
    end_connections()
    wait_until(lambda: not listener.hears)
    again = Listener()
    before = content_version.heard
    thread = threading.Thread(target=again._listen_for_ever, daemon=True)
    again.listen, listen = lambda: listen_once(listen, again), again.listen
    thread.start()
    wait_until(lambda: again.hears)
    assert content_version.heard > before


def listen_once(listen, listener):
    try:
        listen()
    finally:
        listener.listen = threading.Event().wait  # for ever


def test_triggers_are_on_all_that_is_shown_and_come_back(transactional_db):
    with connection.cursor() as cursor:
        there = triggers._installed(cursor)
        assert {table for table, _ in there} == seen_tables()
        (name,) = {name for table, name in there if table == "faq_question"}
        cursor.execute(f'DROP TRIGGER "{name}" ON faq_question')
        call_command("migrate", verbosity=0)
        assert triggers._installed(cursor) == there


def test_triggers_of_another_version_stay_until_the_upgrade_is_over(transactional_db):
    with connection.cursor() as cursor:
        there = triggers._installed(cursor)
        for name in ("content_of_0_2", "notify_of_another"):
            create = f'CREATE TRIGGER {name} AFTER INSERT ON faq_question EXECUTE FUNCTION "{triggers.FUNCTION}"()'
            cursor.execute(create)
        others = {("faq_question", "content_of_0_2"), ("faq_question", "notify_of_another")}
        call_command("migrate", verbosity=0)
        assert triggers._installed(cursor) == there | others
        with time_machine.travel(timezone.now() + timedelta(hours=25)):
            call_command("migrate", verbosity=0)
        assert triggers._installed(cursor) == there
