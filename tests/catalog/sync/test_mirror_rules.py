"""The reference client's own computations: the status on a day, the canonical form."""

import json
import random

from catalog.rules.partial_dates import PartialDate
from catalog.rules.status import STATUS_OF_LISTING, Bound, EventKind, status_on
from tests.catalog.sync.mirroring import mirror


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
        document = {"events": events, "listing": listing, "checked_on": checked_on and checked_on.isoformat()}
        ours = status_on(day, document)
        assert mirror.status_on(day.isoformat(), document) == ours, (day, document)
        seen.add(ours)
    assert len(seen) == 6


def test_canonical_form_is_that_of_rfc_8785():
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]  # the example in its section 3.2.3
    ordered = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(json.loads(mirror.canonical(dict.fromkeys(names)))) == ordered
    assert mirror.canonical('€$\x0f\nA\'B"\\"/\x7f') == '"€$\\u000f\\nA\'B\\"\\\\\\"/\x7f"'
    assert mirror.canonical([None, True, False, 0, -1, []]) == "[null,true,false,0,-1,[]]"
