"""PostgreSQL triggers that notify every host of changes to visible tables; other tables have none.

They name no columns, so migrations need not know of them: triggers disappear with their table, and those of new tables
are created after the migration. Trigger and function have a digest of their SQL in the name: during an upgrade two
versions of the program serve on one database, each with its own, and none touches those of the other.
"""

import hashlib
from typing import LiteralString

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from psycopg import sql

from ops.db.unapplied_migrations import is_upgrade_over
from ops.db.write_watcher import note_write
from ops.page_cache.write_detection import UNSEEN, seen_tables, unseen_columns

CHANNEL = "content_changed"
PREFIX = "notify_"
FORMER_PREFIX = "content_"  # of 0.2, which drops all triggers with it that are not its own
# When a row changes, the columns named in the arguments are ignored.
BODY = f"""
BEGIN
    IF current_setting('{UNSEEN}', TRUE) = 'on' THEN
        RETURN NULL;
    END IF;
    IF TG_LEVEL = 'STATEMENT' OR to_jsonb(OLD) - TG_ARGV IS DISTINCT FROM to_jsonb(NEW) - TG_ARGV THEN
        PERFORM pg_notify('{CHANNEL}', '');
    END IF;
    RETURN NULL;
END
"""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


FUNCTION = f"{PREFIX}{_digest(BODY)}"
EVERY_STATEMENT = "AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT"
BUT_FOR_UPDATES = "AFTER INSERT OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT"
EACH_ROW = "AFTER UPDATE ON {table} FOR EACH ROW"


def install(connection) -> None:
    """Create missing triggers; drop those of other versions when the upgrade is over. Three queries if all is right."""
    with connection.cursor() as cursor:
        there = _installed(cursor)
        wanted = _wanted(set(connection.introspection.table_names(cursor)))
        if not wanted.keys() <= there:
            create = "CREATE OR REPLACE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql AS {}"
            cursor.execute(sql.SQL(create).format(sql.Identifier(FUNCTION), sql.Literal(BODY)))
        for key in wanted.keys() - there:
            cursor.execute(wanted[key])
        others = there - wanted.keys()
        for table, name in others if is_upgrade_over(connection) else ():
            cursor.execute(sql.SQL("DROP TRIGGER {} ON {}").format(sql.Identifier(name), sql.Identifier(table)))


def notify_all_hosts() -> None:
    """Raise the content version on every host with the transaction, although it writes to no visible table."""
    connection = connections[DEFAULT_DB_ALIAS]
    note_write(connection)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


def _wanted(tables: set[str]) -> dict[tuple[str, str], sql.Composed]:
    """Return the statements that create the triggers, by table and name. The name contains a hash of the definition."""
    statements = {}
    for table in sorted(seen_tables() & tables):
        hidden = sorted(unseen_columns().get(table, ()))
        forms: list[tuple[LiteralString, list[str]]] = [(EVERY_STATEMENT, [])]
        if hidden:
            forms = [(BUT_FOR_UPDATES, []), (EACH_ROW, hidden)]
        for form, arguments in forms:
            name = f"{PREFIX}{_digest(f'{BODY}{form}{arguments}')}"
            statements[table, name] = sql.SQL(
                "CREATE TRIGGER {name} " + form + " EXECUTE FUNCTION {function}({arguments})"
            ).format(
                name=sql.Identifier(name),
                function=sql.Identifier(FUNCTION),
                table=sql.Identifier(table),
                arguments=sql.SQL(", ").join(map(sql.Literal, arguments)),
            )
    return statements


def _installed(cursor) -> set[tuple[str, str]]:
    cursor.execute(
        "SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND pg_table_is_visible(pg_class.oid)"
        " AND (starts_with(tgname::text, %s) OR starts_with(tgname::text, %s))",
        [PREFIX, FORMER_PREFIX],
    )
    return set(cursor.fetchall())


@receiver(post_migrate, dispatch_uid="content triggers")
def install_triggers(sender, using, **kwargs):
    """Install the triggers even with nothing to migrate, so that each start of `serve` checks them."""
    if sender.label == "publishing" and using == DEFAULT_DB_ALIAS and connections[using].vendor == "postgresql":
        install(connections[using])
