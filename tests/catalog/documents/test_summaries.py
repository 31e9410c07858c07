"""List rows are computed from documents without a database."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from catalog.documents.summaries import summarise_model, summarise_offering
from catalog.documents.timeline import timeline_of
from catalog.rules.facts import MODEL_FACTS, OFFERING_FACTS

PROVIDER = {"id": "7", "slug": "cloud", "name": "Cloud", "kind": "cloud", "country": None}
VENDOR = {"id": "5", "slug": "maker", "name": "Maker", "reference_provider": "7"}
NAMES = {"slug": "falcon", "name": "Falcon", "path": "/catalog/models/falcon/"}


def model(**fields) -> dict:
    document = {fact.name: None for fact in MODEL_FACTS} | {"vendors": [], "input_modalities": []}
    document |= {"id": "uuid", "output_modalities": [], "existence": "verified", "checked_on": None, "events": []}
    document |= {"evidence": [], "published_at": None, "benchmarks": []}
    return document | NAMES | {"notice": "", "summary": "", "replaced_by": None} | fields


def offering(*prices: dict, **fields) -> dict:
    document = {fact.name: None for fact in OFFERING_FACTS} | {"provider": PROVIDER, "name": None, "note": ""}
    document |= {
        "model": {"id": "uuid"},
        "api_id": "falcon-1",
        "listing": None,
        "left_list_on": None,
        "checked_on": None,
        "events": [],
    }
    return document | {"inherits": True, "not_inherited": [], "evidence": [], "prices": list(prices)} | fields


def price(amount: str | None, valid_from: str = "0001", **fields) -> dict:
    terms = {"meter": "input", "unit": "token", "per_quantity": 1_000_000, "currency": "USD", "above_tokens": 0}
    terms |= {"service_level": None, "conditions": None, "evidence": []}
    return terms | {"amount": amount, "is_withdrawn": amount is None, "valid_from": valid_from} | fields


def event(kind: str, written: str, **fields) -> dict:
    rest = {"bound": "exact", "note": "", "replaced_by": None, "replacement_name": None, "evidence": []}
    return {"kind": kind, "date": written} | rest | fields


def evidence(source: str = "3", **fields) -> dict:
    return {"source": source, "confidence": "vendor", "is_checked": True, "fact": None, "note": ""} | fields


def periods_of(document: dict, *offerings: dict) -> list[tuple]:
    found = {key: (one, summarise_offering(key, one, 1, document)[1]) for key, one in enumerate(offerings, start=11)}
    _, periods = summarise_model(1, document, found)
    assert (periods[0].first_day, periods[-1].end_day) == (date.min, date.max)
    assert all(one.end_day == other.first_day for one, other in pairwise(periods))
    return [(str(one.first_day), one.status, one.input_price, one.offering_id) for one in periods]


def test_a_model_is_in_each_status_from_the_day_on_which_it_begins():
    events = [event("released", "2026-03"), event("retired", "2027-01-05"), event("deprecated", "2026-12-24")]
    assert periods_of(model(events=events)) == [
        ("0001-01-01", "unknown", None, None),
        ("2026-03-31", "available", None, None),
        ("2026-12-24", "deprecated", None, None),
        ("2027-01-05", "retired", None, None),
    ]


def test_the_price_of_a_model_is_that_of_its_reference_provider_while_it_serves_it():
    elsewhere = PROVIDER | {"id": "8"}
    offerings = [
        offering(price("3"), price("1", "2026-02-01"), events=[event("retired", "2026-06-01")]),
        offering(price("0.1"), provider=elsewhere),
        offering(price("2"), events=[event("retired", "2026-09-01")]),
    ]
    assert periods_of(model(vendors=[VENDOR]), *offerings) == [
        ("0001-01-01", "deprecated", 2, 13),
        ("2026-02-01", "deprecated", 1, 11),
        ("2026-06-01", "deprecated", 2, 13),
        ("2026-09-01", "retired", None, None),
    ]


def test_the_lowest_price_is_stored_with_its_provider():
    offerings = {11: offering(price("4"), price("8", meter="output"))}
    found = {key: (one, summarise_offering(key, one, 1, model())[1]) for key, one in offerings.items()}
    _, (period,) = summarise_model(1, model(), found)
    amounts = {"input_price": "4", "output_price": "8", "cached_price": None, "blended_price": "5"}
    assert (period.input_price, period.price_at, period.lowest_offering_id) == (None, "", 11)
    assert period.lowest == {"provider": PROVIDER, **amounts}


def test_the_providers_that_serve_a_model_are_stored_by_name():
    offerings = [
        offering(events=[event("retired", "2026-06-01")]),
        offering(provider=PROVIDER | {"id": "8", "name": "A host"}),
        offering(provider=PROVIDER | {"id": "8", "name": "A host"}),
    ]
    found = {key: (one, summarise_offering(key, one, 1, model())[1]) for key, one in enumerate(offerings, start=11)}
    _, (before, after) = summarise_model(1, model(), found)
    assert before.served_at == ["A host", PROVIDER["name"]]
    assert (str(after.first_day), after.served_at) == ("2026-06-01", ["A host"])


def test_an_id_with_a_host_ends_with_it_under_any_name():
    ended = offering(api_id="m@1", events=[event("retired", "2026-06-01")])
    others = (offering(api_id=one, provider=PROVIDER | {"id": "8", "name": one}) for one in ("m@1", "m-1"))
    found = {key: (one, summarise_offering(key, one, 1, model())[1]) for key, one in enumerate([ended, *others])}
    assert summarise_model(1, model(), found)[1][-1].served_at == ["m-1"]


def test_a_model_is_current_while_it_is_available_and_complete():
    whole = price("3", "2026-02-10"), price("9", "2026-02-10", meter="output")
    ending = offering(*whole, events=[event("retired", "2026-09-01")])
    known = {"vendors": [VENDOR], "released_on": "2026-02", "context_tokens": 8}
    events = [event("released", "2026-02-10")]

    def current(*offerings, **fields) -> list[tuple]:
        found = {key: (one, summarise_offering(key, one, 1, model())[1]) for key, one in enumerate(offerings, start=11)}
        _, periods = summarise_model(1, model(**known | {"events": events} | fields), found)
        return [(str(one.first_day), one.current_since) for one in periods if one.current_since]

    assert current(offering(*whole)) == current(ending, offering(*whole)) == [("2026-02-10", "2026-02-10")]
    assert current(ending) == []
    assert current(offering(price("3"))) == []
    assert current(offering(*whole), context_tokens=None) == []
    assert current(offering(*whole), vendors=[]) == []


@pytest.mark.parametrize(
    ("released", "priced", "expected"),
    [
        ("2027", [], "2027-06-01"),
        ("2026", ["2026-11-24", "2026-12-01"], "2026-11-24"),
        ("2026", ["2026-11"], "2026-11-30"),
        ("2026", [], "2026-12-31"),
        ("2026-02", ["2026-11-24", "2025-12-01"], "2026-02-28"),
        ("2026-02-10", ["2026-02-10"], "2026-02-10"),
        (None, ["2026-11-24"], ""),
    ],
)
def test_a_release_without_a_day_sorts_by_the_last_possible_one(released, priced, expected):
    document = offering(*(price("3", day) for day in priced))
    found = {11: (document, summarise_offering(11, document, 1, model())[1])}
    summary, _ = summarise_model(1, model(released_on=released, published_at="2027-06-01T10:00:00Z"), found)
    assert summary.released_until == expected


def test_the_kinds_of_providers_whose_prices_can_be_the_lowest_are_a_setting(settings):
    settings.CATALOG_LOWEST_PRICE_KINDS = ["vendor"]
    document = offering(price("4"))
    _, (period,) = summarise_model(1, model(), {11: (document, summarise_offering(11, document, 1, model())[1])})
    assert period.lowest is None


def test_prices_have_no_more_digits_than_databases_keep():
    _, (period,) = summarise_offering(11, offering(price("999999.123456789", per_quantity=7)), 1, model())
    assert period.input_price == Decimal("142857017636.684000000")


def test_an_offering_has_the_prices_of_each_period_without_their_evidence():
    document = offering(
        price("3", evidence=[evidence()]), price("1", "2026-02"), price("4", meter="image", unit="image")
    )
    _, periods = summarise_offering(11, document, 1, model())
    assert [(str(one.first_day), [each["amount"] for each in one.prices]) for one in periods] == [
        ("0001-01-01", ["3", "4"]),
        ("2026-02-01", ["1", "4"]),
    ]
    assert all("evidence" not in each for one in periods for each in one.prices)


def test_an_offering_shows_what_holds_there_and_who_says_so():
    found = [evidence("9"), evidence("9", is_checked=False), evidence("3")]
    document = offering(price("1", evidence=found[:1]), context_tokens=8, evidence=found[1:])
    summary, _ = summarise_offering(11, document, 1, model(context_tokens=9, max_output_tokens=5))
    assert summary.row["effective"]["context_tokens"] == 8
    assert summary.row["effective"]["max_output_tokens"] == 5
    assert summary.row["sources"] == [["3", True], ["9", False]]
    assert summary.row["model"]["path"] == NAMES["path"]


@pytest.mark.parametrize(
    ("own", "of_model", "expected"), [("Own", NAMES, "falcon"), ("Own", None, "own"), (None, None, "falcon-1")]
)
def test_an_offering_stands_by_the_name_of_its_model_else_by_its_own(own, of_model, expected):
    summary, _ = summarise_offering(11, offering(name=own), None, of_model and model())
    assert summary.name_key == expected


def test_a_model_counts_beside_each_of_its_values():
    named = {"slug": "x", "name": "X"}
    document = model(kind="image", vendors=[VENDOR], family={"id": "6", **named}, reasoning=True)
    document |= {"input_modalities": [{"id": "1", **named}], "tool_calls": False}
    summary, _ = summarise_model(1, document, {11: (offering(), summarise_offering(11, offering(), 1, document)[1])})
    assert (
        summary.places
        == "capability:reasoning family:6 input:1 kind:image openness:unknown provider:7 region:unknown vendor:5"
    )


@pytest.mark.parametrize(
    ("fields", "show"),
    [
        ({"evidence": [evidence(fact="kind", checked_on="2026-01-01")]}, "checked"),
        ({"checked_on": "2026-01-01", "evidence": [evidence(fact="kind")]}, "unchecked"),
        ({}, "unchecked"),
        ({"checked_on": "2026-01-01", "existence": "unverified"}, "unverified"),
    ],
)
def test_a_model_stands_on_one_list(fields, show):
    assert summarise_model(1, model(**fields), {})[0].show == show


def kinds(*events, **fields) -> list[str]:
    return [entry.kind for entry in timeline_of(1, model(events=list(events), **fields), {})]


def test_what_readers_may_not_rely_on_is_no_change():
    disputed, unverified = evidence(confidence="disputed"), evidence(confidence="unverified")
    assert kinds(event("released", "2026", evidence=[evidence(), disputed])) == []
    assert kinds(event("released", "2026", evidence=[unverified])) == []
    assert kinds(event("released", "2026", evidence=[unverified, evidence()])) == ["released"]
    assert kinds(event("released", "2026"), existence="unverified") == []


def test_of_limits_only_the_end_of_service_is_told():
    limits = [event(kind, "2027", bound="not_before") for kind in ("released", "retired", "deprecated")]
    assert kinds(*limits, event("announced", "2026"), event("renamed", "2026")) == ["retired"]


def test_an_end_names_its_place_its_replacement_and_its_sources():
    replacement = {"id": "other", "slug": "hawk", "name": "Hawk"}
    end = event("retired", "2027-02", replaced_by=replacement, evidence=[evidence()])
    (entry,) = timeline_of(1, model(), {11: offering(events=[end])})
    assert (entry.model_id, entry.places, entry.last_day) == (1, "Cloud", date(2027, 2, 28))
    assert not entry.row["is_by_vendor"]
    assert [place["path"] for place in entry.row["places"]] == ["/catalog/providers/cloud/"]
    assert entry.row["replacement"] == {**replacement, "path": "/catalog/models/hawk/"}
    assert entry.row["sources"] == [["3", True]]
    assert entry.row["is_confirmed"]


def test_an_end_is_confirmed_by_its_vendor_and_not_by_another_host():
    own, third = PROVIDER | {"id": "9", "name": "Own"}, evidence(confidence="third_party")
    vendors = [VENDOR | {"reference_provider": "9"}]
    ends = [event("retired", "2027", evidence=[item]) for item in (third, evidence())]
    for first, second, is_confirmed in ((*ends, False), (*ends[::-1], True)):
        offerings = {1: offering(provider=own, events=[first]), 2: offering(events=[second])}
        (entry,) = timeline_of(1, model(vendors=vendors), offerings)
        assert entry.row["is_confirmed"] == is_confirmed
        assert [place["is_own"] for place in entry.row["places"]] == [False, True]


def test_a_new_price_is_told_beside_the_amount_before():
    prices = [price("3"), price("3", "2025"), price(None, "2026-01"), price("2", "2026-02"), price("9", conditions="x")]
    (entry,) = timeline_of(1, model(), {11: offering(*prices, price("1", "2026-03", currency="EUR"))})
    assert (entry.kind, entry.date, entry.last_day) == ("price", "2026-02", date(2026, 2, 28))
    assert entry.words == "Input: 2.00 USD per 1,000,000 tokens; before: 3.00 USD per 1,000,000 tokens"
    assert len(entry.key) <= 100


def test_prices_of_two_kinds_have_two_names():
    prices = [price("3"), price("2", "2026"), price("3", conditions="x"), price("2", "2026", conditions="x")]
    keys = {entry.key for entry in timeline_of(1, model(), {11: offering(*prices)})}
    assert len(keys) == 2


def test_each_day_has_one_period():
    document = offering(price("3", "2026-05-04"), events=[event("released", "2026"), event("retired", "2026-12-31")])
    _, periods = summarise_offering(11, document, 1, model())
    for day in (date.min, date(2026, 5, 3), date(2026, 5, 4), date(2026, 12, 31), date.max - timedelta(days=1)):
        assert len([one for one in periods if one.first_day <= day < one.end_day]) == 1
