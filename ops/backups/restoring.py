"""Restore a backup into a separate database, prepare it, and then swap it with the present one."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from ops.backups import archive
from ops.backups.archive import BackupError
from ops.backups.databases import KINDS
from ops.backups.making import MOMENT, workplace
from ops.server.data_dir_lock import lock_exclusively

# Apps append functions, which are called in the restored database before it replaces the site's.
after_restore: list[Callable[[], object]] = []


def restore(path: Path, say: Callable[[str], None], is_wanted: Callable[[dict], bool]) -> str | None:
    """Restore a backup if `is_wanted` accepts its manifest; return the name of the previous database, None if refused.

    The site's database does not change until the last step. Raises BackupError, DataDirInUseError.
    """
    tools = KINDS[connection.vendor]
    with lock_exclusively(), workplace(Path(settings.DATA_DIR)) as folder:
        say("Reading the backup.")
        _refuse_what_does_not_fit(path, manifest := archive.unpack(path, folder, with_uploads=False))
        if not is_wanted(manifest):
            return None
        say("Unpacking and restoring.")
        archive.unpack(path, folder)
        tools.check(folder / tools.member)
        try:
            name = tools.load(folder / tools.member)
            with use_as_default_database(name):
                call_command("migrate", interactive=False, verbosity=0)
                for step in after_restore:
                    step()
            _put_files_back(folder)
            return tools.switch(name, f"{timezone.now():{MOMENT}}")
        except BaseException:
            tools.discard()
            raise


def _refuse_what_does_not_fit(path: Path, manifest: dict):
    if manifest["database"] != connection.vendor:
        raise BackupError(
            f"{path} holds a database of {manifest['database']}, and this site is on {connection.vendor}."
        )
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    if unknown := [f"{app}.{name}" for app, name in manifest["migrations"] if (app, name) not in known]:
        raise BackupError(f"{path} was made by a newer Vitrine, with {unknown[0]}: upgrade first, then restore.")


@contextmanager
def use_as_default_database(name: str) -> Iterator[None]:
    """Connect Django to another database of the same kind inside the block."""
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


def _put_files_back(folder: Path):
    """Move the uploads into place. Names hold a hash of the content, so a file with the same name is the same file."""
    for file in [path for path in (folder / "media").rglob("*") if path.is_file()]:
        target = Path(settings.DATA_DIR, file.relative_to(folder))
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f"{target.name}.restoring")
        shutil.move(file, draft)  # media/ may be on another file system
        os.chmod(draft, settings.FILE_UPLOAD_PERMISSIONS)
        os.replace(draft, target)
