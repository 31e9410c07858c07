"""What the tests of backups share: all that a database and the folder of uploads hold."""

from pathlib import Path

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from psycopg import sql

from publishing.backups.registry import left_out_tables
from tests import factories


def silent(*_):
    return None


def always(_):
    return True


def some_content() -> str:
    """A picture, an article, a question, a model, somebody who is signed in; return the key of her session."""
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
    """All rows by table, but of those that are left out of backups and those named."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in without or table in left_out_tables() or table == "sqlite_sequence":
                continue
            cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)).as_string())
            found[table] = sorted(map(repr, cursor.fetchall()))
    return found


def uploads() -> dict[str, bytes]:
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def drop_aside(done):
    """Take away the database that was there before a restore; on SQLite it lies in the test's own folder."""
    if done.aside and connection.vendor == "postgresql":
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(done.aside)))
    elif done.aside:
        Path(done.aside).unlink()
