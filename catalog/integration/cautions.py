"""Warnings about models for editors who cite or choose them, by the status of the day, which readers see."""

from collections.abc import Collection
from datetime import date

from catalog.documents import read
from catalog.documents.timeline import LEFT
from catalog.models import ModelPeriod
from catalog.models.summaries import TimelineEntry, ends_of
from catalog.rules.status import Bound, EventKind, Status
from publishing.content.facts import Caution

RETIRED = Caution("is retired", "Retired")
DEPRECATED = Caution("is deprecated", "Deprecated")
UNVERIFIED = Caution("is not verified: no source of its vendor was found", "Not verified")
ENDING = (Status.DEPRECATED, Status.RETIRED, Status.UNKNOWN)


def cautions(keys: Collection[int], day: date) -> dict[int, Caution]:
    """Return the warnings about these public models on a day, by key. Two queries, beside that of pending changes."""
    periods = ModelPeriod.objects.filter(**read.on_day(day), model__in=keys)
    rows = list(periods.values_list("model_id", "status", "model__show"))
    ends = ends_of([key for key, status, _ in rows if status in ENDING], day, (EventKind.RETIRED, LEFT))
    caution_by_key = {key: _caution(status, show == "unverified", ends.get(key), day) for key, status, show in rows}
    return {key: caution for key, caution in caution_by_key.items() if caution}


def _caution(status: str, is_unverified: bool, end: TimelineEntry | None, day: date) -> Caution | None:
    if status == Status.RETIRED:
        if end and end.bound == Bound.EXACT and end.last_day <= day:
            return Caution(f"is retired since {end.period}", f"Retired {end.period.short}")
        return RETIRED
    if is_unverified:
        return UNVERIFIED
    if end and end.kind == LEFT:
        return Caution(f"left its vendor’s list on {end.period}", f"Left the list {end.period.short}")
    if status == Status.DEPRECATED and (end is None or end.last_day <= day):
        return DEPRECATED
    if status == Status.DEPRECATED and end:
        bound = "" if end.bound == Bound.EXACT else "not before "
        clause = f"is deprecated, with the last day {bound}{end.period}"
        return Caution(clause, f"Deprecated, ends {bound}{end.period.short}")
    if status == Status.UNKNOWN and end:
        clause = f"may have ended: its last day was announced as not before {end.period}"
        return Caution(clause, f"May have ended, not before {end.period.short}")
    return None
