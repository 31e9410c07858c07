"""The status of a model or an offering on a day. The rule is the docstring of `status_on`."""

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import TextChoices

from catalog.rules.choices import Confidence, Listing
from catalog.rules.facts import OPEN_WEIGHTS
from catalog.rules.partial_dates import PartialDate


class Status(TextChoices):
    UNKNOWN = "unknown", "Unknown"
    ANNOUNCED = "announced", "Announced"
    PREVIEW = "preview", "Preview"
    AVAILABLE = "available", "Available"
    DEPRECATED = "deprecated", "Deprecated"
    RETIRED = "retired", "Retired"


class EventKind(TextChoices):
    ANNOUNCED = "announced", "Announcement"
    PREVIEW = "preview", "Preview"
    RELEASED = "released", "Release"
    DEPRECATED = "deprecated", "Deprecation"
    RETIRED = "retired", "Last day"
    RENAMED = "renamed", "Renamed"


class Bound(TextChoices):
    EXACT = "exact", "on this date"
    NOT_BEFORE = "not_before", "not before this date"


REACHED_BY: dict[str, Status] = {
    EventKind.ANNOUNCED: Status.ANNOUNCED,
    EventKind.PREVIEW: Status.PREVIEW,
    EventKind.RELEASED: Status.AVAILABLE,
    EventKind.DEPRECATED: Status.DEPRECATED,
    EventKind.RETIRED: Status.RETIRED,
}
STAGES = list(REACHED_BY.values())
STATUS_OF_LISTING = {
    Listing.LISTED: Status.AVAILABLE,
    Listing.PREVIEW: Status.PREVIEW,
    Listing.DEPRECATED: Status.DEPRECATED,
    Listing.REMOVED: Status.RETIRED,
}
BEGINNINGS = {EventKind.ANNOUNCED, EventKind.PREVIEW, EventKind.RELEASED}
LASTING = (Status.PREVIEW, Status.AVAILABLE)
SERVED = {Status.PREVIEW, Status.AVAILABLE, Status.DEPRECATED}


def status_on(day: date, document: dict, released_on: str | None = None) -> Status:
    """Return the status of a model or an offering on `day`.

    It reads from the document `events` (with `kind`, `bound` and `date`), `checked_on` and, for an offering, `listing`
    and `prices`; `released_on` is the effective release of an offering, a partial date.

    1. An event counts from the last day of the period given by its date: a retirement in "2026" from 31 December.
       An event "not before" a date never counts as having happened.
    2. The status is the furthest stage reached (announced, preview, available, deprecated, retired), in any order of
       the events. A beginning after the last retirement starts again. Without any, it is the provider's `listing`, from
       the day `checked_on` on which that list was read; without that day, from that of the first price; without prices,
       from the release, if that is known. Before that day, and without a listing, it is available while a price of it
       is valid.
    3. A future exact retirement makes a served model deprecated, unless an event says when the end was announced. The
       end is known from the day of rule 2 on.
    4. A retirement "not before" a date may have happened from that date on. The status of a served model is then
       unknown, unless it was checked, at `checked_on`, on that date or later.
    5. An offering that has left its vendor's own list, on `left_list_on`, was listed until then. From that day on it is
       deprecated, unless an event says that it is retired: a list that lacks it does not say that it has ended.
    """
    events, listing, checked_on = document["events"], document.get("listing"), _checked_on(document)
    left_on = document.get("left_list_on")
    if left_on and listing == Listing.REMOVED:
        listing = Listing.LISTED
    first = min((price["valid_from"] for price in document.get("prices", ())), default=released_on)
    known_on = checked_on or (PartialDate.parse(first).first_day if first else None)
    is_known = known_on is None or known_on <= day
    status = _stage_reached(day, events)
    begins = any(event["kind"] in BEGINNINGS for event in events)
    if status == Status.UNKNOWN and not begins and listing and is_known:
        status = STATUS_OF_LISTING[listing]
    elif status == Status.UNKNOWN and not begins and _is_priced(day, document.get("prices", ())):
        status = Status.AVAILABLE
    if is_known and _is_end_announced(day, events) and (status in SERVED or (status == Status.UNKNOWN and not begins)):
        status = Status.DEPRECATED
    if status in SERVED and _may_have_ended(day, events, checked_on):
        status = Status.UNKNOWN
    return Status.DEPRECATED if left_on and left_on <= day.isoformat() and status != Status.RETIRED else status


def departure_on(day: date, status: Status, offerings: Iterable[dict]) -> str | None:
    """Return since when no offering of a model is in its vendor's own list; None if one is, or its end is on record.

    `offerings` are the documents of its offerings at the vendors' reference providers.
    """
    offerings = [*offerings]
    left = [offering["left_list_on"] for offering in offerings if offering.get("left_list_on")]
    is_ending = any(event["kind"] == EventKind.RETIRED for offering in offerings for event in offering["events"])
    if status != Status.DEPRECATED or not offerings or len(left) < len(offerings) or is_ending:
        return None
    return max(left) if max(left) <= day.isoformat() else None


