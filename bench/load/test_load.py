"""Two hundred mixed requests a second while a server process is killed, an import runs, Redis stops and starts.

RATE and SECONDS set the rate and duration; `make load` has 200 and 60.
"""

import json
import os
import subprocess
import sys
import time

import pytest
from django.db import connection

from bench.load.stage import (
    METRICS_TOKEN,
    MIX,
    PROCESSES,
    Load,
    Mishaps,
    content,
    in_project,
    kill_one,
    page_cache_of,
    server_workers,
)
from bench.load.traffic import SAVES, THREADS
from tests.config.running import PROJECT, Site, environment
from tests.ops.redis_server import redis_server  # noqa: F401

pytestmark = pytest.mark.race
RATE, SECONDS = int(os.environ.get("RATE", "60")), int(os.environ.get("SECONDS", "10"))
LOSE = """
from publishing.models import Revision
Revision.objects.update(content={})
print("{}")
"""
FEED = os.environ.get("LOAD_IMPORT", "")


def feed_of_models(folder) -> str:
    """The file that LOAD_IMPORT names, in the format of models.dev, otherwise one of 300 models."""
    if FEED:
        return FEED
    models = {
        f"load-{number}": {
            "id": f"load-{number}",
            "name": f"Load {number}",
            "attachment": False,
            "reasoning": False,
            "tool_call": True,
            "open_weights": False,
            "modalities": {"input": ["text"], "output": ["text"]},
            "cost": {"input": number / 100, "output": number / 50},
            "limit": {"context": 1000 + number, "output": 1000},
        }
        for number in range(300)
    }
    file = folder / "feed.json"
    provider = {"id": "load", "name": "Load", "env": [], "npm": "", "doc": "https://example.com/", "models": models}
    file.write_text(json.dumps({"load": provider}))
    return str(file)


@pytest.fixture
def served(tmp_path, database_for, redis_server):  # noqa: F811
    """A served site on a separate database, with Redis, and its settings."""
    settings = database_for(tmp_path / "data") | {"CACHE_URL": redis_server.url, "WORKERS": 2}
    settings["METRICS_TOKEN"] = METRICS_TOKEN
    world = content(settings)  # before the start, which would otherwise load the starter content
    data_dir = settings.pop("DATA_DIR")
    with Site(data_dir, **settings) as site:
        yield site, settings | {"DATA_DIR": data_dir}, world


def test_no_request_fails_while_things_break(served, redis_server, tmp_path):  # noqa: F811
    site, settings, world = served
    load = Load(tmp_path, site, settings, world, RATE, SECONDS)
    before = server_workers(site)
    assert len(before) == 2
    imports = []

    def begin_import():
        command = [sys.executable, "manage.py", "import_feed", feed_of_models(tmp_path)]
        imports.append(subprocess.Popen(command, cwd=PROJECT, env=environment(**settings), stdout=subprocess.DEVNULL))

    mishaps = Mishaps(
        SECONDS,
        [
            (0.15, "an import begins", begin_import),
            (0.3, "a server process is killed", lambda: kill_one(site)),
            (0.45, "Redis stops", redis_server.stop),
            (0.75, "Redis starts", redis_server.start),
        ],
    )
    outcome = load.run(mishaps)
    outcome["page cache"] = page_cache_of(site)
    print(f"\n{connection.vendor}, {RATE} requests a second for {SECONDS} s: {json.dumps(outcome)}")
    assert imports[0].wait(300) == 0
    assert outcome["failed mishaps"] == []
    assert len(outcome["mishaps"]) == 4
    assert outcome["errors"] == outcome["refused"] == []
    assert outcome["lost"] == outcome["not shown"] == []
    assert outcome["saves"] > 0
    assert outcome["page cache"]["hit"] > 0
    assert outcome["requests"] == RATE * SECONDS
    # A server that is too slow answers late without an error: then the load was lower than requested.
    assert outcome["answered a second"] > 0.9 * RATE
    # A killed process cuts its connections: at most one for each thread, and all were answered when sent again.
    assert sum(outcome["cut and answered when sent again"].values()) <= PROCESSES * THREADS
    deadline = time.monotonic() + 15
    while len(server_workers(site)) < 2:  # the killed process was replaced
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert "Traceback" not in site.said()


def test_load_tells_what_fails_and_what_is_lost(served, tmp_path):
    """The control: the test above would notice errors and lost saves."""
    site, settings, world = served
    mishaps = Mishaps(
        10,
        [
            (0.8, "the site ends", site.stop),
            (0.8, "what was saved is lost", lambda: in_project(LOSE, settings)),
        ],
    )
    many_saves = MIX | {SAVES: 20}
    outcome = Load(tmp_path, site, settings, world, 60, 10, many_saves).run(mishaps)
    assert outcome["failed mishaps"] == []
    assert outcome["requests"] == 600
    assert {status for _, status, *_ in outcome["errors"]} == {0}
    assert outcome["refused"]
    assert len(outcome["lost"]) == outcome["saves"] > 0
