"""The site under load: its content, an editor's session, the failures, and the results."""

import contextlib
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from bench.load.traffic import FEED, LISTS, PAGES, SAVES, SEARCHES
from tests.config.running import PROJECT, Site, descendants, environment, is_running, read

PROCESSES = 2  # that send the load
EDITORS = 2  # in each of these processes
METRICS_TOKEN = "figures-of-the-load"
# Per thousand requests. At 200 a second there is one save each second, which empties the page cache, as does the
# import.
MIX = {PAGES: 705, LISTS: 120, SEARCHES: 105, FEED: 65, SAVES: 5}
PATHS = {
    LISTS: ["/", "/articles/", "/faq/", "/catalog/"],
    SEARCHES: [f"/search/?q={word}" for word in ("model", "price", "context", "retirement", "tokens", "nothing")],
    FEED: ["/api/v1/changes/?limit=50", "/api/v1/articles/", "/api/v1/"],
}
SIGN_IN = """
import json, sys
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from articles.models import Article
from tests import factories

person = factories.administrator()
session = SessionStore()
session[SESSION_KEY] = str(person.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = person.get_session_auth_hash()
session.save()
cookie = f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
"""
PREPARE = """
from publishing.content.registry import publishable_models

for _ in range(5):
    factories.world()
pages = [r.get_absolute_url() for m in publishable_models() if not m._meta.proxy for r in m.objects.published()[:40]]
articles = [factories.article(slug=f"load-{number}").pk for number in range(int(sys.argv[1]))]
print(json.dumps({"cookie": cookie, "pages": pages, "articles": articles}))
"""
LOOK = """
import json, sys
from django.contrib.contenttypes.models import ContentType
from articles.models import Article
from publishing.models import Revision
asked = json.load(sys.stdin)
kept = {}
for key, title in Revision.objects.filter(record_type=ContentType.objects.get_for_model(Article)).values_list(
    "record_id", "content__fields__title"
):
    kept.setdefault(str(key), set()).add(title)
lost = [mark for key, marks in asked.items() for mark in marks if mark not in kept.get(key, set())]
titles = dict(Article.objects.filter(pk__in=asked).values_list("pk", "title"))
print(json.dumps({"lost": lost, "titles": {str(key): title for key, title in titles.items()}}))
"""
SHELL = "import django; django.setup()\n"


def in_project(code: str, settings: dict, *arguments: str, stdin: str = "") -> dict:
    """Run code in the site's own environment; return the JSON of its last line."""
    variables = environment(**settings) | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", SHELL + code, *arguments]
    done = subprocess.run(command, cwd=PROJECT, env=variables, input=stdin, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3_000:]
    return json.loads(done.stdout.splitlines()[-1])


def server_workers(site: Site) -> list[int]:
    """Return the processes that answer requests: the children of granian's own."""
    here = sorted(pid for pid in descendants(site.process.pid) if "granian" in read(Path(f"/proc/{pid}/cmdline")))
    return sorted(pid for pid in here if any(pid in descendants(other) for other in here if is_running(other)))


def page_cache_of(site: Site) -> dict[str, int]:
    """Return the numbers of hits and misses of the page cache, from the site's own metrics."""
    figures = site.get("/metrics", Authorization=f"Bearer {METRICS_TOKEN}").body.decode()
    pattern = r'^vitrine_page_cache_requests_total\{found="(\w+)"\} (\d+)'
    return {outcome: int(count) for outcome, count in re.findall(pattern, figures, re.MULTILINE)}


def content(settings: dict) -> dict:
    """Fill a new database, and return the values that the load needs."""
    return in_project(SIGN_IN + PREPARE, settings, str(PROCESSES * EDITORS))


class Mishaps(threading.Thread):
    """A thread that causes failures one after the other, each at its part of the time."""

    def __init__(self, seconds: float, plan: list):
        super().__init__(daemon=True)
        self.seconds, self.plan, self.done, self.failed = seconds, plan, [], []

    def run(self):
        begun = time.monotonic()
        for part, name, do in self.plan:
            time.sleep(max(0, begun + part * self.seconds - time.monotonic()))
            try:
                do()
            except Exception as error:  # reported by the test, which would otherwise see no error
                self.failed.append(f"{name}: {error!r}")
            self.done.append((round(time.monotonic() - begun, 1), name))


class Load:
    def __init__(self, folder: Path, site: Site, settings: dict, world: dict, rate: int, seconds: int, mix=MIX):
        self.folder, self.site, self.settings, self.world = folder, site, settings, world
        self.rate, self.seconds, self.mix = rate, seconds, mix

    @contextlib.contextmanager
    def running(self):
        processes = []
        for number in range(PROCESSES):
            plan = {
                "name": f"load {number}",
                "seed": number,
                "port": self.site.port,
                "rate": self.rate / PROCESSES,
                "seconds": self.seconds,
                "cookie": self.world["cookie"],
                "articles": self.world["articles"][number::PROCESSES],
                "mix": self.mix,
                "paths": PATHS | {PAGES: self.world["pages"]},
            }
            file = self.folder / f"plan-{number}.json"
            file.write_text(json.dumps(plan))
            command = [sys.executable, "-m", "bench.load.traffic", str(file)]
            processes.append(subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True))
        try:
            yield processes
        finally:
            for process in processes:
                if process.poll() is None:
                    process.kill()

    def run(self, mishaps: Mishaps) -> dict:
        with self.running() as processes:
            mishaps.start()
            outputs = [process.communicate(timeout=self.seconds + 240)[0] for process in processes]
            assert all(process.returncode == 0 for process in processes)
        mishaps.join(60)
        return self.outcome([json.loads(text.splitlines()[-1]) for text in outputs], mishaps)

    def outcome(self, reports: list[dict], mishaps: Mishaps) -> dict:
        results = [result for report in reports for result in report["results"]]
        acknowledged = {
            address.split("/")[4]: marks for report in reports for address, marks in report["acknowledged"].items()
        }
        stored = in_project(LOOK, self.settings, stdin=json.dumps(acknowledged))
        latest = {key: marks[-1] for key, marks in acknowledged.items() if marks}
        return {
            "requests": len(results),
            "answered a second": round(len(results) / max(taken + due_at for *_, taken, due_at in results), 1),
            # No address redirects for readers: a redirect would be to the sign-in form.
            "errors": [result for result in results if result[1] != (302 if result[0] == SAVES else 200)],
            "refused": [problem for report in reports for problem in report["refused"]],
            "cut and answered when sent again": dict(Counter(kind for kind, _, cuts, *_ in results if cuts)),
            "refused and reloaded": sum(reloads for _, _, _, reloads, *_ in results),
            "saves": sum(map(len, acknowledged.values())),
            "lost": stored["lost"],
            "not shown": [key for key, mark in latest.items() if stored["titles"][key] != mark],
            "milliseconds": {kind: quantiles(results, kind) for kind in MIX},
            "late by": round(max(report["late"] for report in reports), 3),
            "mishaps": mishaps.done,
            "failed mishaps": mishaps.failed,
        }


def quantiles(results, kind) -> dict:
    taken = [seconds * 1000 for of, *_, seconds, _ in results if of == kind]
    if len(taken) < 2:
        return {}
    parts = statistics.quantiles(taken, n=100)
    return {"count": len(taken), "p50": round(parts[49]), "p95": round(parts[94]), "p99": round(parts[98])}


def kill_one(site: Site):
    os.kill(server_workers(site)[0], signal.SIGKILL)
