"""Measure the pages of a prepared site: `python -m bench.measure ROUNDS PAGES`; the results are printed as JSON.

Each page is requested from Django's WSGI handler in this process, as the page cache does on a miss, and each time as
the first request after a change of the content. The skeleton runs in its own process and is measured right before each
page; a page's ratio is the median over the rounds.
"""

import io
import json
import os
import re
import subprocess
import sys
import warnings
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection  # noqa: E402
from django.template import Template  # noqa: E402

from bench.samples import Sample, samples  # noqa: E402
from bench.servers import database_of_its_own  # noqa: E402
from config.wsgi import application  # noqa: E402
from ops.page_cache.content_version import content_version  # noqa: E402
from ops.server.startup import ADMINISTRATOR  # noqa: E402
from tests.config.running import PROJECT  # noqa: E402

LEAST_SECONDS, MOST_SECONDS = 0.02, 4.0  # per page: in one round, in all rounds together
MOST_AT_ONCE = 10  # requests in a round
SKELETON_REQUESTS = 10


class Skeleton:
    """The plain Django page of bench.skeleton, on a database of the same kind."""

    def __init__(self, address: str):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.skeleton"],
            cwd=PROJECT,
            env=os.environ | {"SKELETON_DATABASE": address},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.seconds()

    def seconds(self) -> float:
        """Return the processor time of one request, the mean of a few."""
        self.process.stdin.write(f"{SKELETON_REQUESTS}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.process.stdin.close()
        self.process.wait(timeout=20)


@dataclass
class Page:
    """One sample with its measurements. `statements` are the seconds of wall time of each SQL statement."""

    sample: Sample
    cookie: str = ""
    length: int = 0
    spent: float = 0.0
    statements: list[float] = field(default_factory=list)
    renders: int = 0
    seconds: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)

    def ask(self) -> float:
        """Request the page once; return the seconds of processor time. Raises RuntimeError if the status is not 200."""
        path, _, query = self.sample.path.partition("?")
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": re.sub(r"^https?://", "", settings.SITE_URL),
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http",
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
        }
        if self.cookie:
            environ["HTTP_COOKIE"] = self.cookie
        answers = []
        content_version.increase()
        start = process_time()
        response = application(environ, lambda status, headers, _=None: answers.append(status))
        self.length = sum(len(part) for part in response)
        response.close()
        seconds = process_time() - start
        if not answers[0].startswith("200"):
            raise RuntimeError(f"{self.sample.label}, {self.sample.path}: {answers[0]}")
        self.spent += seconds
        return seconds

    def problem(self) -> str:
        """Return why the page cannot be measured, "" if it can."""
        try:
            self.look()
        except RuntimeError as error:
            return str(error)
        return ""

    def look(self):
        """Request the page twice: first to fill the caches of the process, then to count statements and renders."""
        self.ask()

        def timed(execute, *arguments):
            start = perf_counter()
            try:
                return execute(*arguments)
            finally:
                self.statements.append(perf_counter() - start)

        with connection.execute_wrapper(timed), counted_renders() as renders:
            self.expected_seconds = self.ask()
        self.renders = len(renders)

    def measure(self, skeleton: Skeleton):
        if self.seconds and self.spent > MOST_SECONDS:
            return
        base = skeleton.seconds()
        times = min(MOST_AT_ONCE, max(1, round(LEAST_SECONDS / self.expected_seconds)))
        seconds = sum(self.ask() for _ in range(times)) / times
        self.seconds.append(seconds)
        self.ratios.append(seconds / base)

    def result(self) -> dict:
        return {
            "path": self.sample.path,
            "bytes": self.length,
            "queries": len(self.statements),
            "renders": self.renders,
            "sql_ms": round(sum(self.statements) * 1000, 2),
            "ms": round(median(self.seconds) * 1000, 2),
            "times": round(median(self.ratios), 2),
        }


@contextmanager
def counted_renders():
    """Yield a list that grows by one with each template that is rendered, included ones too."""
    rendered, plain = [], Template.render

    def render(template, context):
        rendered.append(template.name)
        return plain(template, context)

    Template.render = render
    try:
        yield rendered
    finally:
        Template.render = plain


def admin_cookie() -> str:
    person = get_user_model().objects.get(username=ADMINISTRATOR)
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def say(sentence: str):
    print(sentence, file=sys.stderr, flush=True)


def main(rounds: int, wanted: str):
    warnings.filterwarnings("ignore", "No directory at")
    cookie = admin_cookie()
    pages = [
        Page(sample, cookie if sample.view.startswith("admin:") else "")
        for sample in samples()
        if re.search(wanted, sample.label)
    ]
    if not pages:
        sys.exit(f"No page matches {wanted}.")
    with ExitStack() as running:
        address = f"sqlite:///{running.enter_context(TemporaryDirectory())}/skeleton.sqlite3"
        if connection.vendor == "postgresql":
            address = running.enter_context(database_of_its_own(os.environ["DATABASE_URL"]))
        skeleton = running.enter_context(Skeleton(address))
        if problems := [problem for page in pages if (problem := page.problem())]:
            sys.exit("\n".join(problems))
        for number in range(rounds):
            for page in pages:
                page.measure(skeleton)
            say(f"Round {number + 1} of {rounds}: {len(pages)} pages")
        base = median(skeleton.seconds() for _ in range(9))
    results = {page.sample.label: page.result() for page in pages}
    print(json.dumps({"skeleton_ms": round(base * 1000, 3), "pages": results}))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
