"""Pages of the catalogue over time: retirements and changes; and the queries for dated ends of service."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from catalog.documents import read
from catalog.models import TimelineEntry
from catalog.news.calendar import calendar, retirement_items
from catalog.news.changelog import catalogue_changes, changes_feed, feed_addresses
from catalog.news.selection import NAMES, RetirementFilters
from catalog.news.timeline import timeline
from catalog.pages.cells import links, or_unknown, said_by
from catalog.pages.rows import Named
from catalog.rules.partial_dates import PartialDate
from catalog.rules.status import Bound, EventKind
from ops.http.decorators import safe_only
from ops.http.query_params import canonical_redirect, page_of
from ops.http.urls import absolute
from ops.page_cache.decorator import cacheable, only_page_parameter
from publishing.pages.feeds import TYPES, Feed, alternates, feed_response
from publishing.pages.json_ld import PageNode
from publishing.pages.metadata import page_metadata
from publishing.site.current import site_of

CHANGES_SHOWN = 100
ENDS_PER_PAGE = 50
ABOUT_CHANGES = "Releases and retirements of AI models, new prices, new models and changed facts, with dates."
ABOUT_PAST = "AI models retired in the last year, with replacements and sources."
ABOUT_ENDS = "Upcoming retirements of AI models by month, with replacements and sources."
YEAR = timedelta(days=365)
MONTH = len("2026-11")
BY_DATE = ("date", "last_day", "model_id", "bound")  # like an index
ENDS = TimelineEntry.objects.filter(kind=EventKind.RETIRED)
COLUMNS = ("date", "bound", "name", "path", "row", "model_id")


@cacheable(only_page_parameter)
@safe_only
def retiring(request: HttpRequest) -> HttpResponse:
    """Show future retirements, all or those of a vendor, a provider or a list of models."""
    ends = retirements_ahead(timezone.localdate())
    filters = RetirementFilters(request, ends)
    if redirect := canonical_redirect(request, filters.pairs, NAMES):
        return redirect
    is_valid = filters.is_valid()
    title = _title(filters)
    feeds = {form: reverse(f"catalog:retiring_{form}", query=filters.pairs) for form in (*TYPES, "ics")}
    more = {"filters": filters, "feeds": feeds if is_valid else {}, "is_indexable": not filters.pairs}
    return _ends_page(request, title, ABOUT_ENDS, filters.narrowed(ends), **more, status=200 if is_valid else 400)


@cacheable()
@safe_only
def retiring_feed(request: HttpRequest, form: str) -> HttpResponse:
    """Send the retirements of the same page as a feed, or as a calendar if `form` is "ics"."""
    ends = retirements_ahead(timezone.localdate())
    filters = RetirementFilters(request, ends)
    if not filters.is_valid():
        raise BadRequest(" ".join(f"{name}: {errors[0]}" for name, errors in filters.errors.items()))
    items = retirement_items(filters.narrowed(ends))
    title = f"{site_of(request).shown_name}: {_title(filters)}"
    if form == "ics":
        return HttpResponse(calendar(title, items), content_type="text/calendar; charset=utf-8")
    page = absolute(reverse("catalog:retiring", query=filters.pairs))
    address = absolute(request.get_full_path())
    return feed_response(Feed(title, ABOUT_ENDS, address, page, [item for _, item in items]), form)


def _title(filters: RetirementFilters) -> str:
    return ": ".join(filter(None, ["Upcoming retirements", filters.words]))


@cacheable(only_page_parameter)
@safe_only
def retired(request: HttpRequest) -> HttpResponse:
    """Show the retirements of the last year."""
    ends = retirements_of_last_year(timezone.localdate())
    return _ends_page(request, "Models retired in the last year", ABOUT_PAST, ends)


def _ends_page(
    request,
    title: str,
    about: str,
    ends: QuerySet[TimelineEntry],
    filters: RetirementFilters | None = None,
    feeds: dict[str, str] | None = None,
    is_indexable: bool = True,
    status: int = 200,
):
    page = page_of(ends.values_list(*COLUMNS, named=True), request, ENDS_PER_PAGE)
    entries, today = page.object_list, timezone.localdate()
    page.object_list = shown = retirements(entries)
    context = {
        "title": title,
        "about": about,
        "page": page,
        "timeline": timeline(entries, today) if filters else None,
        "filters": filters,
        "feeds": feeds,
        "today": today,
        **_about(
            request,
            title,
            about,
            page=PageNode("CollectionPage", items=tuple(dict.fromkeys(end.model for end in shown))),
            is_indexable=is_indexable,
            alternates=alternates(title, {form: feeds[form] for form in TYPES} if feeds else {}),
        ),
    }
    return render(request, "catalog/retiring.html", context, status=status)


@cacheable()
@safe_only
def changes(request: HttpRequest) -> HttpResponse:
    today, title = timezone.localdate(), "Changes in the catalogue"
    context = {
        "title": title,
        "about": ABOUT_CHANGES,
        "changes": catalogue_changes(today, CHANGES_SHOWN),
        "most": CHANGES_SHOWN,
        "feeds": feed_addresses(),
        **_about(request, title, ABOUT_CHANGES, alternates=alternates(title, feed_addresses())),
    }
    return render(request, "catalog/changes.html", context)


@cacheable()
@safe_only
def feed(request: HttpRequest, form: str) -> HttpResponse:
    title = f"{site_of(request).shown_name}: changes in the catalogue"
    return feed_response(changes_feed(title, ABOUT_CHANGES, request.path, timezone.localdate()), form)


def _about(request, title: str, text: str, **extra) -> dict:
    crumbs = [{"title": "Models", "url": reverse("catalog:list")}, {"title": title, "url": request.path}]
    return {"breadcrumbs": crumbs, "metadata": page_metadata(request, title, text, crumbs=crumbs, **extra)}


@dataclass(frozen=True)
class Retirement:
    """`month` is a year if only that is known. `places`, `replacement` and `sources` are HTML."""

    model: Named
    period: PartialDate
    month: PartialDate
    bound: str
    is_by_vendor: bool
    places: str
    replacement: str
    sources: str


def retirements_ahead(day: date) -> QuerySet[TimelineEntry]:
    """Return retirements after `day`, nearest first, including those with only an earliest date."""
    return _ends().filter(last_day__gt=day, date__gte=str(day.year)).order_by(*BY_DATE)


def retirements_of_last_year(day: date) -> QuerySet[TimelineEntry]:
    """Return retirements in the year up to `day`, latest first."""
    begin = day - YEAR
    ended = _ends().filter(last_day__gt=begin, date__gte=str(begin.year), last_day__lte=day, date__lte=str(day))
    return ended.filter(bound=Bound.EXACT).order_by(*BY_DATE).reverse()


def retirements(entries: Iterable) -> list[Retirement]:
    """Return the retirements in their order; those on one date are sorted by model name. One query."""
    days = groupby(entries, key=lambda entry: entry.date)
    ordered = [entry for _, same in days for entry in sorted(same, key=lambda entry: entry.name.casefold())]
    sources = read.sources({key for entry in ordered for key, _ in entry.row["sources"]})
    return [_end(entry, sources) for entry in ordered]


def _ends() -> QuerySet[TimelineEntry]:
    read.stamp_pending_changes()
    return ENDS.all()


def _end(entry, sources: dict[str, dict]) -> Retirement:
    row = entry.row
    return Retirement(
        Named(entry.name, entry.path),
        PartialDate.parse(entry.date),
        PartialDate.parse(entry.date[:MONTH]),
        entry.bound,
        row["is_by_vendor"],
        _linked(*row["places"]),
        _linked(*filter(None, [row["replacement"]])) or or_unknown(row["replacement_name"]),
        said_by((sources[key], is_checked) for key, is_checked in row["sources"] if key in sources),
    )


def _linked(*records: dict) -> str:
    return links(tuple((record["path"] or "", record["name"]) for record in records)) if records else ""
