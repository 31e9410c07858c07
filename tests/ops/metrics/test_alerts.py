"""A real Prometheus loads the shipped rules, reads what the site tells of itself, and fires each alert once."""

import json
import re
import shutil
import subprocess
import threading
import time
import urllib.request
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from django.db import OperationalError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from catalog.models import Provider
from ops.jobs.scheduler import HEARTBEAT
from ops.metrics import readings, requests
from ops.models import DueJob
from tests import factories
from tests.config.running import PROJECT, free_port
from tests.ops.metrics.test_metrics import TOKEN, urlpatterns  # noqa: F401 (the URLs of `figures`)

pytestmark = [pytest.mark.whole, pytest.mark.django_db]
RULES = PROJECT / "config" / "deploy" / "prometheus" / "vitrine.rules.yml"
CONFIGURATION = """\
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [vitrine.rules.yml]
scrape_configs:
  - job_name: vitrine
    metrics_path: /metrics
    static_configs: [{{targets: ["127.0.0.1:{target}", "127.0.0.1:{closed}"]}}]
"""


class Exporter(ThreadingHTTPServer):
    """Serves `text`, the metrics as the site told them last."""

    text = b""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.server.text)

    def log_message(self, *_):
        """Nothing: the tests print no requests."""


@pytest.fixture
def prometheus(tmp_path):
    """The exporter, and a function that returns the names of the firing alerts, which do not wait for their `for`."""
    program = shutil.which("prometheus")
    assert program, "install the package prometheus"
    exporter, port = Exporter(), free_port()
    (tmp_path / "vitrine.rules.yml").write_text(re.sub(r"for: \w+", "for: 0s", RULES.read_text()))
    configuration = CONFIGURATION.format(target=exporter.server_port, closed=free_port())
    (tmp_path / "prometheus.yml").write_text(configuration)
    options = ["--config.file=prometheus.yml", "--storage.tsdb.path=data", f"--web.listen-address=127.0.0.1:{port}"]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen([program, *options], cwd=tmp_path, stderr=log)

    def firing() -> set[str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/alerts", timeout=5) as answer:
                alerts = json.load(answer)["data"]["alerts"]
        except OSError:  # it has not started yet
            assert process.poll() is None, (tmp_path / "log").read_text()
            return set()
        return {alert["labels"]["alertname"] for alert in alerts if alert["state"] == "firing"}

    yield SimpleNamespace(exporter=exporter, firing=firing)
    process.kill()
    process.wait()
    exporter.shutdown()


def test_each_alert_fires(prometheus, client, settings, tmp_path, monkeypatch):
    settings.METRICS_TOKEN, settings.DATA_DIR, settings.ROOT_URLCONF = TOKEN, tmp_path, "tests.ops.metrics.test_metrics"
    settings.BACKUP_KEEP, now = 7, timezone.now()
    factories.world()
    beat = DueJob.objects.create(name=HEARTBEAT, claimed_at=now, finished_at=now)
    backup = DueJob.objects.create(name="backup", claimed_at=now, finished_at=now)

    def tell():
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        prometheus.exporter.text = answer.content

    def queue(status: str, count: int):
        for _ in range(count):
            DBTaskResult.objects.create(task_path="app.task", status=status, args_kwargs={}, backend_name="default")

    def lose_database():
        monkeypatch.setattr(readings, "_answers", lambda: False)
        monkeypatch.setattr(readings, "_tasks", refuse)

    def refuse(*_):
        raise OperationalError("away")

    def every_second(done):
        return lambda: [done() for _ in range(5)]

    fill = SimpleNamespace(free=1, total=100)
    provoked = {
        "VitrineDown": (lambda: None, None),
        "VitrineWorkerSilent": (lambda: DueJob.objects.filter(pk=beat.pk).update(finished_at=now - timedelta(1)), None),
        "VitrineBackupOld": (lambda: DueJob.objects.filter(pk=backup.pk).delete(), None),
        "VitrineJobFailing": (lambda: DueJob.objects.create(name="app.bad", claimed_at=now, error="Full."), None),
        "VitrineTasksFailed": (lambda: queue("FAILED", 1), None),
        "VitrineTasksWaiting": (None, lambda: queue("READY", 30)),
        "VitrineFeedBehind": (None, lambda: Provider.objects.update(summary=f"New at {time.monotonic()}.")),
        "VitrineQuotaUsedUp": (None, every_second(lambda: requests.note_refusal("key"))),
        "VitrineErrors": (None, every_second(lambda: requests.note_request("/faq/", 500, 0.1, ""))),
        "VitrineSlow": (None, every_second(lambda: requests.note_request("/faq/", 200, 3, ""))),
        "VitrineDiskNearlyFull": (
            lambda: monkeypatch.setattr(readings.shutil, "disk_usage", lambda folder: fill),
            None,
        ),
        "VitrineDatabaseDown": (lose_database, None),
    }
    assert set(re.findall(r"alert: (\w+)", RULES.read_text())) == set(provoked)
    # From the beginning, or "for half an hour" would include a moment at which nothing waited.
    for _, always in provoked.values():
        if always:
            always()
    tell()
    for name, (once, always) in provoked.items():
        if once and name != "VitrineDown":
            tell()
            time.sleep(2)
            assert name not in prometheus.firing(), f"{name} fired without a cause"
        if once:
            once()
        deadline = time.monotonic() + 60
        while name not in prometheus.firing():
            assert time.monotonic() < deadline, f"{name} did not fire: {sorted(prometheus.firing())}"
            if always:
                always()
            tell()
            time.sleep(0.5)
