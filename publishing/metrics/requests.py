"""What is counted of requests: how many, of which kind, with which outcome, and how long they took.

A kind is the first part of an address, if the URL map has it as a fixed word; all else is "other". So there are no more
kinds than routes, whatever is asked for.
"""

from bisect import bisect_left
from functools import cache

from django.conf import settings
from django.urls import get_resolver

from publishing.metrics.counters import Counters

OUTCOMES = ("2xx", "3xx", "4xx", "5xx")
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
OTHER, HOME = "other", "home"
KEPT = ("hit", "miss")  # what the page cache says of a request for a page that may be kept


@cache
def kinds() -> tuple[str, ...]:
    return tuple(sorted({*_first_words(get_resolver()), settings.STATIC_URL.strip("/"), HOME, OTHER}))


def _first_words(resolver):
    for entry in resolver.url_patterns:
        text = str(entry.pattern).lstrip("^")
        word = text.partition("/")[0]
        if not text and hasattr(entry, "url_patterns"):
            yield from _first_words(entry)
        elif word and word.replace("-", "").replace(".", "").isalnum():
            yield word


@cache
def counters() -> Counters:
    names = [f"{kind} {outcome}" for kind in kinds() for outcome in OUTCOMES]
    names += [f"{kind} <= {bound}" for kind in kinds() for bound in (*SECONDS, "+Inf")]
    names += [f"page cache {said}" for said in KEPT]
    return Counters([*names, *(f"{kind} seconds" for kind in kinds())])


def kind_of(path: str) -> str:
    word = path.lstrip("/").partition("/")[0]
    return word if word in kinds() else OTHER if word else HOME


def note_request(path: str, status: int, seconds: float, kept: str = ""):
    """`kept` is what the page cache said of it, "" where it had no part in it."""
    kind, counted = kind_of(path), counters()
    counted.add(f"{kind} {min(max(status // 100, 2), 5)}xx")
    counted.add(f"{kind} <= {(*SECONDS, '+Inf')[bisect_left(SECONDS, seconds)]}")
    counted.add(f"{kind} seconds", seconds)
    if kept:
        counted.add(f"page cache {kept}")


def families() -> list[tuple[str, str, str, list]]:
    """Return name, type, help and samples (suffix, labels, value) of the families of these figures."""
    totals = counters().totals()
    requests, durations = [], []
    for kind in kinds():
        requests += [("", {"kind": kind, "outcome": one}, totals[f"{kind} {one}"]) for one in OUTCOMES]
        count = 0
        for bound in (*SECONDS, "+Inf"):
            count += totals[f"{kind} <= {bound}"]
            durations.append(("_bucket", {"kind": kind, "le": str(bound)}, count))
        durations += [("_sum", {"kind": kind}, totals[f"{kind} seconds"]), ("_count", {"kind": kind}, count)]
    pages = [("", {"found": said}, totals[f"page cache {said}"]) for said in KEPT]
    return [
        ("page_cache_requests_total", "counter", "For pages that may be kept, by whether one was there.", pages),
        ("requests_total", "counter", "By the first part of the address and the class of the status.", requests),
        ("request_seconds", "histogram", "Until an answer, or its first part, was ready to be sent.", durations),
    ]
