"""The test vectors of `today` of a model: the rules of partners.md give from documents alone what the site gives.

With RECORD=1 in the environment they are recorded again.
"""

import json
import os
from datetime import date
from uuid import UUID

import pytest
import time_machine

from catalog.documents.sync.stamping import stamp
from catalog.models import FeedEntry
from tests.catalog import factories
from tests.catalog.documents.sync.mirroring import MIRROR
from tests.catalog.documents.sync.test_partner_rules import last_day

pytestmark = pytest.mark.django_db
FILE = MIRROR.parent / "feed-vectors.json"
DAY = date(2026, 12, 2)
OF_MODEL = ("id", "slug", "name", "vendors", "replaced_by", "events")
OF_OFFERING = ("id", "provider", "model", "last_listed_on", "left_list_on", "events")
OF_TODAY = ("status", "end", "replacement", "left_list_on")


@pytest.fixture
def recorded() -> dict:
    """Return the vectors as the site gives them for a few models with ends of all kinds."""
    own, host = (factories.provider(pk=pk, name=name) for pk, name in ((8001, "Acme API"), (8002, "Host")))
    vendor = factories.vendor(pk=8000, name="Acme", reference_provider=own)
    source = factories.source()

    def model(number: int, name: str, **fields):
        return factories.model(pk=8100 + number, public_id=UUID(int=number), name=name, vendors=[vendor], **fields)

    def ends(on: str, confidence: str = "vendor", **fields):
        event = factories.event(kind="retired", date=on, **fields)
        factories.evidence(event=event, source=source, confidence=confidence)

    def served(number: int, of, at, **fields):
        return factories.offering(pk=8200 + number, model=of, provider=at, api_id=f"id-{number}", **fields)

    last = model(1, "Without an end")
    middle = model(2, "Ending later")
    ends("2027-06-01", model=middle, replaced_by=last)
    several = model(3, "With several ends")
    ends("2026-06-30", model=several)
    ends("2027-01-31", model=several, replaced_by=middle)
    ends("2028", model=several, replaced_by=last)
    ends("2026-12-20", "disputed", model=several)
    at_own = model(4, "Ending at its vendor's API")
    for number, place in enumerate((own, host)):
        ends("2027-02-28", offering=served(number, at_own, place), replacement_name="acme-next")
    elsewhere = model(5, "Ending at a host alone")
    served(2, elsewhere, own)
    ends("2027-03-01", offering=served(3, elsewhere, host))
    both = model(6, "With an end of its own and another at its API")
    ends("2026-09-01", model=both)
    ends("2027-09-01", offering=served(4, both, own))
    gone = model(7, "Left its list")
    dates = {"last_listed_on": date(2026, 10, 20), "left_list_on": date(2026, 11, 1)}
    served(5, gone, own, listing="removed", **dates)
    model(8, "Replaced without an end", replaced_by=middle)
    one, other = model(9, "One of a circle"), model(10, "Other of a circle")
    ends("2025-01-01", model=one, replaced_by=other)
    ends("2025-06-01", model=other, replaced_by=one)
    ends("2027-10", model=model(11, "With a bound"), bound="not_before")
    stamp()
    found = {}
    for kind, names in (("model", OF_MODEL), ("offering", OF_OFFERING)):
        bodies = FeedEntry.objects.live().filter(type=kind).order_by("row_id").values_list("body", flat=True)
        found[f"{kind}s"] = [_reduced(json.loads(body), names) for body in bodies]
    return found


def _reduced(document: dict, names: tuple[str, ...]) -> dict:
    """Return the fields that the rules read."""
    events = [
        {name: event[name] for name in ("kind", "date", "bound", "replaced_by", "replacement_name")}
        | {"evidence": [{"confidence": item["confidence"]} for item in event["evidence"]]}
        for event in document["events"]
    ]
    return {name: document[name] for name in names} | {"events": events}


def _counted(record: dict) -> list[dict]:
    """Return the ends of service of a model or an offering that are not in doubt."""
    found = [event for event in record["events"] if event["kind"] == "retired"]
    confidences = [{item["confidence"] for item in event["evidence"]} for event in found]
    return [one for one, of in zip(found, confidences, strict=True) if "disputed" not in of and of != {"unverified"}]


