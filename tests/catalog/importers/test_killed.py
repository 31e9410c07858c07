"""An import is killed at random: a repetition ends as one that nobody disturbed."""

import contextlib
import json
import os
import random
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection

from tests.config.running import PROJECT, environment, manage

pytestmark = pytest.mark.race
KILLS = int(os.environ.get("KILLS", "30"))
PROVIDERS = 10


@pytest.fixture(scope="module")
def feed(tmp_path_factory):
    """A file of some providers of models.dev."""
    whole = json.loads((settings.BASE_DIR / "catalog" / "starter" / "models_dev.json").read_bytes())
    largest = sorted(whole["providers"], key=lambda name: -len(whole["providers"][name]["models"]))[:PROVIDERS]
    path = tmp_path_factory.mktemp("feed") / "api.json"
    path.write_text(json.dumps(whole | {"providers": {name: whole["providers"][name] for name in largest}}))
    return path


@pytest.fixture
def site(tmp_path, database_for):
    """A function that returns the settings of one more site, migrated and empty, by its name."""
    return lambda name: database_for(tmp_path / name)


def state_of(site: dict) -> dict:
    command = [sys.executable, "-m", "tests.catalog.importers.rows"]
    own = environment(**site) | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    run = subprocess.run(command, cwd=PROJECT, env=own, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr[-3_000:]
    return json.loads(run.stdout.splitlines()[-1])


def killed_after(seconds: float, site: dict, *arguments) -> bool:
    """Run a command for so long; return whether it was killed, not done by then."""
    command = [sys.executable, "manage.py", *map(str, arguments)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=PROJECT, env=environment(**site), start_new_session=True, **quiet)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    was_running = process.poll() is None
    process.kill()
    process.wait()
    return was_running


def imported(site: dict, feed) -> float:
    """Import the file to the end; return the seconds that it took."""
    begun = time.monotonic()
    run = manage("import_feed", str(feed), **site)
    assert run.returncode == 0, run.stderr
    return time.monotonic() - begun


def test_an_import_that_was_killed_again_and_again_ends_as_one_that_was_not(site, feed):
    calm, busy, chance = site("calm"), site("busy"), random.Random(2026)
    seconds = imported(calm, feed)
    killed = sum(killed_after(chance.uniform(0.2, 1.0) * seconds, busy, "import_feed", feed) for _ in range(KILLS))
    assert killed >= KILLS // 3
    imported(busy, feed)
    whole, mended = state_of(calm), state_of(busy)
    assert all(whole["rows"].values())
    assert mended["rows"] == whole["rows"]
    assert "running" not in mended["runs"]
    print(f"\n{connection.vendor}: {killed} of {KILLS} imports were killed, of {seconds:.1f} s each.")
