"""Which site a command of manage.py acts on: checked and named before the command runs."""

import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.db import DatabaseError, connection

from config import environment

# These act on a site that exists. Anywhere else they would first make a folder, a secret key and an empty database.
NEEDS_SITE = {
    *("audit_feed", "backup", "changepassword", "check_database", "clearsessions", "createsuperuser"),
    *("downgrade_feed", "dumpdata", "import_feed", "new_feed_epoch", "reindex", "restore"),
}
# These name no site: they concern the code, or are the site itself, whose output is its log.
UNNAMED = {
    *("check", "check_migrations", "collectstatic", "findstatic", "help", "makemigrations", "run_due", "runserver"),
    *("serve", "snapshot", "worker", "--help", "--version", "--regular", "--check"),
}
NEW_SITE = "--new-site"


def needs_site(arguments: list[str]) -> bool:
    return bool(NEEDS_SITE & set(arguments[:1])) and not {NEW_SITE, "--check", "--help"} & set(arguments)


def refuse_missing_folder(arguments: list[str]) -> None:
    """Exit if the command needs a site and its folder has none. Call it before the settings, which make the folder."""
    folder = environment.data_folder(os.environ.get("DATA_DIR", ""), Path(__file__).resolve().parent.parent / "var")
    has_key = bool(os.environ.get("SECRET_KEY")) or (folder / environment.KEY_FILE).is_file()
    if needs_site(arguments) and not (has_key and (folder / "media").is_dir()):
        sys.exit(f"There is no site in {folder} (DATA_DIR). {remedy(arguments)}")


def name_site(arguments: list[str]) -> None:
    """Write the database and the folder to standard error. Exit if their state is not as the command needs it."""
    if arguments and not UNNAMED & set(arguments):
        print(f"{arguments[0]}: {named_database()}, folder {settings.DATA_DIR}", file=sys.stderr)
    if needs_site(arguments) or NEW_SITE in arguments:
        django.setup()  # before queries; the command would do it anyway
    if needs_site(arguments) and is_database_empty():
        sys.exit(f"This database is missing or empty, so there is no site. {remedy(arguments)}")
    if NEW_SITE in arguments and not is_database_empty():
        sys.exit(f"There is a site in this database already: restore without {NEW_SITE} to replace it.")


def named_database() -> str:
    """Return kind, name and place of the database, without its password."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"SQLite database {database['NAME']}"
    port = f":{database['PORT']}" if database["PORT"] else ""
    place = f" at {database['HOST']}{port}" if database["HOST"] else ""
    account = f" as {database['USER']}" if database["USER"] else ""
    return f"PostgreSQL database {database['NAME']}{place}{account}"


def is_database_empty() -> bool:
    """Return whether there are no tables. A damaged database, or one that does not answer, is not called empty."""
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        return True  # connecting would make the file
    try:
        return not connection.introspection.table_names()
    except DatabaseError:
        return False
    finally:
        connection.close()


def remedy(arguments: list[str]) -> str:
    advice = "Are DATA_DIR and DATABASE_URL set as for the site? The command `vitrine` reads its settings."
    return f"{advice} To make a new site of the backup, add {NEW_SITE}." if arguments[0] == "restore" else advice