def model_status_on(day: date, document: dict, own_statuses: Collection[str], offered: Iterable[str]) -> Status:
    """Return the status of a model on `day`; `own_statuses` has those of its offerings at the vendors'
    reference providers, `offered` those of all its offerings.

    6. A model that is in preview, available, deprecated or unknown by its own events is retired if each of these
       offerings is and its weights are not open, else deprecated if each of them is deprecated or retired.
    7. A model that is unknown or announced because it has reached no further stage, such as one released in "2026"
       before the year is over, is available if one of these offerings is, else in preview if one is.
    8. If rule 6 says nothing: a model that no offering serves is unknown instead of in preview or available if only
       lists and other third parties say that it began: they do not say that it is available today. A source of the
       vendor does, so does a check by the firm, a place of its weights, and an event that was entered without a source.
    """
    status = status_on(day, document)
    if own_statuses and {*own_statuses} <= {Status.DEPRECATED, Status.RETIRED} and status in {*SERVED, Status.UNKNOWN}:
        is_open = OPEN_WEIGHTS.get(document["openness"])
        return Status.RETIRED if {*own_statuses} == {Status.RETIRED} and not is_open else Status.DEPRECATED
    if status in LASTING and SERVED.isdisjoint(offered) and not _is_stated(document):
        return Status.UNKNOWN
    is_early = status in (Status.UNKNOWN, Status.ANNOUNCED) and status == _stage_reached(day, document["events"])
    return next((stage for stage in (Status.AVAILABLE, Status.PREVIEW) if is_early and stage in own_statuses), status)


def has_lasting_events(day: date, document: dict) -> bool:
    """Return whether no exact date is known after `day` on which the deprecation or the end of a model follows."""
    ends = _periods(document["events"], EventKind.DEPRECATED, EventKind.RETIRED)
    return not any(end.last_day > day for end in ends)


def status_turns(document: dict) -> set[date]:
    """Return the only days on which the status can change."""
    spans = [PartialDate.parse(event["date"]) for event in document["events"]]
    spans += [PartialDate.parse(document["left_list_on"])] if document.get("left_list_on") else []
    checked_on = _checked_on(document)
    return {turn for span in spans for turn in (span.first_day, span.last_day)} | (
        {checked_on} if checked_on else set()
    )


def _is_stated(document: dict) -> bool:
    """Return whether the vendor or the firm says that a model has begun, or where its weights are."""
    begun = [event for event in document["events"] if event["kind"] in BEGINNINGS]
    evidence = [item for event in begun for item in event.get("evidence", ())]
    is_said = any(item["confidence"] == Confidence.VENDOR or item.get("checked_on") for item in evidence)
    return not evidence or is_said or bool(document.get("weights"))


def _is_priced(day: date, prices: Iterable[dict]) -> bool:
    """Return whether a price is valid, by the rule of `catalog.rules.prices`, which is built on this one."""
    latest: dict[tuple, dict] = {}
    for price in sorted(prices, key=lambda row: row["valid_from"]):
        if PartialDate.parse(price["valid_from"]).first_day <= day:
            latest[price["meter"], price["above_tokens"], price["service_level"], price["conditions"]] = price
    return not all(price["is_withdrawn"] for price in latest.values())


def _checked_on(document: dict) -> date | None:
    return date.fromisoformat(document["checked_on"]) if document["checked_on"] else None


def _periods(events: list[dict], *kinds: str, bound: str = Bound.EXACT) -> list[PartialDate]:
    """Return the dates of the events of these kinds and this bound."""
    return [PartialDate.parse(event["date"]) for event in events if event["kind"] in kinds and event["bound"] == bound]


def _stage_reached(day: date, events: list[dict]) -> Status:
    reached = {kind: [period for period in _periods(events, kind) if period.last_day <= day] for kind in REACHED_BY}
    if ends := reached[EventKind.RETIRED]:
        end = max(period.last_day for period in ends)
        reached = {kind: [period for period in periods if period.first_day > end] for kind, periods in reached.items()}
        if not any(reached[kind] for kind in BEGINNINGS):
            return Status.RETIRED
    return max((REACHED_BY[kind] for kind in reached if reached[kind]), key=STAGES.index, default=Status.UNKNOWN)


def _is_end_announced(day: date, events: list[dict]) -> bool:
    is_said = any(event["kind"] == EventKind.DEPRECATED for event in events)
    return not is_said and any(end.last_day > day for end in _periods(events, EventKind.RETIRED))


def _may_have_ended(day: date, events: list[dict], checked_on: date | None) -> bool:
    limits = [limit.first_day for limit in _periods(events, EventKind.RETIRED, bound=Bound.NOT_BEFORE)]
    limits = [limit for limit in limits if limit <= day]
    return bool(limits) and not (checked_on and max(limits) <= checked_on <= day)
