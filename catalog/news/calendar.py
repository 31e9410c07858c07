"""Retirements as feed items and as a calendar (RFC 5545)."""

import re
from collections.abc import Iterable
from datetime import UTC, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery

from catalog.models import FeedEntry, TimelineEntry
from catalog.news.changelog import feed_item
from catalog.rules.partial_dates import PartialDate
from catalog.rules.status import Bound
from ops.http.query_params import words
from publishing.pages.feeds import FeedItem

MOST = 500
LINE = 75  # octets
LONGEST = 1_000
# A calendar must have a component, even if it has no event.
UTC_ZONE = [
    *("BEGIN:VTIMEZONE", "TZID:UTC", "BEGIN:STANDARD", "DTSTART:19700101T000000"),
    *("TZOFFSETFROM:+0000", "TZOFFSETTO:+0000", "END:STANDARD", "END:VTIMEZONE"),
]


def retirement_items(ends: QuerySet[TimelineEntry]) -> list[tuple[PartialDate, FeedItem]]:
    """Return the retirements with their dates. One query."""
    stamped = FeedEntry.objects.filter(type="model", row_id=OuterRef("model_id")).values("stamped_at")
    return [(end.period, _item(end)) for end in ends.annotate(stamped_at=Subquery(stamped))[:MOST]]


def _item(end) -> FeedItem:
    by_vendor, when = end.row["is_by_vendor"], f"{'not before ' if end.bound == Bound.NOT_BEFORE else ''}{end.period}"
    heir = (end.row["replacement"] or {}).get("name") or end.row["replacement_name"] or "unknown"
    places = f"{'also at' if by_vendor else 'At'} {end.places}" if end.places else ""
    said = ", ".join(filter(None, ["By the vendor" if by_vendor else "", places]))
    words = f"End of service: {when}. {said}. Replacement: {heir}."
    return feed_item(f"end/{end.key}", end.name, end.path, f"end of service {when}", words, end.stamped_at)


def calendar(title: str, items: Iterable[tuple[PartialDate, FeedItem]]) -> bytes:
    """Return an all-day event for each item; a month or a year is an event of that length."""
    host = urlsplit(settings.SITE_URL).hostname
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//{host}//Retirements//EN", f"X-WR-CALNAME:{_text(title)}"]
    lines += UTC_ZONE
    for period, item in items:
        lines += [
            *("BEGIN:VEVENT", f"UID:{item.id}", f"DTSTAMP:{item.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"),
            f"DTSTART;VALUE=DATE:{period.first_day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{period.last_day + timedelta(days=1):%Y%m%d}",
            *(f"SUMMARY:{_text(item.title)}", f"DESCRIPTION:{_text(item.summary)}", f"URL:{item.url}"),
            *("TRANSP:TRANSPARENT", "END:VEVENT"),
        ]
    return b"".join(_folded(line) for line in [*lines, "END:VCALENDAR"])


def _text(text: str) -> str:
    return re.sub(r"([\\;,])", r"\\\1", words(text, LONGEST))


def _folded(line: str) -> bytes:
    """Return a content line in parts of at most 75 octets, which do not split a character."""
    parts, length = [b""], LINE
    for letter in (character.encode() for character in line):
        if len(parts[-1]) + len(letter) > length:
            parts.append(b"")
            length = LINE - 1  # after the space that marks a continuation
        parts[-1] += letter
    return b"\r\n ".join(parts) + b"\r\n"
