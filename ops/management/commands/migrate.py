from typing import Any

from django.core.management.commands import migrate

from ops.server.database_lock import database_lock


class Command(migrate.Command):
    """Django's command; a second one waits, instead of failing at what the first is creating."""

    def handle(self, *args: Any, **options: Any) -> None:
        with database_lock(self.stdout.write):
            super().handle(*args, **options)
