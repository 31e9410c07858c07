"""Restore a backup into a separate database, prepare it, and then swap it with the present one."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from ops.backups.databases import KINDS, connected_to
from ops.backups.making import MOMENT, unpack, workplace
from ops.progress import silent
from ops.server.data_dir_lock import lock_exclusively

# Apps append functions, which are called in the restored database before it replaces the site's.
after_restore: list[Callable[[], object]] = []


def restore(path: Path, say: Callable[[str], object] = silent) -> tuple[dict, str]:
    """Restore a backup; return its manifest and the name of the previous database, which is kept ("" if none).

    The site's database does not change until the last step. `say` gets what is done at the moment.
    Raises CommandError.
    """
    tools = KINDS[connection.vendor]
    with lock_exclusively(), workplace(Path(settings.DATA_DIR)) as folder:
        tools.refuse_in_use()
        manifest = unpack(path, folder, say=say)
        _refuse_what_does_not_fit(path, manifest)
        say("Checking its database.")
        tools.check(folder / tools.member)
        try:
            say("Loading it into a database beside the present one.")
            name = tools.load(folder / tools.member)
            with connected_to(name):
                say("Applying migrations and preparing the feed of partners.")
                call_command("migrate", interactive=False, verbosity=0)
                for step in after_restore:
                    step()
            say("Putting the uploads back.")
            _put_files_back(folder)
            return manifest, tools.switch(name, f"{timezone.now():{MOMENT}}")
        except BaseException:
            tools.discard()
            raise


def _refuse_what_does_not_fit(path: Path, manifest: dict):
    if manifest["database"] != connection.vendor:
        raise CommandError(
            f"{path} holds a database of {manifest['database']}, and this site is on {connection.vendor}."
        )
    known_migrations = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    if unknown := [f"{app}.{name}" for app, name in manifest["migrations"] if (app, name) not in known_migrations]:
        raise CommandError(f"{path} was made by a newer Vitrine, with {unknown[0]}: upgrade first, then restore.")


def _put_files_back(folder: Path):
    """Move the uploads into place. Names hold a hash of the content, so a file with the same name is the same file."""
    for file in [path for path in (folder / "media").rglob("*") if path.is_file()]:
        target = Path(settings.DATA_DIR, file.relative_to(folder))
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f"{target.name}.restoring")
        shutil.move(file, draft)  # media/ may be on another file system
        os.chmod(draft, settings.FILE_UPLOAD_PERMISSIONS)
        os.replace(draft, target)
