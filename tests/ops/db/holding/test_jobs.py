"""No job holds the write lock of SQLite for more than a second on a site of 20,000 models."""

import json
import os
import subprocess
import sys

import pytest

from tests.config.running import PROJECT, environment

pytestmark = [pytest.mark.race, pytest.mark.only_on("sqlite")]
MODELS = int(os.environ.get("MODELS", "20000"))
MOST_SECONDS = 1.0  # of processor time


def test_no_transaction_of_a_job_takes_more_than_a_second_on_a_large_site(tmp_path):
    own = environment(DATA_DIR=tmp_path) | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-W", "ignore", "-m", "tests.ops.db.holding.jobs", str(MODELS)]
    done = subprocess.run(command, cwd=PROJECT, env=own, capture_output=True, text=True, timeout=7_200)
    assert done.returncode == 0, done.stderr[-6_000:]
    longest = json.loads(done.stdout.splitlines()[-1])
    print("\n".join(f"{name}: {words} (the longest of {number})" for name, (_, words, number) in longest.items()))
    assert len(longest) > 15
    assert {name: words for name, (seconds, words, _) in longest.items() if seconds > MOST_SECONDS} == {}
