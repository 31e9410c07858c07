"""A partner's own computations: the status on a day by the numbered rule of partners.md, the canonical form."""

import calendar
import json
import random

from catalog.rules.partial_dates import PartialDate
from catalog.rules.status import STATUS_OF_LISTING, Bound, EventKind, status_on
from tests.catalog.documents.sync.mirroring import mirror

STAGES = ("announced", "preview", "released", "deprecated", "retired")
BEGINNINGS = STAGES[:3]
SERVED = ("preview", "available", "deprecated")
LISTED_AS = {"listed": "available", "preview": "preview", "deprecated": "deprecated", "removed": "retired"}


def first_day(text):
    return text + "0000-01-01"[len(text) :]


def last_day(text):
    month = text[5:7] or "12"
    return text if len(text) == 10 else f"{text[:4]}-{month}-{calendar.monthrange(int(text[:4]), int(month))[1]}"


def valid_prices(day, prices):
    """Return the prices that are valid on a day, by "Price on a day" in partners.md."""
    begun = [price for price in prices if first_day(price["valid_from"]) <= day]
    latest = {price["meter"]: price for price in sorted(begun, key=lambda price: price["valid_from"])}
    return [price for price in latest.values() if not price["is_withdrawn"]]


def status_by_the_rule(day, document, released_on):
    """Return the status of a model or an offering on a day, YYYY-MM-DD, by the numbered rule in partners.md."""
    events, checked_on = document["events"], document["checked_on"]
    begins = any(event["kind"] in BEGINNINGS for event in events)
    exact = [event for event in events if event["bound"] == "exact"]
    happened = [event for event in exact if event["kind"] in STAGES and last_day(event["date"]) <= day]  # 1
    ends = [last_day(event["date"]) for event in happened if event["kind"] == "retired"]
    again = [event for event in happened if ends and first_day(event["date"]) > max(ends)]
    if any(event["kind"] in BEGINNINGS for event in again):
        happened = again
    reached = max((STAGES.index(event["kind"]) for event in happened), default=None)
    status = "unknown" if reached is None else STAGES[reached].replace("released", "available")  # 2
    starts = [price["valid_from"] for price in document["prices"]]
    known_on = checked_on or (first_day(min(starts)) if starts else released_on and first_day(released_on))
    is_known = known_on is None or known_on <= day
    if status == "unknown" and not begins and is_known:
        is_left = document.get("left_list_on") and document["listing"] == "removed"
        status = LISTED_AS.get("listed" if is_left else document.get("listing"), "unknown")
    if status == "unknown" and not begins and valid_prices(day, document["prices"]):
        status = "available"
    if not any(event["kind"] == "deprecated" for event in events):  # 3
        ahead = any(event["kind"] == "retired" and last_day(event["date"]) > day for event in exact)
        if ahead and is_known and (status in SERVED or (status == "unknown" and not begins)):
            status = "deprecated"
    bounds = [event for event in events if event["kind"] == "retired" and event["bound"] == "not_before"]
    excluded = max((first_day(event["date"]) for event in bounds if first_day(event["date"]) <= day), default=None)
    if status in SERVED and excluded and not (checked_on and excluded <= checked_on <= day):  # 4
        status = "unknown"
    left_on = document.get("left_list_on")
    return "deprecated" if left_on and left_on <= day and status != "retired" else status  # 5


def some_date(chance):
    text = f"{chance.choice([2025, 2026, 2027])}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    return text[: chance.choice([4, 7, 10])]


def test_status_is_the_one_that_the_site_computes():
    chance = random.Random(5)
    seen = set()
    for _ in range(20_000):
        events = [
            {"kind": chance.choice(EventKind.values), "bound": chance.choice(Bound.values), "date": some_date(chance)}
            for _ in range(chance.randint(0, 4))
        ]
        listing = chance.choice([None, *STATUS_OF_LISTING])
        day = PartialDate.parse(some_date(chance)).last_day
        checked_on = chance.choice([None, PartialDate.parse(some_date(chance)).first_day])
        terms = {"above_tokens": 0, "service_level": None, "conditions": None}
        prices = [
            {**terms, "meter": meter, "valid_from": some_date(chance), "is_withdrawn": chance.random() < 0.3}
            for meter in chance.choices(["input", "output"], k=chance.randint(0, 2))
        ]
        document = {"events": events, "listing": listing, "checked_on": checked_on and checked_on.isoformat()}
        document["prices"] = prices
        left_on = chance.choice([None, None, PartialDate.parse(some_date(chance)).first_day])
        document["left_list_on"] = left_on and left_on.isoformat()
        released_on = chance.choice([None, some_date(chance)])
        ours = status_on(day, document, released_on)
        assert status_by_the_rule(day.isoformat(), document, released_on) == ours, (day, document, released_on)
        seen.add(ours)
    assert len(seen) == 6


def test_canonical_form_is_that_of_rfc_8785():
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]  # the example in its section 3.2.3
    ordered = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(json.loads(mirror.canonical(dict.fromkeys(names)))) == ordered
    assert mirror.canonical('€$\x0f\nA\'B"\\"/\x7f') == '"€$\\u000f\\nA\'B\\"\\\\\\"/\x7f"'
    assert mirror.canonical([None, True, False, 0, -1, []]) == "[null,true,false,0,-1,[]]"
