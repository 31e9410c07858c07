"""Metrics for monitoring: only with the token, for all processes together, and without personal data."""

import math
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.urls import path
from django.utils import timezone

from catalog.models import Provider
from config import urls as site
from config.environment import metrics_token
from ops.jobs.scheduler import HEARTBEAT
from ops.metrics import readings, requests
from ops.metrics.requests import PAGE_CACHE, with_request_count
from ops.metrics.views import metrics
from ops.models import DueJob
from tests import factories
from tests.config.running import PROJECT, environment, manage

TOKEN = "a-token-of-the-metrics"
SAMPLE = re.compile(r'vitrine_[a-z_]+(\{[a-z]+="[^"\\]+"(,[a-z]+="[^"\\]+")*\})? (-?[0-9.e+-]+|\+Inf)')
urlpatterns = [path("metrics", metrics, name="metrics"), *site.urlpatterns]


@pytest.fixture
def figures(settings, tmp_path, client, db):
    """A function that requests the metrics and returns the samples by name and labels."""
    settings.METRICS_TOKEN, settings.DATA_DIR, settings.ROOT_URLCONF = TOKEN, tmp_path, __name__
    for figure in (requests.PAGES, requests.REQUESTS, requests.REFUSALS, requests.DURATIONS):
        figure.clear()

    def ask() -> dict[str, float]:
        response = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert response.headers["Cache-Control"] == "no-store"
        lines = response.content.decode().splitlines()
        samples = [line for line in lines if not line.startswith("# ") and "_created{" not in line]
        assert all(SAMPLE.fullmatch(line) for line in samples)
        assert len(set(samples)) == len(samples)
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in samples)}

    return ask


def answer(path, status="200 OK", kept=""):
    def application(environ, start_response):
        if kept:
            environ[PAGE_CACHE] = kept
        start_response(status, [])
        return []

    with_request_count(application)({"REQUEST_METHOD": "GET", "PATH_INFO": path}, lambda *said: None)


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer ü"]
)
def test_nobody_else_is_told(figures, client, given):
    response = client.get("/metrics", headers={"Authorization": given})
    assert response.status_code == 403
    assert response.headers["Cache-Control"] == "no-store"
    assert b"vitrine_" not in response.content


def test_an_empty_token_opens_nothing(figures, client, settings):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 403


def test_without_the_setting_there_is_no_such_address(client, db):
    assert client.get("/metrics", follow=True).status_code == 404


def test_a_token_that_can_be_guessed_ends_the_start(tmp_path):
    for token in ("short", "with spaces in between", "ünïcödé-ünïcödé-ünïcödé"):
        with pytest.raises(ImproperlyConfigured, match="METRICS_TOKEN"):
            metrics_token(token)
    assert metrics_token("") == ""
    assert metrics_token(TOKEN) == TOKEN
    assert "METRICS_TOKEN" in manage("check", DATA_DIR=tmp_path, METRICS_TOKEN="short").stderr


def test_requests_are_counted_by_kind_and_outcome_with_how_long_they_took(figures):
    for _ in range(3):
        answer("/articles/one/")
    answer("/articles/none/", "404 Not Found")
    answer("/", "500 Oh")
    found = figures()
    assert found['vitrine_requests_total{kind="articles",outcome="2xx"}'] == 3
    assert found['vitrine_requests_total{kind="articles",outcome="4xx"}'] == 1
    assert found['vitrine_requests_total{kind="home",outcome="5xx"}'] == 1
    assert found['vitrine_request_seconds_count{kind="articles"}'] == 4
    assert found['vitrine_request_seconds_bucket{kind="articles",le="+Inf"}'] == 4
    buckets = [
        value for name, value in found.items() if name.startswith('vitrine_request_seconds_bucket{kind="articles"')
    ]
    assert buckets == sorted(buckets)
    assert 0 < found['vitrine_request_seconds_sum{kind="articles"}'] < 1


def test_whatever_is_asked_for_there_are_no_more_labels(figures):
    for asked in ("/made-up/", '/"}\n', "/wp-login.php", "/ü/", "//", "/anna@example.com/"):
        answer(asked)
    found = figures()
    assert {kind for name in found for kind in re.findall('kind="([^"]*)"', name)} == {"home", "other"}
    assert found['vitrine_requests_total{kind="other",outcome="2xx"}'] == 5
    assert len(requests.kinds()) < 40
    assert {"articles", "catalog", "faq", "admin", "api", "static", "media"} <= set(requests.kinds())


def test_how_things_stand_is_told(figures):
    DueJob.objects.create(name="one", claimed_at=timezone.now(), error="ValueError: no")
    factories.world()
    Provider.objects.update(summary="New.")
    found = figures()
    assert found["vitrine_database_up"] == 1
    assert found["vitrine_jobs_failing"] == 1
    assert found["vitrine_tasks_waiting"] == found["vitrine_tasks_running"] == found["vitrine_tasks_failed"] == 0
    assert found["vitrine_feed_marks"] > 0
    assert found["vitrine_worker_silent_seconds"] == math.inf  # it has not run yet
    job = DueJob.objects.create(name=HEARTBEAT, claimed_at=timezone.now(), finished_at=timezone.now())
    assert 0 <= figures()["vitrine_worker_silent_seconds"] < 60
    job.finished_at += timedelta(days=400)
    job.save()
    assert figures()["vitrine_worker_silent_seconds"] == math.inf


