"""Simulate a database that is away or read-only, on the test's connection. For tests with `transactional_db`."""

import errno
from contextlib import contextmanager

from django.db import connection

from tests.config.running import free_port


@contextmanager
def database_away():
    connection.close()
    name = "NAME" if connection.vendor == "sqlite" else "PORT"
    usual = connection.settings_dict[name]
    connection.settings_dict[name] = "/missing/folder/site.sqlite3" if name == "NAME" else free_port()
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict[name] = usual


@contextmanager
def database_read_only():
    """Make the database read-only, like a disk mounted read-only or a PostgreSQL standby."""
    _say("PRAGMA query_only = ON", "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
    try:
        yield
    finally:
        _say("PRAGMA query_only = OFF", "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE")


def _say(to_sqlite: str, to_postgresql: str):
    with connection.cursor() as cursor:
        cursor.execute(to_sqlite if connection.vendor == "sqlite" else to_postgresql)


def no_room(*arguments, **options):
    raise OSError(errno.ENOSPC, "No space left on device")
