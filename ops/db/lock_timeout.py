"""A limit on how long a transaction waits for a database lock."""

from contextlib import contextmanager

from django.db import connection


@contextmanager
def lock_timeout(milliseconds: int | None):
    """Raise OperationalError inside the block after waiting longer than this for a lock; None keeps the usual limit.

    Enter it before the transaction begins, since SQLite waits for the write lock at its beginning.
    """
    if milliseconds is None:
        yield
        return
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        usual = int(connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000)
        shorten, restore = f"PRAGMA busy_timeout = {int(milliseconds)}", f"PRAGMA busy_timeout = {usual}"
    else:
        shorten, restore = f"SET lock_timeout = {int(milliseconds)}", "RESET lock_timeout"
    with connection.cursor() as cursor:
        cursor.execute(shorten)
        try:
            yield
        finally:
            cursor.execute(restore)
