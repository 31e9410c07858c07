"""Rounds of saves through the admin, each ended by SIGKILL: `python -m tests.ops.server.killing.rounds N whole|torn`.

It works on the database of the environment, which must be empty except for the migrations. In each round a server (the
one of `manage.py serve`) and a process that publishes scheduled updates are killed at a random moment, while three
editors save as fast as they can. Then the database is checked. The last line of its output is JSON: how many saves were
acknowledged, by action, and the errors.
"""

import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import DatabaseError, connection, connections  # noqa: E402

from articles.models import Article  # noqa: E402
from ops.management.commands.serve import server as server_command  # noqa: E402
from ops.server import startup as serving  # noqa: E402
from publishing.content.publishable import State  # noqa: E402
from publishing.content.redirect import Redirect  # noqa: E402
from publishing.content.reference import Reference  # noqa: E402
from publishing.revisions.models import Action, Revision  # noqa: E402
from publishing.revisions.snapshot import read, same  # noqa: E402
from publishing.richtext import rich_text_fields  # noqa: E402
from publishing.search.entry import SearchEntry  # noqa: E402
from publishing.workflow.actions import apply_due_updates  # noqa: E402
from tests import factories  # noqa: E402
from tests.config.running import PROJECT, free_port  # noqa: E402
from tests.forms import values_of  # noqa: E402

EDITORS = 3
ACTIONS = [Action.SAVE, Action.PUBLISH, Action.PUBLISH, Action.SCHEDULE]
CHOICES = 3  # of topics, authors, questions, addresses
SAVING_SECONDS = (0, 1.5)  # from the first response on: until then the server is only warming up


class Server:
    def __init__(self, is_torn: bool):
        self.port = free_port()
        command = server_command("127.0.0.1", self.port)
        if is_torn:
            command[command.index("config.wsgi:application")] = "tests.ops.server.killing.torn:application"
        self.process = subprocess.Popen(command, cwd=PROJECT, start_new_session=True)

    def wait(self):
        deadline = time.monotonic() + 120
        while not self.answers():
            assert self.process.poll() is None, "The server ended by itself."
            assert time.monotonic() < deadline, "The server does not respond."
            time.sleep(0.05)
        return self

    def answers(self) -> bool:
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            asked.request("GET", "/healthz")
            return asked.getresponse().status == 200
        except OSError:
            return False
        finally:
            asked.close()

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def let_updates_go_live() -> int:
    """Start a process that runs only this; return its id."""
    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    try:
        while True:
            try:
                apply_due_updates()
            except DatabaseError:
                connection.close()
            time.sleep(0.1)
    finally:
        os._exit(1)


@dataclass
class World:
    """The editors' articles and their acknowledged saves: article, action and mark of each save."""

    cookie: str
    articles: list[int]
    topics: list[int]
    authors: list[int]
    questions: list[int]
    acknowledged: list[tuple[int, Action, str]] = field(default_factory=list)


def world() -> World:
    person = factories.administrator()
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return World(
        f"{settings.SESSION_COOKIE_NAME}={session.session_key}",
        [factories.article(slug=f"article-{number}-0").pk for number in range(EDITORS)],
        [factories.topic().pk for _ in range(CHOICES)],
        [factories.author().pk for _ in range(CHOICES)],
        [factories.question().pk for _ in range(CHOICES)],
    )


def edit(world: World, editor: int, round_number: int, port: int):
    """Save one article again and again, each time with all its related rows, until the server is gone."""
    chance = random.Random(f"{round_number}-{editor}")
    article = world.articles[editor]
    site = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for number in range(10_000):
        mark = f"r{round_number}e{editor}n{number}"
        action = chance.choice(ACTIONS)
        try:
            refusal = save(world, site, article, editor, mark, action, chance.randrange(CHOICES))
        except (OSError, http.client.HTTPException):
            return
        if "This date is past" in refusal:  # on a busy machine the moment comes before the save
            continue
        assert not refusal, f"{mark} ({action}) was refused: {refusal}"
        world.acknowledged.append((article, action, mark))


def save(world, site, article: int, editor: int, mark: str, action: Action, choice: int) -> str:
    """Return "" if the save is acknowledged, else where the answer leads, or the errors that it names."""
    address = f"/admin/articles/article/{article}/change/"
    site.request("GET", address, headers={"Cookie": world.cookie})
    answer = site.getresponse()
    page = answer.read()
    token = answer.headers["Set-Cookie"].partition(";")[0]
    form = values_of(page, "article_form")
    moment = datetime.now(UTC) + timedelta(seconds=2)
    link = f'<a href="ref:faq.question/{world.questions[choice]}">{mark}</a>'
    form |= {
        "title": mark,
        "summary": f"Summary of {mark}.",
        "body": f"<p>Body of {link}.</p>",
        "slug": f"article-{editor}-{choice}",
        "topics": world.topics[choice],
        "go_live_at_0": f"{moment:%Y-%m-%d}" if action == Action.SCHEDULE else "",
        "go_live_at_1": f"{moment:%H:%M:%S}" if action == Action.SCHEDULE else "",
        "author_links-TOTAL_FORMS": 1,
        "author_links-0-author": world.authors[choice],
        "author_links-0-position": 1,
        "details-TOTAL_FORMS": 1,
        "details-0-label": "Mark",
        "details-0-value": mark,
        "details-0-position": 1,
        "scheduled_version": "cancel",
        "_continue": action.value,
    }
    headers = {"Cookie": f"{world.cookie}; {token}", "Content-Type": "application/x-www-form-urlencoded"}
    site.request("POST", address, urlencode(form, doseq=True), headers)
    answer = site.getresponse()
    page = answer.read().decode()
    if answer.status == 302 and "compare" not in answer.headers["Location"]:
        return ""
    return answer.headers["Location"] or f"{answer.status} {re.findall(r'(?s)class=.errorlist.*?</ul>', page)}"


