"""Fixtures for all tests."""

import os
from contextlib import ExitStack
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import setup_databases, teardown_databases
from django.utils import timezone

from catalog.documents import read
from ops.limits import counter_store
from ops.server import data_dir_lock
from tests import factories
from tests.catalog.documents.sync.race.stage import databases


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_modify_db_settings, django_db_blocker):
    """The test database, instead of pytest-django's fixture, which makes none if no test has its mark: fixtures that
    unblock the database themselves would then write into the real one, and empty it.
    """
    with django_db_blocker.unblock():
        databases = setup_databases(verbosity=0, interactive=False)
    yield
    with django_db_blocker.unblock():
        teardown_databases(databases, verbosity=0)


@pytest.fixture(scope="session")
def database_for(tmp_path_factory):
    """A function that creates one more migrated, empty database for a new folder, and returns the settings of a site
    with both. It is separate from the test database, for processes of their own.
    """
    with databases(tmp_path_factory.mktemp("database")) as database_for:
        yield database_for


@pytest.fixture(autouse=True)
def media_folder(settings, tmp_path, request):
    """Uploads of a test go to a separate folder, except those of the starter content."""
    if "starter_loaded" in request.fixturenames:
        return
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True, scope="session")
def settings_of_tests():
    """Tests run without collected static files, whose names have a hash; with a fast password hash; without quotas,
    since all requests come from one address; without scheduled backups, whose process would look for the real database;
    without the snapshot, of which test_snapshot.py loads a slice.
    """
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        STORAGES={**settings.STORAGES, "staticfiles": plain},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        API_QUOTA_ADDRESS=0,
        API_QUOTA_KEY=0,
        BACKUP_KEEP=0,
        CATALOG_SNAPSHOT="",
    ):
        yield


@pytest.fixture(autouse=True)
def nobody_was_counted(monkeypatch, tmp_path):
    """Rate limits start again with each test, and no request of the previous one is still running."""
    read.check_each_time()
    cache.clear()
    monkeypatch.setattr(counter_store, "FILE", str(tmp_path / counter_store.FILE))
    monkeypatch.setattr(counter_store, "redis_store", counter_store.RedisStore())
    monkeypatch.setattr(counter_store, "file_store", counter_store.FileStore())
    if settings.CACHE_URL:
        counter_store.client_of(settings.CACHE_URL).flushdb()


@pytest.fixture(autouse=True)
def no_lock_outlives_its_test():
    """A command that a test calls locks the data for the life of the process, which later tests share."""
    yield
    data_dir_lock.held.close()


@pytest.fixture
def frozen_clock():
    """The clock stands still, at the present: no window of a limit ends while the test counts within it."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


def pytest_configure():
    """Give each process of a run its own Redis database, the given one and those after it: tests empty it."""
    # On a busy machine a store may answer later than readers should wait; another store would then count anew.
    counter_store.TIMEOUT_SECONDS = 10
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    address = urlsplit(settings.CACHE_URL)
    if address.scheme in {"redis", "rediss"}:
        own = address._replace(path=f"/{int(address.path.strip('/') or 0) + number}")
        settings.CACHE_URL = own.geturl()


@pytest.fixture(scope="session")
def starter_loaded(django_db_setup, django_db_blocker, tmp_path_factory):
    """The starter content in a transaction that stays open: loading it takes seconds, and many tests use it.

    These tests run first (below); before the first test without it the transaction is rolled back.
    """
    with ExitStack() as stack:
        stack.enter_context(override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("starter") / "media"))
        stack.enter_context(django_db_blocker.unblock())
        stack.enter_context(transaction.atomic())
        stack.callback(transaction.set_rollback, True)
        call_command("load_starter", verbosity=0)
        connection.check_constraints()
        open_transactions.append(stack)
        yield


open_transactions = []


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    if "starter_loaded" not in item.fixturenames:
        while open_transactions:
            open_transactions.pop().close()


def pytest_collection_modifyitems(config, items):
    elsewhere = {item for item in items if connection.vendor not in vendors_of(item)}
    if elsewhere:
        config.hook.pytest_deselected(items=list(elsewhere))
        items[:] = [item for item in items if item not in elsewhere]
    items.sort(key=lambda item: "starter_loaded" not in item.fixturenames)


def vendors_of(item) -> tuple[str, ...]:
    """Return the databases for which a test is meant; on others it is deselected, not skipped."""
    mark = item.get_closest_marker("only_on")
    return mark.args if mark else ("sqlite", "postgresql")


@pytest.fixture
def starter_content(starter_loaded, db):
    assert open_transactions, "Tests with starter content must follow each other: does another plugin sort the tests?"


@pytest.fixture(scope="module")
def module_db(django_db_setup, django_db_blocker):
    """The database for fixtures of a whole module: their writes are rolled back after its last test.

    Tests use them together with `db`, which runs each test in a savepoint.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def mail_server(settings):
    """The site has a mail server: `django.core.mail.outbox`, a list in memory."""
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}


@pytest.fixture
def administrator(db):
    return factories.administrator()


@pytest.fixture
def admin_page(client, administrator):
    """A client signed in as an administrator."""
    client.force_login(administrator)
    return client


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown():
    """Django empties the tables after a test with transactions of its own. PostgreSQL's TRUNCATE makes the files of
    every table and index anew, a second at a time; deleting the few rows takes milliseconds.
    """
    with ExitStack() as stack:
        if connection.vendor == "postgresql":
            stack.enter_context(patch.object(connection.ops, "sql_flush", rows_deleted))
        return (yield)


def rows_deleted(style, tables, **options) -> list[str]:
    """Return statements that empty `tables` without their triggers and without an order among them."""
    names = map(connection.ops.quote_name, tables)
    return ["SET LOCAL session_replication_role = replica", *(f"DELETE FROM {name}" for name in names)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    return failed_if_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return failed_if_skipped((yield))


def failed_if_skipped(report):
    """With NO_SKIPS=1, as on the build server, a skip is a failure."""
    if report.skipped and os.environ.get("NO_SKIPS") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Skipped, although NO_SKIPS is set: {report.longrepr}"
    return report
