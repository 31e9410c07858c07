"""Raise the content version after each commit that changes visible content.

An app declares in its AppConfig what no page shows to readers: `unseen_models` ("catalog.FeedMark"), and
`unseen_fields` of models that are otherwise visible ("publishing.Redirect.hits"). All other tables count as visible: a
forgotten one costs speed, not correctness. What only some writes to a visible table change for nobody, such as those to
a first draft, is written `unseen`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from django.apps import apps
from django.db import connection

from ops.db.write_watcher import Write, subscribe
from ops.page_cache.content_version import content_version

UNSEEN = "page_cache.unseen"  # a setting of a transaction, which the triggers of PostgreSQL read
_is_unseen = ContextVar("_is_unseen", default=False)


@contextmanager
def unseen() -> Iterator[None]:
    """Within a transaction: readers see nothing of what the block writes, neither before nor after it."""
    if _is_unseen.get():
        yield
        return
    token = _is_unseen.set(True)
    try:
        _tell_triggers("on")
        yield
        _tell_triggers("")  # after an error the transaction ends, and the setting with it
    finally:
        _is_unseen.reset(token)


def _tell_triggers(value: str):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, TRUE)", [UNSEEN, value])


@cache
def unseen_tables() -> frozenset[str]:
    return frozenset(apps.get_model(label)._meta.db_table for label in _declared_paths("unseen_models"))


@cache
def unseen_columns() -> dict[str, frozenset[str]]:
    """Return the hidden columns of visible tables, by table."""
    columns_by_table: dict[str, set[str]] = {}
    for path in _declared_paths("unseen_fields"):
        label, _, name = path.rpartition(".")
        meta = apps.get_model(label)._meta
        columns_by_table.setdefault(meta.db_table, set()).add(meta.get_field(name).column)
    return {table: frozenset(columns) for table, columns in columns_by_table.items()}


@cache
def seen_tables() -> frozenset[str]:
    models = apps.get_models(include_auto_created=True)
    return frozenset(model._meta.db_table for model in models if model._meta.managed) - unseen_tables()


def _declared_paths(name: str) -> list[str]:
    return [path for app in apps.get_app_configs() for path in getattr(app, name, ())]


def is_shown(write: Write) -> bool:
    """Return whether a statement may change visible content; True for one that is not understood."""
    if _is_unseen.get():
        return False
    if write.table is None:
        return True
    return write.table not in unseen_tables() and not write.only_assigns(unseen_columns().get(write.table, frozenset()))


subscribe(is_shown, lambda: content_version.increase())