def test_each_job_is_told_by_name_with_its_outcome_and_duration(figures):
    DueJob.objects.create(name="app.good", claimed_at=timezone.now(), seconds=1.5)
    DueJob.objects.create(name="app.bad", claimed_at=timezone.now(), error="ValueError: no", seconds=0.25)
    found = figures()
    assert (found['vitrine_job_failing{job="app.good"}'], found['vitrine_job_failing{job="app.bad"}']) == (0, 1)
    assert (found['vitrine_job_seconds{job="app.good"}'], found['vitrine_job_seconds{job="app.bad"}']) == (1.5, 0.25)


def test_sizes_of_disk_and_database_are_told(figures):
    found = figures()
    assert 0 < found['vitrine_disk_free_bytes{folder="data"}'] < found['vitrine_disk_bytes{folder="data"}']
    assert found["vitrine_database_bytes"] > 100_000


def test_requests_over_quota_are_counted_and_their_client_is_logged_once(
    figures, client, settings, caplog, frozen_clock
):
    settings.API_QUOTA_ADDRESS = 1
    assert [client.get("/api/v1/").status_code for _ in range(4)] == [200, 429, 429, 429]
    assert figures()['vitrine_quota_refusals_total{quota="address"}'] == 3
    lines = [record.getMessage() for record in caplog.records if "quota" in record.getMessage()]
    assert lines == ["The API quota of 127.0.0.1 is used up: 1 requests in 3600 seconds."]


def test_each_metric_of_the_alert_rules_exists(figures, settings):
    settings.BACKUP_KEEP = 7
    answer("/")
    requests.note_refusal("key")
    DueJob.objects.create(name="app.good", claimed_at=timezone.now())
    names = {name.partition("{")[0] for name in figures()}
    rules = (PROJECT / "config" / "deploy" / "prometheus" / "vitrine.rules.yml").read_text()
    wanted = set(re.findall(r"\bvitrine_[a-z_]+", "\n".join(re.findall(r"expr: (.+)", rules))))
    assert len(wanted) > 8
    assert wanted <= names


def test_without_a_database_the_counts_are_told_still(figures, monkeypatch):
    def away():
        raise OperationalError("away")

    answer("/faq/")
    monkeypatch.setattr(readings, "readings", [readings.Reading("one", "One.", away)])
    monkeypatch.setattr(readings, "_answers", lambda: False)
    found = figures()
    assert found["vitrine_database_up"] == 0
    assert "vitrine_one" not in found
    assert found['vitrine_requests_total{kind="faq",outcome="2xx"}'] == 1


COUNTING = """
import os, signal, sys
import django
django.setup()
from ops.metrics.requests import note_request
for _ in range(int(sys.argv[1])):
    note_request("/faq/", 200, 0.5, "")
print("done", flush=True)
sys.stdin.read(1)
os.kill(os.getpid(), signal.SIGKILL)
"""
ASKING = """
import django
django.setup()
from prometheus_client import generate_latest
from ops.metrics.views import MultiProcessCollector, CollectorRegistry
registry = CollectorRegistry()
MultiProcessCollector(registry)
print(generate_latest(registry).decode())
"""


def test_processes_count_together_and_what_a_killed_one_counted_stays(tmp_path):
    settings = environment(DATA_DIR=tmp_path, METRICS_TOKEN=TOKEN, DJANGO_SETTINGS_MODULE="config.settings")
    run = {"cwd": PROJECT, "env": settings, "stdout": subprocess.PIPE, "text": True}

    def told() -> str:
        found = subprocess.run([sys.executable, "-c", ASKING], check=True, timeout=60, **run).stdout
        assert f'vitrine_request_seconds_sum{{kind="faq"}} {counted / 2}' in found
        return found

    processes, counted = [], 0
    for times in (1_000, 100):
        command = [sys.executable, "-c", COUNTING, str(times)]
        processes.append(subprocess.Popen(command, stdin=subprocess.PIPE, **run))
        assert processes[-1].stdout.readline() == "done\n"
        counted += times
        assert f'vitrine_requests_total{{kind="faq",outcome="2xx"}} {counted:.1f}' in told()
    for process in processes:
        process.communicate("x")
    assert f'vitrine_requests_total{{kind="faq",outcome="2xx"}} {counted:.1f}' in told()


def test_finished_pages_are_counted(figures):
    for kept in ("hit", "hit", "miss", ""):
        answer("/", kept=kept)
    told = figures()
    found = {said: told[f'vitrine_page_cache_requests_total{{found="{said}"}}'] for said in ("hit", "miss")}
    assert found == {"hit": 2, "miss": 1}
    assert told["vitrine_page_cache_bytes"] >= 0


def test_the_age_of_the_last_backup_is_told_also_before_the_first(figures, settings):
    settings.BACKUP_KEEP, settings.BACKUP_HOURS = 7, 24
    found = figures()
    assert (found["vitrine_backup_age_seconds"], found["vitrine_backup_interval_seconds"]) == (math.inf, 86_400)
    an_hour_ago = timezone.now() - timedelta(hours=1)
    DueJob.objects.create(name="backup", claimed_at=an_hour_ago, finished_at=an_hour_ago)
    assert 3600 <= figures()["vitrine_backup_age_seconds"] < 3660
    settings.BACKUP_KEEP = 0
    assert "vitrine_backup_age_seconds" not in figures()
