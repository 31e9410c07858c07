"""Helpers for the tests of backups: the content of a database and of the folder of uploads."""

from pathlib import Path

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from psycopg import sql

from ops.backups.databases import connected_to
from ops.backups.making import left_out
from tests import factories


def some_content() -> str:
    """Create an image, an article, a question, a model and a signed-in user; return the key of the user's session."""
    person = factories.administrator(username="marie")
    session = SessionStore()
    session["_auth_user_id"] = str(person.pk)
    session.save()
    factories.image(alt="A boat")
    factories.article(title="Of lighthouses", body="<p>They turn.</p>")
    factories.question()
    factories.publishable(factories.AIModel, "lamp")
    return session.session_key


def rows(without=()) -> dict[str, list]:
    """Return all rows by table, except those that are left out of backups and the named ones."""
    found, skipped = {}, {"sqlite_sequence", *without, *(model._meta.db_table for model in left_out)}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in skipped:
                continue
            cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)).as_string())
            found[table] = sorted(map(repr, cursor.fetchall()))
    return found


def uploads() -> dict[str, bytes]:
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def drop_aside(aside: str):
    """Delete the database that was set aside by a restore."""
    if connection.vendor == "postgresql":
        with connected_to("postgres") as server:
            server.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(aside)))
    else:
        Path(aside).unlink()
