"""Calendars in the format iCalendar (RFC 5545)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings

from ops.http.query_params import words

LINE = 75  # octets
LONGEST = 1_000
# A calendar must have a component, even if it has no event.
UTC_ZONE = [
    *("BEGIN:VTIMEZONE", "TZID:UTC", "BEGIN:STANDARD", "DTSTART:19700101T000000"),
    *("TZOFFSETFROM:+0000", "TZOFFSETTO:+0000", "END:STANDARD", "END:VTIMEZONE"),
]


@dataclass(frozen=True)
class Event:
    """An event of whole days, both included. `uid` names it for good."""

    uid: str
    changed_at: datetime
    first_day: date
    last_day: date
    title: str
    summary: str
    url: str


def calendar(title: str, product: str, events: Iterable[Event], about: str = "") -> bytes:
    """Return a calendar of the site; `product` names the part of it that the events come from, `about` describes it."""
    host = urlsplit(settings.SITE_URL).hostname
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//{host}//{product}//EN", f"X-WR-CALNAME:{_text(title)}"]
    if about:
        lines.append(f"X-WR-CALDESC:{_text(about)}")
    lines += UTC_ZONE
    for event in events:
        lines += [
            *("BEGIN:VEVENT", f"UID:{event.uid}", f"DTSTAMP:{event.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"),
            f"DTSTART;VALUE=DATE:{event.first_day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{event.last_day + timedelta(days=1):%Y%m%d}",
            *(f"SUMMARY:{_text(event.title)}", f"DESCRIPTION:{_text(event.summary)}", f"URL:{event.url}"),
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
