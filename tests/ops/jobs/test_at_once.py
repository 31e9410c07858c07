"""Four processes run the due jobs at the same moment, each with its own connections: everything happens once."""

import json
import subprocess
import sys

import pytest

from tests.config.running import PROJECT, environment

pytestmark = pytest.mark.race


@pytest.fixture(scope="module")
def told(tmp_path_factory, database_for):
    own = environment(**database_for(tmp_path_factory.mktemp("at-once") / "data"))
    command = [sys.executable, "-m", "tests.ops.server.killing.at_once"]
    done = subprocess.run(command, cwd=PROJECT, env=own, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-6_000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("way", ["claimed", "unclaimed"])
def test_each_update_and_mail_happens_once(told, way):
    here = told[way]
    assert here["codes"] == [0, 0, 0, 0]
    assert here["counts"]["update"] == [1] * told["updates"]
    assert here["counts"]["mail"] == [1] * told["mails"]
    assert here["redirects"] == here["new"] == told["updates"]
    assert here["left"] == 0


def test_each_job_is_run_by_one_of_them(told):
    assert told["claimed"]["counts"]["job"] == [1] * told["jobs"]
