"""Views in the admin: those of a record beside its form, and what is read and searched for on the start page."""

from collections import Counter
from datetime import timedelta

from django.contrib import admin
from django.db.models import Model, QuerySet, Sum, prefetch_related_objects
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from publishing.admin.fields import column
from publishing.content.page_view import SEARCH_PATH, PageView, views_in_last_days

DAYS, WEEK = 30, 7
MOST_SOURCES, MOST_LINES = 5, 8
BAR_STEP, HEIGHT = 10, 48  # of the chart, in its own units


def views_of(record: Model) -> dict:
    """Return the inputs of admin/publishing/page_views.html for the last DAYS days of a record. One query."""
    days, hosts, terms = Counter(), Counter(), Counter()
    rows = PageView.objects.of(type(record), record.pk).last_days(DAYS).order_by()
    for day, host, term, number in rows.values_list("day", "host", "term").annotate(Sum("views")):
        days[day] += number
        hosts[host] += number
        terms[term] += number
    del hosts[""], terms[""]
    today, most = timezone.localdate(), max(days.values(), default=1)
    dates = [today - timedelta(days=number) for number in reversed(range(DAYS))]
    return {
        "week": sum(days[day] for day in dates[-WEEK:]),
        "month": days.total(),
        "most": most,
        "most_on": max(dates, key=days.__getitem__),
        "bars": [(day, days[day], BAR_STEP * x, round(days[day] / most * HEIGHT, 1)) for x, day in enumerate(dates)],
        "hosts": hosts.most_common(MOST_SOURCES),
        "terms": terms.most_common(MOST_SOURCES),
    }


def most_read() -> list[PageView]:
    """Return the pages that were read most in the last week, with their `record` and `number`. A query per kind."""
    rows = PageView.objects.last_days(WEEK).exclude(path=SEARCH_PATH).values("record_type_id", "record_id", "path")
    pages = rows.order_by().annotate(views=Sum("views")).order_by("-views", "path")[:MOST_LINES]
    page_views = [PageView(**page) for page in pages]
    prefetch_related_objects(page_views, "record")
    return page_views


def most_searched() -> list[tuple[str, int]]:
    """Return the searches of the last week with their numbers, the most frequent first. One query."""
    rows = PageView.objects.last_days(WEEK).filter(path=SEARCH_PATH).exclude(term="").order_by()
    return list(rows.values_list("term").annotate(number=Sum("views")).order_by("-number", "term")[:MOST_LINES])


class PageViewsMixin(admin.ModelAdmin):
    """For a ModelAdmin of records with a page: a sortable column, and a field for the form."""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows, match = super().get_queryset(request), request.resolver_match
        is_list = match is not None and str(match.url_name).endswith("_changelist")
        return rows.annotate(last_month=views_in_last_days(self.model, DAYS)) if is_list else rows

    last_month = column(f"Views, {DAYS} days", lambda record: record.last_month, "-last_month")

    @admin.display(description="Views")
    def views(self, record):
        return render_to_string("admin/publishing/page_views.html", views_of(record)) if record.pk else ""
