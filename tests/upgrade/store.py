"""Make what is in `stored/` anew: `DATABASE_URL=postgres://… python -m tests.upgrade.store`, in a clone with history.

Version 0.2 itself makes a site on SQLite and one on PostgreSQL 15, with its starter content but without the snapshot
of models.dev, which would be most of the bytes. Each is stored as it is, and as the backup that 0.2 makes of it.
"""

import gzip
import lzma
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.config.running import PROJECT
from tests.upgrade.databases import empty_database
from tests.upgrade.released import CODE, COMMIT, FACTS, STORED, Released, backup_of, site_of

FILL = Path(__file__).with_name("fill_0_2.py")
LEFT_OUT = [":!tests", ":!docs/pictures"]


def store_code() -> None:
    command = ["git", "archive", "--format=tar", COMMIT, "--", ".", *LEFT_OUT]
    CODE.write_bytes(lzma.compress(subprocess.check_output(command, cwd=PROJECT), preset=9))


def store_site(released: Released, vendor: str, data_dir: Path, settings: dict) -> str:
    """Make a site, store it and its backup; return the facts about it as JSON."""
    settings = {"DATA_DIR": data_dir, **settings}
    released.run("manage.py", "migrate", "--verbosity=0", **settings)
    released.run("manage.py", "load_starter", **settings)
    facts = released.run(FILL, **settings)
    released.run("manage.py", "audit_feed", **settings)
    released.run("manage.py", "backup", **settings)
    (backup,) = (data_dir / "backups").glob("*.tar.gz")
    with gzip.open(backup) as content, gzip.GzipFile(backup_of(vendor), "wb", mtime=0) as smaller:
        smaller.write(content.read())
    if vendor == "postgresql":
        dump = ["pg_dump", "--format=custom", "--compress=0", "--no-owner", "--no-privileges"]
        subprocess.run([*dump, f"--file={data_dir / 'database.pgdump'}", settings["DATABASE_URL"]], check=True)
    else:
        # Closes the database, so that all is in its one file.
        subprocess.run(["sqlite3", str(data_dir / "vitrine.sqlite3"), "PRAGMA journal_mode = DELETE"], check=True)
    with tarfile.open(site_of(vendor), "w:xz", preset=9) as tar:
        for name in ("media", "database.pgdump" if vendor == "postgresql" else "vitrine.sqlite3"):
            tar.add(data_dir / name, name)
    return facts


def main() -> None:
    if not os.environ.get("DATABASE_URL"):
        sys.exit("Set DATABASE_URL to a database of PostgreSQL 15, beside which another is made.")
    STORED.mkdir(exist_ok=True)
    store_code()
    with TemporaryDirectory() as folder, empty_database("stored") as address:
        released = Released(Path(folder, "code"))
        sites = {"sqlite": {}, "postgresql": {"DATABASE_URL": address}}
        facts = [
            f'"{vendor}": {store_site(released, vendor, Path(folder, vendor), settings)}'
            for vendor, settings in sites.items()
        ]
    FACTS.write_text("{" + ",\n".join(facts) + "}\n")
    for path in sorted(STORED.iterdir()):
        print(f"{path.stat().st_size:>10,}  {path.name}")


if __name__ == "__main__":
    main()
