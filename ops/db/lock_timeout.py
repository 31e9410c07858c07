"""How long the database may be waited for."""

from contextlib import contextmanager

from django.db import connection


@contextmanager
def lock_timeout(milliseconds: int | None):
    """Within, waiting longer than that for somebody else's lock raises OperationalError; None: as long as usual.

    Begins outside of the transaction that it is for: SQLite waits for its one writer's place when that begins.
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
