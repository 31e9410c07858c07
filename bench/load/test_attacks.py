"""Costly requests, each kind alone and any two kinds at once: meanwhile cached pages and the contact form are answered.

SECONDS is the duration of each round. The site has the whole starter content, and two processes.
"""

import http.client
import os
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import combinations, count
from urllib.parse import urlencode

import pytest
from django.db import connection

from bench.load.attacks import ATTACKS, FORM, TOKEN, Attack, Request, hostile
from bench.load.stage import SIGN_IN, in_project
from tests.config.running import PROJECT, Site
from tests.enquiries.sending import WORDS

pytestmark = pytest.mark.race
SECONDS = float(os.environ.get("ATTACK_SECONDS", "3"))
PAGE, PAGE_SECONDS, CONTACT_SECONDS = "/faq/", 0.5, 1.5
HOSTILE, CONNECTIONS, HOSTILE_SECONDS = 8_000, 16, 2.0
PATIENCE_SECONDS = 120
numbers = defaultdict(lambda: count(100))  # of the requests of each attack
visitors = count()  # one address may not write often


@pytest.fixture(scope="module")
def served(tmp_path_factory, database_for):
    """A served site with the starter content, and the cookie of an administrator."""
    settings = database_for(tmp_path_factory.mktemp("attacked") / "data")
    snapshot = {"CATALOG_SNAPSHOT": PROJECT / "catalog" / "starter" / "models_dev.json"}
    settings |= {"WORKERS": 2, "TRUSTED_PROXIES": "127.0.0.1", **snapshot}
    data_dir = settings.pop("DATA_DIR")
    with Site(data_dir, **settings) as site:
        site.wait_for("The first content is complete.", seconds=240)
        cookie = in_project(SIGN_IN + "print(json.dumps(cookie))", settings | {"DATA_DIR": data_dir})
        site.cookie = f"{cookie}; csrf={TOKEN}"
        yield site


@dataclass
class Answer:
    """`status` is 0 if the connection broke."""

    status: int
    seconds: float
    headers: http.client.HTTPMessage = field(default_factory=http.client.HTTPMessage)
    body: bytes = b""


def ask(site: Site, request: Request, **headers: str) -> Answer:
    begun = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE_SECONDS)
    try:
        connection.request(request.method, request.path, request.body or None, {**request.headers, **headers})
        response = connection.getresponse()
        body = response.read()
        return Answer(response.status, time.monotonic() - begun, response.headers, body)
    except (OSError, http.client.HTTPException):
        return Answer(0, time.monotonic() - begun)
    finally:
        connection.close()


def attack_with(site: Site, attack: Attack, number: int) -> Answer:
    headers = from_here(site) | {"X-Forwarded-For": f"198.51.100.{number % 200}"}
    if attack.is_signed_in:
        headers["Cookie"] = site.cookie
    return ask(site, attack.make(number), **headers)


def from_here(site: Site) -> dict[str, str]:
    return {"Origin": f"http://127.0.0.1:{site.port}", "Sec-Fetch-Site": "same-origin"}


class Round:
    """Attacks at once for SECONDS, and what readers and visitors of the contact form wait meanwhile."""

    def __init__(self, site: Site, attacks: tuple[Attack, ...]):
        self.site, self.attacks = site, attacks
        self.statuses, self.slowest = Counter(), 0.0
        self.pages: list[Answer] = []
        self.contacts: list[Answer] = []
        self.ends_at = time.monotonic() + SECONDS

    def run(self) -> "Round":
        loops = [(self._attack, attack) for attack in self.attacks for _ in range(attack.at_once)]
        threads = [
            threading.Thread(target=loop, args=arguments)
            for loop, *arguments in [*loops, (self._read,), (self._write,)]
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self

    def _attack(self, attack: Attack):
        while time.monotonic() < self.ends_at:
            answer = attack_with(self.site, attack, next(numbers[attack.name]))
            self.statuses[answer.status] += 1
            self.slowest = max(self.slowest, answer.seconds)

    def _read(self):
        while time.monotonic() < self.ends_at:
            self.pages.append(ask(self.site, Request("GET", PAGE)))
            time.sleep(0.02)

    def _write(self):
        while time.monotonic() < self.ends_at:
            fields = {**WORDS, "message": f"Sent at {time.monotonic()}"}
            sent = Request("POST", "/contact/", urlencode(fields).encode(), {"Content-Type": FORM})
            address = f"203.0.113.{next(visitors) % 250}"
            self.contacts.append(ask(self.site, sent, **from_here(self.site), **{"X-Forwarded-For": address}))
            time.sleep(0.1)

    def failures(self) -> list[str]:
        pages, contacts = statuses_of(self.pages), statuses_of(self.contacts)
        errors = [status for status in self.statuses if status == 0 or (status >= 500 and status != 503)]
        failures = []
        if set(pages) != {200} or slowest(self.pages) > PAGE_SECONDS:
            failures.append(f"pages {pages}")
        if set(contacts) != {303} or slowest(self.contacts) > CONTACT_SECONDS:
            failures.append(f"contact form {contacts}")
        return failures + [f"error {status}" for status in errors]

    def __str__(self) -> str:
        waits = f"page {slowest(self.pages):.2f} s, contact form {slowest(self.contacts):.2f} s"
        return f"{names_of(self.attacks)}: {waits}, attack {self.slowest:.2f} s, {dict(sorted(self.statuses.items()))}"


def slowest(answers: list[Answer]) -> float:
    return max(answer.seconds for answer in answers)


def statuses_of(answers: list[Answer]) -> dict[int, int]:
    return dict(Counter(answer.status for answer in answers))


def test_the_server_does_the_work_that_each_attack_asks_for(served):
    for attack in ATTACKS:
        for number, (status, expected) in enumerate(attack.answers):
            answer = attack_with(served, attack, number)
            text = answer.headers.get("Location", answer.body.decode())
            problem = text[text.find("errornote") :][:1_000]
            assert (answer.status, expected in text) == (status, True), (
                f"{attack.name} {number}: {answer.status}, {problem}"
            )
    assert "Traceback" not in served.said()


GROUPS = [(attack,) for attack in ATTACKS] + list(combinations(ATTACKS, 2))


def names_of(attacks: tuple[Attack, ...]) -> str:
    return " + ".join(attack.name for attack in attacks)


@pytest.mark.parametrize("attacks", GROUPS, ids=names_of)
def test_readers_and_visitors_are_answered_whatever_costly_is_asked(attacks, served):
    result = Round(served, attacks).run()
    print(f"\n{connection.vendor}: {result}", flush=True)
    assert not result.failures()
    assert "Traceback" not in served.said()


def test_hostile_requests_are_no_error_of_ours_and_answered_soon(served):
    requests, failures, statuses = hostile(HOSTILE), [], Counter()

    def send(requests: list[Request]):
        for request in requests:
            answer = ask(served, request)
            status, seconds = answer.status, answer.seconds
            statuses[status] += 1
            is_busy = status == 503 and answer.headers["Retry-After"]
            if (status >= 500 and not is_busy) or not status or seconds > HOSTILE_SECONDS:
                failures.append(f"{request.method} {request.path[:200]}: {status} after {seconds:.2f} s")

    threads = [threading.Thread(target=send, args=[requests[number::CONNECTIONS]]) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"\n{connection.vendor}: {dict(sorted(statuses.items()))}")
    assert sum(statuses.values()) == HOSTILE
    assert not failures, "\n".join(failures[:50])
    assert "Traceback" not in served.said()
