"""Costly requests, each kind alone and any two kinds at once: meanwhile cached pages and the contact form are answered.

SECONDS is the duration of each round. The site has the whole starter content, and two processes.
"""

import http.client
import os
import threading
import time
from collections import Counter
from itertools import combinations, count
from urllib.parse import urlencode

import pytest
from django.db import connection

from tests.config.running import PROJECT, Site
from tests.enquiries.sending import WORDS
from tests.load.attacks import ATTACKS, FORM, TOKEN, Attack, Request, hostile
from tests.load.stage import SIGN_IN, in_project

pytestmark = pytest.mark.race
SECONDS = float(os.environ.get("ATTACK_SECONDS", "3"))
PAGE, PAGE_SECONDS, CONTACT_SECONDS = "/faq/", 0.5, 1.5
HOSTILE, CONNECTIONS, HOSTILE_SECONDS = 8_000, 16, 2.0
PATIENCE_SECONDS = 60
visitors = count()  # one address may not write often


@pytest.fixture(scope="module")
def served(tmp_path_factory, database_for):
    """A served site with the starter content, and the cookie of an administrator."""
    settings = database_for(tmp_path_factory.mktemp("attacked") / "data")
    snapshot = {"CATALOG_SNAPSHOT": PROJECT / "catalog" / "starter" / "models_dev.json"}
    settings |= {"WORKERS": 2, "TRUSTED_PROXIES": "127.0.0.1", **snapshot}
    data_dir = settings.pop("DATA_DIR")
    with Site(data_dir, **settings) as site:
        cookie = in_project(SIGN_IN + "print(json.dumps(cookie))", settings | {"DATA_DIR": data_dir})
        site.cookie = f"{cookie}; csrf={TOKEN}"
        yield site


def ask(site: Site, request: Request, **headers: str) -> tuple[int, float, http.client.HTTPMessage]:
    """Return status, seconds and headers of the response. The status is 0 if there was none."""
    begun = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE_SECONDS)
    try:
        connection.request(request.method, request.path, request.body or None, {**request.headers, **headers})
        response = connection.getresponse()
        response.read()
        return response.status, time.monotonic() - begun, response.headers
    except (OSError, http.client.HTTPException):
        return 0, time.monotonic() - begun, http.client.HTTPMessage()
    finally:
        connection.close()


class Round:
    """Attacks at once for SECONDS, and what readers and visitors of the contact form wait meanwhile."""

    def __init__(self, site: Site, attacks: tuple[Attack, ...]):
        self.site, self.attacks = site, attacks
        self.statuses, self.slowest = Counter(), 0.0
        self.pages: list[tuple[int, float]] = []
        self.contacts: list[tuple[int, float]] = []
        self.ends_at = time.monotonic() + SECONDS

    def run(self) -> "Round":
        loops = [(self._attack, attack, number) for attack in self.attacks for number in range(attack.at_once)]
        threads = [
            threading.Thread(target=loop, args=given) for loop, *given in [*loops, (self._read,), (self._write,)]
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self

    def _attack(self, attack: Attack, number: int):
        own = {"Cookie": self.site.cookie} if attack.is_signed_in else {}
        while time.monotonic() < self.ends_at:
            headers = {"X-Forwarded-For": f"198.51.100.{number % 200}", **self._here(), **own}
            status, seconds, _ = ask(self.site, attack.make(number), **headers)
            self.statuses[status] += 1
            self.slowest = max(self.slowest, seconds)
            number += attack.at_once

    def _read(self):
        while time.monotonic() < self.ends_at:
            self.pages.append(ask(self.site, Request("GET", PAGE))[:2])
            time.sleep(0.02)

    def _write(self):
        while time.monotonic() < self.ends_at:
            words = {**WORDS, "message": f"Sent at {time.monotonic()}"}
            sent = Request("POST", "/contact/", urlencode(words).encode(), {"Content-Type": FORM})
            address = f"203.0.113.{next(visitors) % 250}"
            self.contacts.append(ask(self.site, sent, **self._here(), **{"X-Forwarded-For": address})[:2])
            time.sleep(0.1)

    def _here(self) -> dict[str, str]:
        return {"Origin": f"http://127.0.0.1:{self.site.port}", "Sec-Fetch-Site": "same-origin"}

    def __str__(self) -> str:
        names = " + ".join(attack.name for attack in self.attacks)
        page, contact = max(seconds for _, seconds in self.pages), max(seconds for _, seconds in self.contacts)
        waits = f"page {page:.2f} s, contact form {contact:.2f} s, attack {self.slowest:.2f} s"
        return f"{names}: {waits}, {dict(sorted(self.statuses.items()))}" if self.pages else names


def test_readers_and_visitors_are_answered_whatever_costly_is_asked(served):
    for attack in ATTACKS:  # what is loaded and indexed at the first use
        ask(served, attack.make(0), Cookie=served.cookie)
    groups = [(attack,) for attack in ATTACKS] + list(combinations(ATTACKS, 2))
    failures = []
    print(f"\n{connection.vendor}")
    for attacks in groups:
        result = Round(served, attacks).run()
        print(result, flush=True)
        is_answered = {status for status, _ in result.pages} == {200}
        is_answered &= {status for status, _ in result.contacts} == {303}
        is_in_time = max(seconds for _, seconds in result.pages) <= PAGE_SECONDS
        is_in_time &= max(seconds for _, seconds in result.contacts) <= CONTACT_SECONDS
        no_error = not any(status == 0 or (status >= 500 and status != 503) for status in result.statuses)
        if not (is_answered and is_in_time and no_error):
            failures.append(f"{result}; contact form {Counter(status for status, _ in result.contacts)}")
    assert not failures, "\n".join(failures)
    assert "Traceback" not in served.said()


def test_hostile_requests_are_no_error_of_ours_and_answered_soon(served):
    requests, failures, statuses = hostile(HOSTILE), [], Counter()

    def send(some: list[Request]):
        for request in some:
            status, seconds, headers = ask(served, request)
            statuses[status] += 1
            is_busy = status == 503 and headers["Retry-After"]
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
