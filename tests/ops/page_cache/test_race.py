"""No reader ever gets a page older than a save that was acknowledged before the request.

`make race` runs it all, with the control; `make race-short` a short race.
"""

import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest

from bench.load.stage import content, in_project, kill_one
from bench.load.traffic import Editor, ask
from ops.server.supervisor import answers
from tests.config.running import PROJECT, Site, environment, free_port, manage

pytestmark = pytest.mark.race
MOST_SECONDS = 240  # a race ends after enough events, which takes longer on a busy machine
READERS, WORKERS = 8, 2
VERSION = re.compile(rb"Version (\d+)\b")
QUESTION = """
import json
from tests import factories
question = factories.question(question="Version 0", answer="<p>Version 0</p>")
print(json.dumps({"pk": question.pk, "path": question.get_absolute_url()}))
"""
ARTICLE = """
import json, sys
from articles.models import Article
print(json.dumps(Article.objects.get(pk=sys.argv[1]).get_absolute_url()))
"""


class Race:
    """`acknowledged` has, for each path, the last version that its writer knows to be saved."""

    def __init__(self, port: int, paths: list[str]):
        self.port, self.paths = port, paths
        self.acknowledged = dict.fromkeys(paths, 0)
        self.reads, self.stale, self.mixed = 0, [], []
        self.is_over = threading.Event()

    def read(self):
        number = 0
        while not self.is_over.is_set():
            number += 1
            path = self.paths[number % len(self.paths)]
            least = self.acknowledged[path]
            answer = ask({"port": self.port}, "GET", path)
            versions = {int(found) for found in VERSION.findall(answer.body)}
            if answer.status != 200 or not least:
                continue
            self.reads += 1
            if not versions or min(versions) < least:
                self.stale.append((path, least, versions))
            if len(versions) > 1:
                self.mixed.append((path, versions))

    def edit(self, path: str, editor: Editor):
        while not self.is_over.is_set():
            if editor.save().status == 302:
                self.acknowledged[path] = editor.number

    def follow(self, path: str, process: subprocess.Popen):
        while not self.is_over.is_set():  # the writer goes on
            self.acknowledged[path] = int(process.stdout.readline())

    def run(self, *writers, is_enough, meanwhile=()):
        """Run until `is_enough`, or MOST_SECONDS. `meanwhile` has functions to call when both pages have reached a
        version.
        """
        threads = [threading.Thread(target=self.read) for _ in range(READERS)]
        threads += [threading.Thread(target=work, args=arguments) for work, *arguments in writers]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + MOST_SECONDS
        for version, do in meanwhile:
            wait_until(lambda version=version: self.least_written() >= version, deadline)
            do()
        wait_until(is_enough, deadline)
        self.is_over.set()
        for thread in threads:
            thread.join(60)

    def least_written(self) -> int:
        return min(self.acknowledged.values())


def wait_until(is_so, deadline: float):
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.05)


@pytest.fixture
def world(tmp_path, database_for):
    """The settings of a site with an article and a question, an editor's session, and the paths of both pages."""
    settings = database_for(tmp_path / "data") | {"WORKERS": WORKERS}
    made = content(settings)
    question = in_project(QUESTION, settings)
    made["article"] = in_project(ARTICLE, settings, str(made["articles"][0]))
    return settings, made, question


def editor_of(made: dict, port: int) -> Editor:
    return Editor({"port": port, "cookie": made["cookie"]}, made["articles"][0], "Version")


@contextmanager
def writing(settings: dict, pk: int, seconds: float):
    command = [sys.executable, "-m", "tests.ops.page_cache.writer", str(pk), str(seconds)]
    own = environment(**settings) | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    process = subprocess.Popen(command, cwd=PROJECT, env=own, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    ("versions", "kills"), [pytest.param(6, 1, id="short", marks=pytest.mark.short), (20, 0), (20, 2)]
)
def test_no_reader_sees_a_page_older_than_what_was_acknowledged(world, versions, kills):
    settings, made, question = world
    own = {name: value for name, value in settings.items() if name != "DATA_DIR"}
    with Site(settings["DATA_DIR"], **own) as site, writing(settings, question["pk"], MOST_SECONDS) as process:
        race = Race(site.port, [made["article"], question["path"]])

        def is_enough() -> bool:
            return race.least_written() >= versions and race.reads > 10 * versions

        race.run(
            (race.edit, made["article"], editor_of(made, site.port)),
            (race.follow, question["path"], process),
            is_enough=is_enough,
            meanwhile=[(versions // 3 * (part + 1), lambda: kill_one(site)) for part in range(kills)],
        )
    print(f"\n{race.reads} reads, {race.acknowledged} written, {len(race.stale)} stale, {len(race.mixed)} mixed")
    assert is_enough()
    assert race.stale == race.mixed == []


def test_a_site_that_notices_no_write_loses_the_race(world):
    settings, made, _ = world
    port = free_port()
    assert manage("collectstatic", "--no-input", **settings).returncode == 0
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "tests.ops.page_cache.deaf:application"),
            *("--host", "127.0.0.1", "--port", str(port), "--workers", str(WORKERS), "--log-level", "error"),
        ],
        cwd=PROJECT,
        env=environment(**settings, PORT=port) | {"DJANGO_SETTINGS_MODULE": "config.settings"},
    )
    try:
        while not answers("127.0.0.1", port):
            assert server.poll() is None
            time.sleep(0.05)
        race = Race(port, [made["article"]])
        race.run(
            (race.edit, made["article"], editor_of(made, port)),
            is_enough=lambda: race.acknowledged[made["article"]] > 1 and race.stale,
        )
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=30)
    assert race.acknowledged[made["article"]] > 1
    assert race.stale
