"""Lists that apps extend, each in its module `backing_up`."""

from collections.abc import Callable

from django.db.models import Model

left_out: list[type[Model]] = []  # their tables are backed up empty
after_restore: list[Callable[[], object]] = []  # called in the restored database before it replaces the site's
