"""Dates and times as text for editors."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime


def moment_in_words(at: datetime | None) -> str:
    """Return a datetime with its time zone, as lists and forms show it; a dash for None."""
    return date_format(localtime(at), "j M Y, H:i T") if at else "–"
