"""The moments that the menu beside “Publish” offers, and how a button names one."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format

from publishing.revisions.models import Action

AT = time(9)
MONDAY = 0


@dataclass(frozen=True)
class Preset:
    """A moment to choose: `label` and `date` are its words, `value` is that of its button."""

    label: str
    date: str
    value: str


def presets() -> list[Preset]:
    """Return tomorrow and the next Monday, in the time zone of the site: one if they are the same day."""
    zone = timezone.get_default_timezone()
    today = timezone.localdate(timezone=zone)
    days = {"Tomorrow": today + timedelta(days=1), "Monday": today + timedelta(days=7 - (today.weekday() - MONDAY) % 7)}
    moments = {label: datetime.combine(day, AT, zone) for label, day in days.items()}
    if moments["Monday"] == moments["Tomorrow"]:
        del moments["Monday"]
    return [
        Preset(
            f"{label} {at.hour}:{at:%M}",
            date_format(at, "D j M, H:i T"),
            f"{Action.SCHEDULE} {at.astimezone(UTC).isoformat()}",
        )
        for label, at in moments.items()
    ]


def pressed(value: str) -> tuple[str, datetime | None]:
    """Return the action that the value of a button names, and the moment after it, if there is one."""
    action, _, moment = value.partition(" ")
    try:
        at = parse_datetime(moment)
    except ValueError:
        at = None
    return action, at if at and timezone.is_aware(at) else None
