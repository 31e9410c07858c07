"""What a backup says of itself: of which site, when, by which versions, and how much there is of what. No secrets."""

import json
import tomllib
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import django
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from publishing.backups import archive
from publishing.backups.problems import BackupError

FORMAT = 1
KINDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
# Settings that say what the site was. Never one that may hold a password or a key, as addresses of servers do.
TOLD = (
    *("SITE_URL", "EXTRA_HOSTS", "TIME_ZONE", "WORKERS", "MAIL_FROM", "REQUIRE_TOTP"),
    *("ENQUIRY_DAYS", "SPAM_DAYS", "TRASH_DAYS", "VOTE_REASON_DAYS"),
    *("API_QUOTA_ADDRESS", "API_QUOTA_KEY", "API_QUOTA_SECONDS", "CATALOG_IMPORT_HOLD"),
    *("BACKUP_HOURS", "BACKUP_KEEP"),
)


@dataclass(frozen=True)
class Manifest:
    """`tables` are numbers of rows by table, `migrations` pairs of app and name, `files` and `bytes` are of uploads."""

    format: int
    vitrine: str
    django: str
    made_at: str
    database: str
    database_version: str
    migrations: list
    tables: dict
    left_out: list
    files: int
    bytes: int
    settings: dict

    @property
    def text(self) -> str:
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.made_at)


def manifest_now(tables: dict, left_out: list, files: int, size: int, made_at: datetime) -> Manifest:
    """Of what was just taken: `tables` must be of the copy, not of the database, which others go on writing to."""
    return Manifest(
        FORMAT,
        tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"],
        django.get_version(),
        made_at.isoformat(),
        connection.vendor,
        ".".join(str(part) for part in connection.get_database_version()),
        sorted(MigrationRecorder(connection).applied_migrations()),
        tables,
        left_out,
        files,
        size,
        {name: getattr(settings, name) for name in TOLD},
    )


def manifest_of(path: Path) -> Manifest:
    """Read it from a file that is whole. Raises BackupError where it is of another program, or of a newer one."""
    try:
        said = json.loads(archive.text_of(path, archive.MANIFEST))
        if said["format"] != FORMAT:
            raise BackupError(f"{path} was made by another version of Vitrine, {said['vitrine']}: use that one.")
        manifest = Manifest(**said)
        _ = manifest.moment, KINDS[manifest.database]
    except (ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{path} is no backup of Vitrine: its list of contents makes no sense.") from error
    return manifest


def refuse_what_does_not_fit(path: Path, manifest: Manifest):
    """Raise BackupError where the backup cannot be restored by this program into this database."""
    if manifest.database != connection.vendor:
        raise BackupError(
            f"{path} holds a database of {KINDS[manifest.database]}, and DATABASE_URL leads to "
            f"{KINDS[connection.vendor]}: restore it into a database of its own kind."
        )
    loader = MigrationLoader(None, ignore_no_migrations=True)
    known = set(loader.disk_migrations)
    known.update(old for migration in loader.disk_migrations.values() for old in migration.replaces)
    unknown = [f"{app}.{name}" for app, name in manifest.migrations if (app, name) not in known]
    if unknown:
        raise BackupError(
            f"{path} was made by a newer Vitrine ({manifest.vitrine}, Django {manifest.django}): this one does not "
            f"know {', '.join(unknown[:3])}{' and others' if len(unknown) > 3 else ''}. Upgrade first, then restore."
        )


def summary(manifest: Manifest) -> str:
    moment = timezone.localtime(manifest.moment)
    rows = sum(manifest.tables.values())
    return (
        f"A backup of {manifest.settings['SITE_URL']} of {moment:%-d %B %Y, %H:%M %Z}, made by Vitrine "
        f"{manifest.vitrine} on {KINDS[manifest.database]} {manifest.database_version}: {rows:,} rows in "
        f"{len(manifest.tables)} tables, {manifest.files:,} uploaded files."
    )
