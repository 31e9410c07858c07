"""Version 0.2 as it was released: its code, and the databases and backups that it made."""

import subprocess
import sys
import tarfile
from pathlib import Path

from tests.config.running import PROJECT, environment

COMMIT = "0774e7f1"
STORED = Path(__file__).with_name("stored")
CODE = STORED / "0.2-code.tar.xz"
FACTS = STORED / "0.2-facts.json"
SECRET_KEY = "of the stored databases"


def site_of(vendor: str) -> Path:
    """Return the archive of a data folder, with the database: `vitrine.sqlite3`, or a dump by PostgreSQL 15."""
    return STORED / f"0.2-{vendor}.tar.xz"


def backup_of(vendor: str) -> Path:
    """Return the file that `manage.py backup` made of the same site."""
    return STORED / f"0.2-{vendor}-backup.tar.gz"


def unpack(archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")


def pins(requirements: Path) -> list[str]:
    return [line for line in requirements.read_text().splitlines() if not line.strip().startswith("#")]


class Released:
    """The unpacked code of version 0.2, with an environment of its own if its requirements differ from today's."""

    def __init__(self, folder: Path):
        self.folder = folder
        unpack(CODE, folder)
        self.python = sys.executable
        if pins(folder / "requirements.txt") != pins(PROJECT / "requirements-dev.txt"):
            subprocess.run(["sh", "config/venv.sh"], cwd=folder, check=True)
            self.python = str(folder / ".venv" / "bin" / "python")

    def environment(self, **settings) -> dict[str, str]:
        own = {"PYTHONPATH": str(self.folder), "DJANGO_SETTINGS_MODULE": "config.settings"}
        return environment(**{"SECRET_KEY": SECRET_KEY, **settings}) | own

    def run(self, *arguments: str | Path, **settings) -> str:
        """Run Python with this code, a command of `manage.py` or a script; return what it prints."""
        command = [self.python, *map(str, arguments)]
        run = subprocess.run(
            command, cwd=self.folder, env=self.environment(**settings), capture_output=True, text=True, timeout=600
        )
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout
