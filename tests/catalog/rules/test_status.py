from datetime import date
from itertools import pairwise

import pytest

from catalog.documents.summaries import periods
from catalog.rules import status
from catalog.rules.status import Status
from tests.catalog import factories


def event(kind, written, bound="exact"):
    return {"kind": kind, "date": written, "bound": bound}


def status_on(day, events, checked_on=None):
    return status.status_on(day, {"events": list(events), "checked_on": checked_on and checked_on.isoformat()})


def test_a_model_lasts_until_the_date_of_its_end_is_known():
    day, released = date(2026, 3, 1), event("released", "2025-04-16")
    for events, expected in (
        ([released], True),
        ([released, event("retired", "2027-01-01", "not_before")], True),
        ([released, event("retired", "2027-01-01")], False),
        ([released, event("deprecated", "2026-06"), event("retired", "2027-01-01")], False),
        ([released, event("retired", "2025-12-01"), event("released", "2026-01-01")], True),
        ([], True),
    ):
        assert status.has_lasting_events(day, {"events": events}) is expected, events


def test_a_model_is_deprecated_or_retired_when_its_vendor_offers_it_only_as_such():
    day, released = date(2026, 3, 1), [event("released", "2025-04-16")]
    for events, own, expected in (
        (released, ["deprecated"], Status.DEPRECATED),
        (released, ["retired", "deprecated"], Status.DEPRECATED),
        (released, ["retired", "deprecated", "unknown"], Status.AVAILABLE),
        (released, ["retired"], Status.RETIRED),
        ([*released, event("deprecated", "2026-01-01")], ["retired", "retired"], Status.RETIRED),
        ([event("announced", "2025-04-16")], ["retired"], Status.ANNOUNCED),
        (released, ["available", "deprecated"], Status.AVAILABLE),
        (released, ["preview", "retired"], Status.AVAILABLE),
        (released, ["unknown"], Status.AVAILABLE),
        (released, [], Status.AVAILABLE),
        ([], ["deprecated"], Status.DEPRECATED),
        ([event("preview", "2025-04-16")], ["deprecated"], Status.DEPRECATED),
        ([event("announced", "2025-04-16")], ["deprecated"], Status.ANNOUNCED),
        ([*released, event("retired", "2026-01-01")], ["deprecated"], Status.RETIRED),
        ([event("released", "2026")], ["preview", "available"], Status.AVAILABLE),
        ([event("released", "2026")], ["preview", "unknown"], Status.PREVIEW),
        ([event("released", "2026")], ["unknown"], Status.UNKNOWN),
        ([event("announced", "2025-04-16")], ["available"], Status.AVAILABLE),
        ([*released, event("retired", "2026-02-01", "not_before")], ["available"], Status.UNKNOWN),
        ([event("preview", "2025-04-16")], ["available"], Status.PREVIEW),
    ):
        document = {"events": events, "checked_on": None, "openness": None}
        assert status.model_status_on(day, document, own, [*own, "available"]) == expected, (events, own)
    document = {"events": released, "checked_on": None, "openness": "weights"}
    assert status.model_status_on(day, document, ["retired"], ["retired", "available"]) == Status.DEPRECATED


@pytest.mark.parametrize(
    ("said", "more", "expected"),
    [
        ([{"confidence": "third_party"}], {}, Status.UNKNOWN),
        ([{"confidence": "unverified"}, {"confidence": "third_party"}], {}, Status.UNKNOWN),
        ([{"confidence": "third_party"}, {"confidence": "vendor"}], {}, Status.AVAILABLE),
        ([{"confidence": "third_party", "checked_on": "2026-11-24"}], {}, Status.AVAILABLE),
        ([{"confidence": "third_party"}], {"weights": [{"url": "https://example.com/w"}]}, Status.AVAILABLE),
        ([], {}, Status.AVAILABLE),
    ],
)
def test_a_model_that_nobody_serves_is_available_only_by_a_source_that_says_so(said, more, expected):
    begun = {**event("released", "2025-04-16"), "evidence": said}
    document = {"events": [begun], "checked_on": None, "openness": None, **more}
    day = date(2026, 11, 24)
    assert status.model_status_on(day, document, [], ["retired", "unknown"]) == expected
    assert status.model_status_on(day, document, [], ["retired", "deprecated"]) == Status.AVAILABLE
    assert status.model_status_on(day, document, ["retired"], ["retired", "retired"]) == Status.RETIRED, (
        "as its API says"
    )
    ended = {**document, "events": [begun, event("retired", "2026-01-01")]}
    assert status.model_status_on(day, ended, [], []) == Status.RETIRED


LIFE = [
    event("announced", "2024-12-20"),
    event("preview", "2025-02"),
    event("released", "2025-04-16"),
    event("deprecated", "2026-04-22"),
    event("retired", "2026-10-23"),
]


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2024, 12, 19), Status.UNKNOWN),
        (date(2024, 12, 20), Status.ANNOUNCED),
        (date(2025, 2, 27), Status.ANNOUNCED),
        (date(2025, 2, 28), Status.PREVIEW),
        (date(2025, 4, 15), Status.PREVIEW),
        (date(2025, 4, 16), Status.AVAILABLE),
        (date(2026, 4, 21), Status.AVAILABLE),
        (date(2026, 4, 22), Status.DEPRECATED),
        (date(2026, 10, 22), Status.DEPRECATED),
        (date(2026, 10, 23), Status.RETIRED),
        (date(2030, 1, 1), Status.RETIRED),
    ],
)
def test_status_changes_on_the_day_of_the_event(day, status):
    assert status_on(day, LIFE) == status
    assert status_on(day, reversed(LIFE)) == status


def test_nothing_on_record_is_unknown():
    assert status_on(date(2026, 1, 1), []) == Status.UNKNOWN


def test_a_retirement_in_a_year_counts_from_its_end():
    events = [event("released", "2024"), event("deprecated", "2025-01-01"), event("retired", "2026")]
    assert status_on(date(2026, 12, 30), events) == Status.DEPRECATED
    assert status_on(date(2026, 12, 31), events) == Status.RETIRED


def test_a_coarse_release_does_not_undo_a_later_stage():
    events = [event("deprecated", "2024-06-01"), event("released", "2024")]
    assert status_on(date(2025, 1, 1), events) == Status.DEPRECATED


def test_a_coming_retirement_deprecates_when_nothing_says_since_when():
    events = [event("released", "2025-04-16"), event("retired", "2026-12-11")]
    assert status_on(date(2026, 11, 24), events) == Status.DEPRECATED
    assert status_on(date(2026, 12, 11), events) == Status.RETIRED
    assert status_on(date(2025, 4, 15), events) == Status.UNKNOWN


def test_an_end_counts_from_the_day_on_which_it_was_read():
    events = [event("released", "2024-05-13"), event("retired", "2027-01-14")]
    known_on = date(2026, 11, 24)
    assert status_on(date(2024, 5, 12), events, known_on) == Status.UNKNOWN
    assert status_on(date(2024, 6, 1), events, known_on) == Status.AVAILABLE
    assert status_on(date(2026, 11, 23), events, known_on) == Status.AVAILABLE
    assert status_on(known_on, events, known_on) == Status.DEPRECATED
    assert status_on(date(2026, 11, 23), events[1:], known_on) == Status.UNKNOWN


def test_an_undated_list_without_prices_counts_from_the_release():
    document = {"events": [], "checked_on": None, "listing": "listed", "prices": []}
    found = [status.status_on(date(2025, 12, day), document, "2025-12-11") for day in (10, 11)]
    assert found == [Status.UNKNOWN, Status.AVAILABLE]
    assert status.status_on(date(2025, 1, 1), document) == Status.AVAILABLE


def test_a_dated_price_says_that_it_is_served_before_the_list_was_read_and_without_one():
    key = {"meter": "input", "above_tokens": 0, "service_level": "", "conditions": ""}
    days = (("2025-06-05", False), ("2026-01-01", True))
    prices = [{**key, "valid_from": day, "is_withdrawn": is_withdrawn} for day, is_withdrawn in days]
    days = [date(2025, 6, 4), date(2025, 6, 5), date(2026, 1, 1), date(2026, 11, 24)]
    for listing, expected in ((None, "unknown"), ("listed", "available"), ("removed", "retired")):
        document = {"events": [], "checked_on": "2026-11-24", "listing": listing, "prices": prices}
        found = [status.status_on(day, document) for day in days]
        assert found == ["unknown", "available", "unknown", expected]
    end = {
        "events": [event("retired", "2027-01-14")],
        "checked_on": "2026-11-24",
        "listing": None,
        "prices": prices[:1],
    }
    assert [status.status_on(day, end) for day in days[1:]] == ["available", "available", "deprecated"]


def test_a_coming_retirement_alone_says_that_it_is_served():
    assert status_on(date(2026, 11, 24), [event("retired", "2027-06-08")]) == Status.DEPRECATED


def test_a_retirement_not_before_a_day_promises_the_time_until_then():
    events = [event("released", "2025-10-15"), event("retired", "2026-10-15", "not_before")]
    assert status_on(date(2026, 10, 14), events) == Status.AVAILABLE
    assert status_on(date(2026, 10, 15), events) == Status.UNKNOWN
    assert status_on(date(2030, 1, 1), events) == Status.UNKNOWN


def test_a_check_after_that_day_settles_it():
    events = [event("released", "2025-10-15"), event("retired", "2026-10-15", "not_before")]
    assert status_on(date(2026, 11, 1), events, checked_on=date(2026, 10, 14)) == Status.UNKNOWN
    assert status_on(date(2026, 11, 1), events, checked_on=date(2026, 10, 15)) == Status.AVAILABLE
    assert status_on(date(2026, 10, 20), events, checked_on=date(2026, 11, 1)) == Status.UNKNOWN


def test_not_before_a_year_may_end_from_its_first_day():
    events = [event("released", "2025"), event("retired", "2027", "not_before")]
    assert status_on(date(2026, 12, 31), events) == Status.AVAILABLE
    assert status_on(date(2027, 1, 1), events) == Status.UNKNOWN


def test_a_release_not_before_a_day_has_not_happened():
    events = [event("announced", "2026-01-01"), event("released", "2026-02-01", "not_before")]
    assert status_on(date(2026, 3, 1), events) == Status.ANNOUNCED


def test_a_release_after_the_retirement_starts_anew():
    events = [event("released", "2024-01-01"), event("retired", "2025-01-01"), event("released", "2026-01-01")]
    assert status_on(date(2025, 6, 1), events) == Status.RETIRED
    assert status_on(date(2026, 1, 1), events) == Status.AVAILABLE


def test_a_new_name_changes_nothing():
    events = [event("released", "2024-01-01"), event("renamed", "2025-01-01")]
    assert status_on(date(2026, 1, 1), events) == Status.AVAILABLE


@pytest.mark.parametrize(
    ("listing", "status"),
    [("listed", "available"), ("preview", "preview"), ("deprecated", "deprecated"), ("removed", "retired")],
)
def test_without_events_an_offering_is_what_the_list_calls_it(listing, status, db):
    offering = factories.offering(listing=listing, checked_on=date(2026, 11, 24))
    assert factories.status_of(offering, date(2026, 11, 24)) == status
    assert factories.status_of(offering, date(2026, 11, 23)) == Status.UNKNOWN


def test_events_overrule_the_list(db):
    offering = factories.offering(listing="listed", checked_on=date(2026, 1, 1))
    factories.event(offering=offering, kind="retired", date="2026-10-23")
    assert factories.status_of(offering, date(2026, 11, 24)) == Status.RETIRED


def test_the_status_of_a_model_ignores_what_providers_do(db):
    offering = factories.offering()
    factories.event(model=offering.model, kind="released", date="2025-01-01")
    factories.event(offering=offering, kind="retired", date="2026-01-01")
    assert factories.status_of_model(offering.model, date(2026, 11, 24)) == Status.AVAILABLE


def test_status_periods_hold_the_status_of_each_of_their_days():
    dates = ["2024", "2024-05", "2024-05-17", "2025-02", "2025"]
    days = [date.fromordinal(number) for number in range(date(2023, 12, 1).toordinal(), date(2026, 2, 1).toordinal())]
    for first in dates:
        for second in dates:
            end = event("retired", second, "not_before" if second < first else "exact")
            document = {"events": [event("released", first), end], "checked_on": "2024-08-01"}
            found = periods(
                status.status_turns(document), lambda day, document=document: status.status_on(day, document)
            )
            assert all(one[1] == other[0] for one, other in pairwise(found))
            assert all(one[2] != other[2] for one, other in pairwise(found))
            assert (found[0][0], found[-1][1]) == (date.min, date.max)
            for day in days[::3]:
                [value] = [value for first_day, end_day, value in found if first_day <= day < end_day]
                assert value == status.status_on(day, document), (day, document)


def test_undated_list_counts_from_the_first_price(db):
    offering = factories.offering(listing="listed")
    factories.price(offering=offering, valid_from="2025-06-17")
    assert factories.status_of(offering, date(2025, 6, 17)) == Status.AVAILABLE
    assert factories.status_of(offering, date(2025, 6, 16)) == Status.UNKNOWN
    factories.price(offering=offering, meter="output", valid_from="2025-06-16")
    assert factories.status_of(offering, date(2025, 6, 16)) == Status.AVAILABLE
