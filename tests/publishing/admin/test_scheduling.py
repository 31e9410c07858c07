"""The moments of the menu beside “Publish”."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import override_settings
from django.utils import timezone

from publishing.admin.scheduling import presets, pressed


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-12-02T12:00", ["Tomorrow 9:00, Thu 3 Dec, 09:00 CET", "Monday 9:00, Mon 7 Dec, 09:00 CET"]),
        ("2026-12-02T23:30", ["Tomorrow 9:00, Fri 4 Dec, 09:00 CET", "Monday 9:00, Mon 7 Dec, 09:00 CET"]),
        ("2026-12-06T12:00", ["Tomorrow 9:00, Mon 7 Dec, 09:00 CET"]),
        ("2026-12-07T06:00", ["Tomorrow 9:00, Tue 8 Dec, 09:00 CET", "Monday 9:00, Mon 14 Dec, 09:00 CET"]),
        ("2027-03-26T12:00", ["Tomorrow 9:00, Sat 27 Mar, 09:00 CET", "Monday 9:00, Mon 29 Mar, 09:00 CEST"]),
    ],
)
@override_settings(TIME_ZONE="Europe/Berlin")
def test_tomorrow_and_monday_are_those_of_the_site(now, expected):
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    with time_machine.travel(moment, tick=False), timezone.override("America/New_York"):  # the zone of the user
        shown = presets()
    assert [f"{preset.label}, {preset.date}" for preset in shown] == expected
    action, at = pressed(shown[0].value)
    assert (action, timezone.localtime(at, timezone.get_default_timezone()).hour) == ("schedule", 9)


@pytest.mark.parametrize(
    "value",
    ["", "save", "schedule", "schedule ", "schedule soon", "schedule 2026-13-45T00:00Z", "schedule 2026-12-07T09:00"],
)
def test_what_names_no_moment_has_none(value):
    assert pressed(value) == (value.partition(" ")[0], None)