class Rules:
    """The rules of "End and replacement of a model" in partners.md."""

    def __init__(self, vectors: dict):
        self.models = {model["slug"]: model for model in vectors["models"]}
        self.offerings = vectors["offerings"]

    def served(self, model: dict, is_own: bool = False) -> list[dict]:
        own = {vendor["reference_provider"] for vendor in model["vendors"]}
        found = (one for one in self.offerings if one["model"] and one["model"]["id"] == model["id"])
        return [one for one in found if not is_own or one["provider"]["id"] in own]

    def ends(self, model: dict) -> list[tuple[str, str]]:
        """Return the date and the bound of each end of a model at its vendor."""
        if own := _counted(model):
            return [(event["date"], event["bound"]) for event in own]
        at_own = [[event for event in _counted(one) if event["bound"] == "exact"] for one in self.served(model, True)]
        dates = [event["date"] for events in at_own for event in events]
        return [(max(dates), "exact")] if dates and all(at_own) else []

    def named(self, model: dict, end: tuple[str, str]) -> tuple[dict, dict | None, str | None]:
        """Return an end as the API gives it, and the replacement that its events name: a record, or else a name."""
        by = [(None, model), *((one["provider"]["name"], one) for one in self.served(model))]
        said = [(place, one) for place, of in by for one in _counted(of) if (one["date"], one["bound"]) == end]
        places = [place for place, _ in said if place]
        record = next((event["replaced_by"] for _, event in said if event["replaced_by"]), None)
        name = next((event["replacement_name"] for _, event in said if event["replacement_name"]), None)
        return {"date": end[0], "bound": end[1], "providers": places}, record, name

    def today(self, model: dict, day: str, status: str) -> dict:
        ends = self.ends(model)
        ahead = [end for end in ends if last_day(end[0]) > day]
        end, heir, name = None, None, None
        if chosen := min(ahead, default=None) or max(ends, default=None):
            end, heir, name = self.named(model, chosen)
        heir, steps = model["replaced_by"] or heir, {}
        while heir and heir["slug"] not in steps:
            of_heir, name, slug, step = self.models[heir["slug"]], None, heir["slug"], {**heir, "end": None}
            heir = None
            if latest := max(self.ends(of_heir), default=None):
                step["end"], heir, name = self.named(of_heir, latest)
            steps[slug] = {key: step[key] for key in ("name", "slug", "end")}
        chain = [*steps.values(), *([{"name": name, "slug": None, "end": None}] if name and not heir else [])]
        own = self.served(model, True)
        left = [one["left_list_on"] for one in own if one["left_list_on"] and one["left_list_on"] <= day]
        has_left = own and len(left) == len(own) and status == "deprecated"
        has_left = has_left and not any(event["kind"] == "retired" for one in own for event in one["events"])
        return {"status": status, "end": end, "replacement": chain, "left_list_on": max(left) if has_left else None}


def test_the_vectors_of_today_are_what_the_site_gives(client, recorded):
    with time_machine.travel(DAY, tick=False):
        items = client.get("/api/v1/models/?limit=100").json()["items"]
    today = {item["data"]["slug"]: {name: item["today"][name] for name in OF_TODAY} for item in items}
    assert len(today) == len(recorded["models"])
    expected = {"day": str(DAY), **recorded, "today": today}
    vectors = json.loads(FILE.read_text())
    if os.environ.get("RECORD"):
        vectors["today of models"] = expected
        FILE.write_text(json.dumps(vectors, indent=2, ensure_ascii=False) + "\n")
    assert vectors["today of models"] == expected


def test_the_rules_of_the_guide_give_the_vectors():
    vectors = json.loads(FILE.read_text())["today of models"]
    rules, today = Rules(vectors), vectors["today"]
    for slug, model in rules.models.items():
        assert rules.today(model, vectors["day"], today[slug]["status"]) == today[slug], slug
    assert {len(one["replacement"]) for one in today.values()} == {0, 1, 2}
    assert sum(one["end"] is None for one in today.values()) in range(2, 5)
    assert any(one["left_list_on"] for one in today.values())
