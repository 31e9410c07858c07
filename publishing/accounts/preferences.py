"""What people choose for themselves in the admin: their time zone."""

import zoneinfo
from functools import cache
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.db import models
from django.utils import timezone

from ops.db.internal import InternalModel
from ops.http.middleware import Middleware, is_admin
from publishing.content.permissions import AnyUser


class Preferences(InternalModel):
    """The choices of one user; there is no row before the first choice."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", primary_key=True)
    time_zone = models.CharField(max_length=50, blank=True)  # "" for that of the site
    has_closed_checklist = models.BooleanField(default=False)


@cache
def time_zones() -> list[tuple[str, str]]:
    """Return the time zones as choices: those of places, by continent."""
    names = (
        name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/"))
    )
    return [(name, name.replace("_", " ")) for name in ["UTC", *sorted(names)]]


class PreferencesForm(forms.ModelForm):
    time_zone = forms.ChoiceField(
        label="Time zone",
        required=False,
        choices=lambda: [("", f"That of the site ({settings.TIME_ZONE})"), *time_zones()],
        help_text="For all dates and times in the admin, shown and entered. Readers see those of the site.",
    )

    class Meta:
        model = Preferences
        fields = ["time_zone"]


def zone_of(user: AnyUser) -> ZoneInfo | None:
    """Return the time zone that `user` has chosen; None for that of the site. One query."""
    name = Preferences.objects.filter(pk=user.pk).values_list("time_zone", flat=True).first()
    return ZoneInfo(name) if name in dict(time_zones()) else None


class TimeZoneMiddleware(Middleware):
    """Use the time zone of the user in the admin."""

    def __call__(self, request):
        zone = zone_of(request.user) if is_admin(request) and request.user.is_authenticated else None
        with timezone.override(zone):
            return self.get_response(request)
