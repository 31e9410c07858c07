"""Dates as people type them: "June 2025", "10/2025", "01.06.2025", "yesterday", "last month", "3 months ago"."""

import calendar
import re
from datetime import date, timedelta

MONTHS = {name[:size].lower(): f"{n:02}" for n, name in enumerate(calendar.month_name) for size in (3, 4, 9)}
COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "twelve": 12}
WRITTEN = {"day": 10, "week": 10, "month": 7, "year": 4}  # characters of a date without its day or month
DOTTED = re.compile(r"[0-9]{1,2}\. ?[0-9]{1,2}\. ?[0-9]{4}")
FILLERS = {"st", "nd", "rd", "th", "of", "the", "in", "since"}


def typed_date(text: str, today: date) -> str:
    """Return the date in `text` as YYYY, YYYY-MM or YYYY-MM-DD, which may be impossible; other texts unchanged."""
    match [word for word in re.findall("[a-z]+|[0-9]+", text.lower()) if word not in FILLERS]:
        case ["today" | "now"]:
            return today.isoformat()
        case ["yesterday"]:
            return _before(today, 1, "day")
        case ["this" | "last" as which, unit] if unit in WRITTEN:
            return _before(today, int(which == "last"), unit)[: WRITTEN[unit]]
        case [day, month, year] if DOTTED.fullmatch(text.strip()):
            return f"{year}-{month.zfill(2)}-{day.zfill(2)}"
        case [number, unit, "ago"] | ["last" | "past", number, unit] if unit.removesuffix("s") in WRITTEN:
            count = int(number) if re.fullmatch("[0-9]{1,3}", number) else COUNTS.get(number)
            return _before(today, count, unit.removesuffix("s")) if count else text
        case [one, other, year] if month := MONTHS.get(other) or MONTHS.get(one):
            return f"{year}-{month}-{(one if other in MONTHS else other).zfill(2)}"
        case [month, year] if len(month) <= len("06") or month in MONTHS:
            return f"{year}-{MONTHS.get(month) or month.zfill(2)}"
    return text


def _before(today: date, count: int, unit: str) -> str:
    if unit in {"day", "week"}:
        return (today - timedelta(days=count * (7 if unit == "week" else 1))).isoformat()
    year, month = divmod(today.year * 12 + today.month - 1 - count * (12 if unit == "year" else 1), 12)
    return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1])).isoformat()
