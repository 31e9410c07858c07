"""PostgreSQL tells every host of what changed what readers see. Triggers on all tables that are shown; none on others.

They name no column, so a migration need not know of them: it takes away those of a table that goes, and what a new one
lacks is made after it.
"""

import hashlib

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from psycopg import sql

from ops.page_cache.unseen_tables import seen_tables, unseen_columns
from ops.page_cache.write_detection import content_changed

CHANNEL = "content_changed"
PREFIX = "content_"
# Of a change of one row, the columns named in its arguments do not count.
FUNCTION = f"""
CREATE OR REPLACE FUNCTION {CHANNEL}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_LEVEL = 'STATEMENT' OR to_jsonb(OLD) - TG_ARGV IS DISTINCT FROM to_jsonb(NEW) - TG_ARGV THEN
        PERFORM pg_notify('{CHANNEL}', '');
    END IF;
    RETURN NULL;
END $body$
"""
EVERY_STATEMENT = "AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT"
BUT_FOR_UPDATES = "AFTER INSERT OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT"
EACH_ROW = "AFTER UPDATE ON {table} FOR EACH ROW"


def install(connection):
    """Make the triggers that are missing, and take away those not meant any more. Two queries where all is well."""
    with connection.cursor() as cursor:
        there = _installed(cursor)
        wanted = _wanted(set(connection.introspection.table_names(cursor)))
        if there == wanted.keys():
            return
        cursor.execute(FUNCTION)
        for table, name in there - wanted.keys():
            cursor.execute(sql.SQL("DROP TRIGGER {} ON {}").format(sql.Identifier(name), sql.Identifier(table)))
        for key in wanted.keys() - there:
            cursor.execute(wanted[key])


def tell_every_host():
    """Raise the content's number here and elsewhere with the transaction, though no table that is shown was written."""
    connection = connections[DEFAULT_DB_ALIAS]
    content_changed(connection)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


def _wanted(tables: set[str]) -> dict[tuple[str, str], sql.Composed]:
    """Return the statements that make the triggers, by table and name. A name changes with what it stands for."""
    found = {}
    for table in sorted(seen_tables() & tables):
        hidden = sorted(unseen_columns().get(table, ()))
        forms = [(BUT_FOR_UPDATES, []), (EACH_ROW, hidden)] if hidden else [(EVERY_STATEMENT, [])]
        for form, arguments in forms:
            digest = hashlib.sha256(f"{FUNCTION}{form}{arguments}".encode()).hexdigest()[:12]
            found[table, f"{PREFIX}{digest}"] = sql.SQL(
                "CREATE TRIGGER {name} " + form + f" EXECUTE FUNCTION {CHANNEL}(" + "{arguments})"
            ).format(
                name=sql.Identifier(f"{PREFIX}{digest}"),
                table=sql.Identifier(table),
                arguments=sql.SQL(", ").join(map(sql.Literal, arguments)),
            )
    return found


def _installed(cursor) -> set[tuple[str, str]]:
    cursor.execute(
        "SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND starts_with(tgname::text, %s)"
        " AND pg_table_is_visible(pg_class.oid)",
        [PREFIX],
    )
    return set(cursor.fetchall())


@receiver(post_migrate, dispatch_uid="content triggers")
def take_hold(sender, using, **kwargs):
    """Also with nothing to migrate: so each start of `serve` looks after the triggers."""
    if sender.label == "publishing" and using == DEFAULT_DB_ALIAS and connections[using].vendor == "postgresql":
        install(connections[using])
