"""The server is killed at random while editors save: acknowledged saves are stored, and no publication is partial.

The control: with publications that are not one transaction the same rounds fail. `make race` runs both.
"""

import json
import os
import subprocess
import sys

import pytest
from django.db import connection

from tests.config.running import PROJECT, environment

pytestmark = pytest.mark.race

ROUNDS = int(os.environ.get("KILLS", "30"))


@pytest.fixture
def rounds(tmp_path, database_for):
    """A function that runs the given number of rounds on a separate database and returns the outcome."""

    def run(number: int, site: str) -> dict:
        command = [sys.executable, "-m", "tests.ops.server.killing.rounds", str(number), site]
        own = environment(**database_for(tmp_path / "data"))
        done = subprocess.run(command, cwd=PROJECT, env=own, capture_output=True, text=True, timeout=1_200)
        assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-6_000:]
        outcome = json.loads(done.stdout.splitlines()[-1])
        print(f"\n{connection.vendor}, {site}: {outcome}")
        return outcome

    return run


def test_what_was_acknowledged_is_there_and_nothing_is_half_published(rounds):
    outcome = rounds(ROUNDS, "whole")
    assert outcome["wrong"] == []
    assert outcome["rounds"] == ROUNDS
    assert set(outcome["acknowledged"]) == {"save", "publish", "schedule"}
    assert sum(outcome["acknowledged"].values()) > ROUNDS
    assert outcome["updates"] > 0
    assert outcome["sees_loss"]


def test_the_rounds_tell_when_a_publication_is_not_one_transaction(rounds):
    outcome = rounds(ROUNDS, "torn")
    assert any("are not those of the version" in problem for problem in outcome["wrong"]), outcome
