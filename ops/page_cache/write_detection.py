"""Raise the content version after each commit that changes visible content.

An app declares in its AppConfig what no page shows to readers: `unseen_models` ("catalog.FeedMark"), and
`unseen_fields` of models that are otherwise visible ("publishing.Redirect.hits"). All other tables count as visible: a
forgotten one costs speed, not correctness.
"""

from functools import cache

from django.apps import apps

from ops.db.write_watcher import Write, subscribe
from ops.page_cache.content_version import content_version


@cache
def unseen_tables() -> frozenset[str]:
    return frozenset(apps.get_model(label)._meta.db_table for label in _said("unseen_models"))


@cache
def unseen_columns() -> dict[str, frozenset[str]]:
    """Return the hidden columns of visible tables, by table."""
    found: dict[str, set[str]] = {}
    for path in _said("unseen_fields"):
        label, _, name = path.rpartition(".")
        meta = apps.get_model(label)._meta
        found.setdefault(meta.db_table, set()).add(meta.get_field(name).column)
    return {table: frozenset(columns) for table, columns in found.items()}


@cache
def seen_tables() -> frozenset[str]:
    models = apps.get_models(include_auto_created=True)
    return frozenset(model._meta.db_table for model in models if model._meta.managed) - unseen_tables()


def _said(name: str) -> list[str]:
    return [path for app in apps.get_app_configs() for path in getattr(app, name, ())]


def is_shown(write: Write) -> bool:
    """Return whether a statement may change visible content; True for one that is not understood."""
    if write.table is None:
        return True
    return write.table not in unseen_tables() and not write.only_assigns(unseen_columns().get(write.table, frozenset()))


subscribe(is_shown, lambda: content_version.increase())
