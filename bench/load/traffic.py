"""Requests at a fixed rate, independent of the responses: `python -m bench.load.traffic FILE`.

Each begins at its own moment (open loop), in one of many threads, so that a slow response delays no other request and
its waiting time counts. FILE is JSON: the requests, the port, the rate and the duration. The last line of the output is
JSON: one list for each request.

A page that is refused because the site is busy is asked for once more when its Refresh header says, as browsers do.
A request that is cut off before its response is sent once more, as browsers and nginx do by themselves for GET. A save
is sent again too: the form contains the number of its opening, by which the site recognises a save that it has already
stored.
"""

import http.client
import json
import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

from tests.forms import values_of

THREADS = 48
PATIENCE_SECONDS = 30
PAGES, LISTS, SEARCHES, FEED, SAVES = "page", "list", "search", "feed", "save"
here = threading.local()


class Editor:
    """A session that saves one article again and again through the form, one save at a time like a person."""

    def __init__(self, plan: dict, article: int, name: str):
        self.plan, self.name = plan, name
        self.address = f"/admin/articles/article/{article}/change/"
        self.lock, self.number = threading.Lock(), 0
        self.acknowledged: list[str] = []
        self.refused: list[str] = []

    def save(self) -> "Answer":
        with self.lock:
            opened = self.open()
            return self.send().after(opened) if opened.status == 200 else opened

    def open(self) -> "Answer":
        self.number += 1
        self.mark = f"{self.name} {self.number}"
        opened = ask(self.plan, "GET", self.address, {"Cookie": self.plan["cookie"]})
        if opened.status == 200:
            self.form = values_of(opened.body, "article_form") | {"title": self.mark, "_continue": "publish"}
            self.cookies = f"{self.plan['cookie']}; {opened.cookie}"
        else:
            self.refused.append(f"{self.mark}: the form, {opened.status}")
        return opened

    def send(self) -> "Answer":
        """Send the form that `open` has fetched."""
        headers = {"Cookie": self.cookies, "Content-Type": "application/x-www-form-urlencoded"}
        saved = ask(self.plan, "POST", self.address, headers, urlencode(self.form, doseq=True))
        if saved.status == 302:
            self.acknowledged.append(self.mark)
        else:
            self.refused.append(f"{self.mark}: {saved.status}")
        return saved


class Answer:
    def __init__(self, status: int, body: bytes, cookie: str, refresh: str, cuts: int, reloads=0):
        self.status, self.body, self.cookie, self.refresh = status, body, cookie, refresh
        self.cuts, self.reloads = cuts, reloads

    def after(self, other: "Answer", reloads=0) -> "Answer":
        return Answer(self.status, self.body, self.cookie, self.refresh, self.cuts + other.cuts, reloads)


def read(plan, path) -> Answer:
    """Get a page, and once more if the site is busy and the page reloads by itself."""
    answer = ask(plan, "GET", path)
    seconds, _, address = answer.refresh.partition("; url=")
    if not address:
        return answer
    time.sleep(int(seconds))
    return ask(plan, "GET", address).after(answer, reloads=1)


def ask(plan, method, path, headers=None, body=None) -> Answer:
    """Send a request, and once more if the connection was cut. Status 0: cut both times."""
    for attempt in range(2):
        try:
            site = connection_to(plan["port"])
            site.request(method, path, body, headers or {})
            answer = site.getresponse()
            cookie = (answer.headers["Set-Cookie"] or "").partition(";")[0]
            return Answer(answer.status, answer.read(), cookie, answer.headers["Refresh"] or "", attempt)
        except (OSError, http.client.HTTPException):
            here.site.close()
            here.site = None
            time.sleep(0.05)
    return Answer(0, b"", "", "", 2)


def connection_to(port: int) -> http.client.HTTPConnection:
    if getattr(here, "site", None) is None:
        here.site = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    return here.site


def kinds_in_turn(plan, chance):
    """Yield the kinds of requests without end: most readers read, few editors write."""
    kinds, weights = zip(*plan["mix"].items(), strict=True)
    while True:
        yield chance.choices(kinds, weights)[0]


def run(plan: dict) -> dict:
    chance = random.Random(plan["seed"])
    editors = [Editor(plan, article, f"{plan['name']} {article}") for article in plan["articles"]]
    results, late = [], []

    def send(number: int, kind: str, target, due_at: float):
        late.append(time.monotonic() - due_at)
        answer = target.save() if kind == SAVES else read(plan, target)
        results.append([kind, answer.status, answer.cuts, answer.reloads, time.monotonic() - due_at, due_at - begun])

    count = int(plan["rate"] * plan["seconds"])
    begun = time.monotonic() + 0.5
    with ThreadPoolExecutor(THREADS) as threads:
        for number, kind in zip(range(count), kinds_in_turn(plan, chance), strict=False):
            due_at = begun + number / plan["rate"]
            target = editors[number % len(editors)] if kind == SAVES else chance.choice(plan["paths"][kind])
            time.sleep(max(0, due_at - time.monotonic()))
            threads.submit(send, number, kind, target, due_at)
    assert len(results) == count, "A thread of the load itself failed."
    return {
        "results": results,
        "acknowledged": {editor.address: editor.acknowledged for editor in editors},
        "refused": [refusal for editor in editors for refusal in editor.refused],
        "late": max(late),
    }


if __name__ == "__main__":
    print(json.dumps(run(json.loads(Path(sys.argv[1]).read_text()))))
