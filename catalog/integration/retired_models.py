"""Retired models, for the notice on pages that mention them."""

from datetime import date

from catalog.models.evidence import is_doubted
from catalog.pages.rows import EventRow, event_rows, named
from catalog.rules.status import Bound, EventKind
from publishing.content.facts import Ended


def ended(document: dict, day: date) -> Ended | None:
    """Return the notice for a retired model, or None without a past retirement event.

    The replacement is the one in the model's document, or else that of the event.
    """
    ends = [event for event in event_rows(document) if _has_ended(event, day)]
    return _ended(document, sorted(ends, key=lambda event: event.date, reverse=True)) if ends else None


def _has_ended(event: EventRow, day: date) -> bool:
    return event.kind == EventKind.RETIRED and event.bound == Bound.EXACT and event.period.last_day <= day


def _ended(document: dict, ends: list[EventRow]) -> Ended:
    """Build the notice; `ends` are the retirement events, latest first."""
    replacement = named("replaced_by", document["replaced_by"])
    replacement = replacement or next((end.replacement for end in ends if end.replacement), None)
    doubt = " (not confirmed)" if is_doubted({item["confidence"] for item in ends[0].evidence}) else ""
    return Ended(
        title=document["name"],
        url=document["path"],
        since=f"{ends[0].period}{doubt}",
        replacement=str(replacement or next(filter(None, (end.replacement_name for end in ends)), "")),
        replacement_url=replacement.url if replacement else "",
    )
