"""The calendar of the admin: a month of texts and dates, and the same as a file for other calendars."""

import calendar as months
import re
from datetime import date, timedelta
from typing import cast

from django.contrib.admin import site
from django.contrib.auth.models import User
from django.core.signing import Signer
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from ops.http.query_params import key_in
from ops.http.urls import absolute
from publishing.accounts.preferences import zone_of
from publishing.pages.ical import Event, calendar
from publishing.site.models import SiteSettings
from publishing.workflow.calendar import entries_for

MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
DAYS_BEFORE, DAYS_AHEAD = 31, 366  # of the file


@require_safe
def calendar_view(request: HttpRequest) -> HttpResponse:
    """Show the month `?month=2026-11`, by default the current one."""
    today = timezone.localdate()
    month = request.GET.get("month", "")
    first = date.fromisoformat(f"{month}-01") if MONTH.fullmatch(month) else today.replace(day=1)
    weeks = months.Calendar().monthdatescalendar(first.year, first.month)
    by_day: dict[date, list] = {}
    for entry in entries_for(request.user, weeks[0][0], weeks[-1][-1]):
        by_day.setdefault(entry.day, []).append(entry)
    context = {
        "title": "Calendar",
        "first": first,
        "today": today,
        "previous": first - timedelta(days=1),
        "following": first + timedelta(days=31),
        "weeks": [[{"day": day, "entries": by_day.get(day, [])} for day in week] for week in weeks],
        "ics_url": absolute(reverse("admin_calendar", args=[token_of(cast(User, request.user))])),
    }
    return render(request, "admin/calendar.html", {**site.each_context(request), **context})


def token_of(user: User) -> str:
    """Return the secret part of the address of a user's calendar. It changes with their password."""
    return Signer(sep=".", salt=f"publishing.calendar {user.password}").sign(str(user.pk))


@require_safe
def calendar_file(request: HttpRequest, token: str) -> HttpResponse:
    """Send the calendar of the active staff member with this token as iCalendar: a month back and a year ahead."""
    user = User.objects.filter(pk=key_in(token.partition(".")[0]), is_active=True, is_staff=True).first()
    if user is None or not constant_time_compare(token, token_of(user)):
        raise Http404
    with timezone.override(zone_of(user)):
        today = timezone.localdate()
        entries = entries_for(user, today - timedelta(days=DAYS_BEFORE), today + timedelta(days=DAYS_AHEAD))
    events = [
        Event(
            f"{entry.key}@{request.get_host()}",
            timezone.now(),
            entry.day,
            entry.day,
            f"{entry.sort}: {entry.title}",
            entry.sort,
            absolute(entry.url),
        )
        for entry in entries
    ]
    body = calendar(f"{SiteSettings.objects.current().shown_name}: editing", "Editing", events)
    headers = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers)
