"""What can be said on a given day of a model or an offering. The rule is the docstring of `status_on`."""

from datetime import date

from django.db.models import TextChoices


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
    DEPRECATED = "deprecated", "Announcement of the end"
    RETIRED = "retired", "End of service"
    RENAMED = "renamed", "New name"


class Bound(TextChoices):
    EXACT = "exact", "on this date"
    NOT_BEFORE = "not_before", "not before this date"


REACHED_BY = {
    EventKind.ANNOUNCED: Status.ANNOUNCED,
    EventKind.PREVIEW: Status.PREVIEW,
    EventKind.RELEASED: Status.AVAILABLE,
    EventKind.DEPRECATED: Status.DEPRECATED,
    EventKind.RETIRED: Status.RETIRED,
}
STAGES = list(REACHED_BY.values())
BEGINNINGS = {EventKind.ANNOUNCED, EventKind.PREVIEW, EventKind.RELEASED}
SERVED = {Status.PREVIEW, Status.AVAILABLE, Status.DEPRECATED}


def status_on(day: date, events, *, listed_as: str = "", checked_on: date | None = None) -> Status:
    """Return the status on `day`. `events` have `kind`, `bound` and `period` (a PartialDate); all are read.

    1. An event counts from the last day of the period that its date names: a retirement in "2026" from 31 December.
       An event "not before" a date never counts as having happened.
    2. The status is the furthest stage reached (announced, preview, available, deprecated, retired), in whatever order
       the events came. A beginning after the last retirement starts anew. Without any, it is what the provider's list
       calls it, `listed_as`, from the day `checked_on` on which that list was read.
    3. An exact retirement that lies ahead makes what is served deprecated where no event says when that was announced.
    4. From the day on before which a retirement was excluded it may have ended, so what is served is unknown then,
       unless it was looked up, at `checked_on`, on that day or later.
    """
    events = list(events)
    status = _stage_reached(day, events)
    begins = any(event.kind in BEGINNINGS for event in events)
    if status == Status.UNKNOWN and not begins and listed_as and (checked_on is None or checked_on <= day):
        status = Status(listed_as)
    if _is_end_announced(day, events) and (status in SERVED or (status == Status.UNKNOWN and not begins)):
        status = Status.DEPRECATED
    if status in SERVED and _may_have_ended(day, events, checked_on):
        status = Status.UNKNOWN
    return status


def _stage_reached(day: date, events) -> Status:
    happened = [
        event
        for event in events
        if event.kind in REACHED_BY and event.bound == Bound.EXACT and event.period.last_day <= day
    ]
    ends = [event.period.last_day for event in happened if event.kind == EventKind.RETIRED]
    if ends:
        later = [event for event in happened if event.period.first_day > max(ends)]
        if not any(event.kind in BEGINNINGS for event in later):
            return Status.RETIRED
        happened = later
    return max((REACHED_BY[event.kind] for event in happened), key=STAGES.index, default=Status.UNKNOWN)


def _is_end_announced(day: date, events) -> bool:
    if any(event.kind == EventKind.DEPRECATED for event in events):
        return False
    return any(
        event.kind == EventKind.RETIRED and event.bound == Bound.EXACT and event.period.last_day > day
        for event in events
    )


def _may_have_ended(day: date, events, checked_on: date | None) -> bool:
    limits = [
        event.period.first_day
        for event in events
        if event.kind == EventKind.RETIRED and event.bound == Bound.NOT_BEFORE and event.period.first_day <= day
    ]
    return bool(limits) and not (checked_on and max(limits) <= checked_on <= day)
