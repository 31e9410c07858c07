"""During a long save, others wait at most a second: SQLite has one write lock."""

import json
import subprocess
import sys

import pytest

from tests.config.running import PROJECT, environment, manage

pytestmark = [pytest.mark.race, pytest.mark.only_on("sqlite")]
LONG = ("preview", "autosave", "save", "models")


def worker(kind: str, settings: dict) -> subprocess.Popen:
    own = environment(**settings) | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-W", "ignore", "-m", "tests.ops.db.holding.worker", kind]
    return subprocess.Popen(
        command, cwd=PROJECT, env=own, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )


def tell(process: subprocess.Popen):
    process.stdin.write("\n")
    process.stdin.flush()


def test_others_save_and_write_to_us_within_a_second_while_long_work_goes_on(tmp_path):
    settings = {"DATA_DIR": tmp_path}
    assert manage("migrate", **settings).returncode == 0
    assert worker("set up", settings).wait(300) == 0
    workers = {kind: worker(kind, settings) for kind in (*LONG, "others")}
    try:
        for process in workers.values():
            assert process.stdout.readline() == "ready\n"
        tell(workers["others"])
        for kind in LONG:
            tell(workers[kind])
        taken = {kind: json.loads(workers[kind].stdout.readline()) for kind in LONG}
        tell(workers["others"])
        waits = json.loads(workers["others"].stdout.readline())
    finally:
        for process in workers.values():
            process.kill()
    print({kind: [round(seconds, 1) for seconds in found] for kind, found in taken.items()})
    print("others, the slowest:", [round(seconds, 2) for seconds in sorted(waits)[-8:]], "of", len(waits))
    assert len(waits) >= 10
    assert max(waits) < 1, f"{max(waits):.1f} s of {len(waits)}; the long work took {taken}"
