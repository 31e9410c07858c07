"""An import, and the worker that applies a held one, are killed at random: they end as one that nobody disturbed."""

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
    return lambda name: {**database_for(tmp_path / name), "BACKUP_KEEP": 0}


def output_of(site: dict, module: str, *arguments) -> dict:
    """Run a module beside this one on the site; return the JSON that it prints last."""
    command = [sys.executable, "-m", f"tests.catalog.importers.{module}", *map(str, arguments)]
    own = environment(**site) | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    run = subprocess.run(command, cwd=PROJECT, env=own, capture_output=True, text=True, timeout=900)
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
    seconds, again = imported(calm, feed), imported(calm, feed)
    killed = while_writing = 0
    for number in range(KILLS):
        # Each import first compares what those before it wrote: half of a repetition is start-up. Then it writes a bit.
        compared, written = (0.5 + 0.5 * number / KILLS) * again, 2 * max(seconds - again, 0) / KILLS
        is_killed = killed_after(compared + chance.uniform(0, written), busy, "import_feed", feed)
        while_writing += is_killed and killed == number
        killed += is_killed
    imported(busy, feed)
    wanted, found = output_of(calm, "rows"), output_of(busy, "rows")
    assert all(wanted["rows"].values())
    assert found["rows"] == wanted["rows"]
    assert "running" not in found["runs"]
    hits = found["runs"].count("interrupted")  # the others came during start-up
    assert hits >= KILLS // 3
    print(
        f"\n{connection.vendor}: of {KILLS} imports {killed} were killed, {hits} at work, "
        f"{while_writing} before one had written all; {seconds:.1f} s, again {again:.1f} s."
    )


def test_a_worker_that_was_killed_again_and_again_applies_each_difference_once(site):
    calm, busy = site("calm"), site("busy")
    whole = output_of(calm, "applying", 0, 0)
    mended = output_of(busy, "applying", KILLS, 1.5 * whole["seconds"] / KILLS)
    assert whole["wrong"] == mended["wrong"] == []
    assert mended["kills"] >= KILLS // 3
    wanted, found = output_of(calm, "rows"), output_of(busy, "rows")
    assert wanted["runs"] == found["runs"] == ["done", "done"]
    assert found["rows"] == wanted["rows"]
    print(f"\n{connection.vendor}: {mended['kills']} workers were killed, of {whole['seconds']:.1f} s each.")
