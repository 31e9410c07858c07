"""The size of the database on its disk."""

from pathlib import Path

from django.db import connection


def database_bytes() -> int:
    """Return the size of the database in bytes: on SQLite of its file and its write-ahead log."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return cursor.fetchone()[0]
    path = Path(connection.settings_dict["NAME"])
    return sum(file.stat().st_size for file in (path, path.with_name(f"{path.name}-wal")) if file.exists())