def what_is_wrong(world: World) -> list[str]:
    """Return a sentence for each missing acknowledged save, and for each article that is not wholly one of its
    versions.
    """
    kept = {}
    for revision in Revision.objects.filter(record_type=ContentType.objects.get_for_model(Article)):
        kept[revision.record_id, revision.action, revision.content["fields"]["title"]] = revision
    wrong = []
    for article, action, mark in world.acknowledged:
        revision = kept.get((article, action.value, mark))
        if revision is None:
            wrong.append(f"{mark} ({action}) was acknowledged and is missing.")
        elif action == Action.PUBLISH and revision.applied_at is None:
            wrong.append(f"{mark} was acknowledged as published and is not.")
    for article in Article.objects.filter(pk__in=world.articles):
        wrong += [f"Article {article.pk}: {problem}" for problem in halves_of(article)]
    return wrong


def halves_of(article) -> list[str]:
    versions = Revision.objects.of(article).exclude(applied_at=None).order_by("-applied_at", "-pk")
    live = versions.first()
    if live is None:  # no save reached it yet
        return [] if article.title.startswith("Article") else ["it was changed, and no version says so."]
    wrong = []
    content = read(article)
    if not same(live.content, content):
        wrong.append("its row, tags and rows are not those of the version that was applied last.")
    if article.state != State.PUBLISHED:
        wrong.append(f"its state is {article.state}.")
    source_type = ContentType.objects.get_for_model(Article)
    entry = SearchEntry.objects.select_related("texts").get(source_type=source_type, source_id=article.pk)
    if entry.meaning() != SearchEntry.made_from(Article.objects.for_search().get(pk=article.pk)).meaning():
        wrong.append("search knows another version.")
    wanted = Reference.made_by(article, rich_text_fields(Article))
    stored = Reference.objects.filter(source_type=source_type, source_id=article.pk)
    if sorted(map(Reference.meaning, wanted)) != sorted(map(Reference.meaning, stored)):
        wrong.append("its references are those of another version.")
    here = article.get_absolute_url()
    known = {article.address_of(one.content["fields"]["slug"], article.kind) for one in versions} - {here}
    led = set(Redirect.objects.filter(path__in=known, target_id=article.pk).values_list("path", flat=True))
    if led != known or Redirect.objects.filter(path=here).exists():
        wrong.append("its former addresses do not all lead to it.")
    return wrong


def run_round(world: World, number: int, server: Server, chance):
    updates = let_updates_go_live()
    editors = [threading.Thread(target=edit, args=[world, editor, number, server.port]) for editor in range(EDITORS)]
    for editor in editors:
        editor.start()
    before, deadline = len(world.acknowledged), time.monotonic() + 60
    while len(world.acknowledged) == before and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(chance.uniform(*SAVING_SECONDS))
    server.kill()
    os.kill(updates, signal.SIGKILL)
    os.waitpid(updates, 0)
    for editor in editors:
        editor.join()


def main(rounds: int, is_torn: bool):
    failures = []
    threading.excepthook = lambda failure: failures.append(f"An editor met {failure.exc_value!r}")
    serving.collect_static_files(lambda sentence: None)
    here, chance = world(), random.Random(2026)
    server, wrong, begun = Server(is_torn), [], time.monotonic()
    try:
        for number in range(rounds):
            server.wait()
            current, server = server, Server(is_torn)  # the next one starts while this one is working
            try:
                run_round(here, number, current, chance)
            finally:
                if current.process.poll() is None:
                    current.kill()
            wrong += [f"Round {number}: {problem}" for problem in [*failures, *what_is_wrong(here)]]
            if wrong:
                break
    finally:
        server.kill()
    actions = Counter(action.value for _, action, _ in here.acknowledged)
    applied = Revision.objects.filter(action=Action.SCHEDULE).exclude(applied_at=None).count()
    # A lost save would be detected.
    article, action, mark = here.acknowledged[-1]
    Revision.objects.filter(record_id=article, action=action, content__fields__title=mark).delete()
    sees_loss = any(mark in problem for problem in what_is_wrong(here))
    outcome = {
        "rounds": number + 1,
        "acknowledged": actions,
        "updates": applied,
        "wrong": wrong,
        "sees_loss": sees_loss,
    }
    print(json.dumps(outcome | {"seconds": round(time.monotonic() - begun)}))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2] == "torn")
