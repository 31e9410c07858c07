"""What each app says of its own tables in its module `backing_up`."""

from collections.abc import Callable

from django.db.models import Model

_left_out: list[type[Model]] = []
after_restore: list[Callable[[], None]] = []


def leave_out(*models: type[Model]):
    """Keep the rows of these models out of every backup; their tables are there, empty, in what is restored."""
    _left_out.extend(models)


def once_restored(function: Callable[[], None]):
    """Register what is to be done in a restored database before anybody sees it, with the tables of today."""
    after_restore.append(function)
    return function


def left_out_tables() -> list[str]:
    return sorted(model._meta.db_table for model in _left_out)
