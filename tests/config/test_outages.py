"""A served site: its database goes away and comes back, and it is told to stop while it is answering."""

import http.client
import json
import os
import signal
import subprocess
import threading
from urllib.parse import urlsplit

import pytest

from ops.management.commands.serve import server
from ops.server.supervisor import answers
from tests.config.gate import Gate
from tests.config.running import PROJECT, Site, environment, free_port
from tests.waiting import wait_until

pytestmark = pytest.mark.whole
ASKED = "asked slowly"  # what tests.config.slow prints


@pytest.mark.only_on("postgresql")  # SQLite is a file, which is opened once
def test_the_database_goes_and_comes_back_without_a_restart(tmp_path, database_for):
    settings = database_for(tmp_path / "data")
    address = urlsplit(settings["DATABASE_URL"])
    gate = Gate(address.hostname, address.port or 5432)
    gate.open()
    account = address.netloc.rpartition("@")[0]
    through = address._replace(netloc=f"{account}@127.0.0.1:{gate.port}").geturl()
    data_dir = settings.pop("DATA_DIR")
    with Site(data_dir, **settings | {"DATABASE_URL": through, "WORKERS": 2, "LOG_FORMAT": "json"}) as site:
        for _ in range(2):
            for _ in range(20):  # both processes and all of their threads have a connection
                assert site.status("/?anew") == 200
                assert site.status("/faq/") == 200
            gate.shut()
            for path in ("/?anew", "/articles/?anew", "/api/v1/articles/"):
                response = site.get(path)
                assert (response.status, response.headers["Retry-After"]) == (503, "30")
                assert response.headers["Cache-Control"] == "no-store"
            assert {site.status("/faq/") for _ in range(20)} == {200}  # cached pages are still served
            assert site.status("/healthz") == 200
            assert json.loads(site.get("/readyz").body)["database"] == "does not answer"
            # Its tasks or its jobs notice first; repeats of the same error are dropped.
            site.wait_for('"logger": "ops.management.commands.worker"')
            gate.open()
            # The first request to use it, in any process and thread.
            assert {site.status("/?anew") for _ in range(20)} == {200}
            assert site.status("/readyz") == 200
        events = [json.loads(line) for line in site.said().splitlines() if line.startswith("{")]
        assert "Traceback" not in site.said()
        assert "task worker ended" not in site.said()
        lines = [event for event in events if "Service Unavailable" in event["message"]]
        assert 8 <= len(lines) <= 16  # a line for each request that failed: four at least in each outage


def test_what_is_being_answered_is_answered_before_the_server_stops(tmp_path):
    port = free_port()
    (tmp_path / "static").mkdir()
    command = server("127.0.0.1", port)
    command[command.index("config.wsgi:application")] = "tests.config.slow:application"
    process = subprocess.Popen(
        command, cwd=PROJECT, env=environment(DATA_DIR=tmp_path, LOG_FORMAT="json"), stderr=subprocess.PIPE, text=True
    )
    wait_until(lambda: answers("127.0.0.1", port), seconds=60)
    statuses, said = [], []

    def ask():
        site = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        site.request("GET", "/healthz?slowly")
        statuses.append(site.getresponse().status)

    asking = [threading.Thread(target=ask) for _ in range(3)]
    for one in asking:
        one.start()
    while said.count(ASKED) < 3:
        said.append(process.stderr.readline().strip())
        assert process.poll() is None
    os.kill(process.pid, signal.SIGTERM)
    for one in asking:
        one.join(30)
    assert statuses == [200, 200, 200]
    said += process.communicate(timeout=30)[1].splitlines()
    assert process.returncode == 0
    # The log lines of the server itself have the same form.
    assert all(json.loads(line)["logger"] for line in said if line != ASKED)


def test_the_server_logs_in_the_form_that_is_asked_for_and_counts_for_all_of_its_processes(tmp_path):
    token = "a-token-of-the-metrics"
    chosen = {"LOG_FORMAT": "json", "METRICS_TOKEN": token, "WORKERS": 2}
    with Site(tmp_path / "data", **chosen) as site:
        for _ in range(20):
            assert site.status("/preview/MTc6YWJj:c2lnbmF0dXJl/?password=hunter2hunter2") == 404
        asked = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
        asked.request("GET", "/metrics", headers={"Authorization": f"Bearer {token}"})
        figures = asked.getresponse().read().decode()
        asked.close()
    assert 'vitrine_requests_total{kind="preview",outcome="4xx"} 20.0\n' in figures
    assert not {"c2lnbmF0dXJl", "hunter2hunter2", token} & set(site.said().split('"'))
    assert "hunter2" not in site.said()
