"""Pages of the catalogue over time: retirements and changes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from itertools import chain, count, groupby

from django.core.exceptions import BadRequest
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from catalog.documents import read
from catalog.documents.timeline import LEFT
from catalog.lifecycle.heirs import followed, in_text, in_words
from catalog.lifecycle.timeline import SOON_DAYS, EndRow, retirements_of_last_year
from catalog.models import FeedEntry, TimelineEntry
from catalog.news.changelog import by_day_and_model, catalogue_changes, changes_feed, feed_addresses, feed_item
from catalog.news.recent import models_with_ends
from catalog.news.selection import NAMES, RetirementFilters
from catalog.presenting.cells import source_links
from catalog.presenting.context import page_context
from catalog.presenting.rows import Named
from catalog.rules.partial_dates import PartialDate
from catalog.rules.status import Bound
from ops.http.decorators import safe_only
from ops.http.query_params import canonical_redirect, page_of
from ops.http.urls import absolute, route
from ops.page_cache.decorator import cacheable, only_page_parameter
from publishing.pages.feeds import TYPES, Feed, FeedItem, alternates, feed_response
from publishing.pages.ical import Event, calendar
from publishing.pages.json_ld import PageNode
from publishing.site.call_to_action import CallToActionLink
from publishing.site.current import site_of

type Month = tuple[PartialDate | str, int, str, tuple[int, int]]
CHANGES_SHOWN = 100
ENDS_PER_PAGE, LEAST_GROUPED = 50, 3
HIGHEST_BAR = 96  # pixels
MOST_IN_FEED = 500
CALL = CallToActionLink(
    "Plan these moves",
    "We find where you use these models, test the replacements on your own examples, and move you before the last day. "
    "The first call is free; we arrange it by email.",
    "Ask us to plan these moves",
    "",
)
ABOUT_CHANGES = "Releases and retirements of AI models, new prices, new models and changed facts, with dates."
ABOUT_PAST = "AI models retired in the last year, with replacements and sources."
ABOUT_ENDS = "The last days of AI models, soonest first, with replacements and sources."


@cacheable(only_page_parameter)
@safe_only
def retiring(request: HttpRequest) -> HttpResponse:
    """Show future retirements, all or those of a vendor, a provider or a list of models."""
    today = timezone.localdate()
    filters = RetirementFilters(request, today, is_shown=True)
    if redirect := canonical_redirect(request, filters.pairs, NAMES):
        return redirect
    filters.is_valid()
    ends, departures = filters.ends_and_departures(today)
    own = [end for end in ends if end.row["is_of_model"]]
    shown = own if filters.ended_by == "vendor" else ends
    dated = [end for end in shown if end.bound == Bound.EXACT]
    context = {"number": len(ends), "own_number": len(own), "calls": [CALL]}
    context |= {"confirmed": sum(bool(end.row.get("is_confirmed")) for end in dated), "dated": len(dated)}
    context |= {"months": _months(dated, filters.pairs), "lead": _lead(dated, len(shown), filters)}
    context |= {"vendors": filters.vendors(today, [end.row for end in shown])}
    return _ends_page(request, _title(filters), ABOUT_ENDS, shown, context, filters, departures)


@cacheable()
@safe_only
def retiring_feed(request: HttpRequest, form: str) -> HttpResponse:
    """Send the retirements of the same page as a feed, or as a calendar if `form` is "ics"."""
    today = timezone.localdate()
    filters = RetirementFilters(request, today, is_shown=False)
    if not filters.is_valid():
        raise BadRequest(" ".join(f"{name}: {errors[0]}" for name, errors in filters.errors.items()))
    items = [*_items(filters.narrowed(today)), *_items(filters.departures(today))]
    title, about = f"{site_of(request).shown_name}: {_title(filters)}", f"{ABOUT_ENDS} {_coverage()}"
    if form == "ics":  # a month or a year is an event of that length
        events = (
            Event(item.id, item.changed_at, period.first_day, period.last_day, item.title, item.summary, item.url)
            for period, item in items
        )
        content = calendar(title, "Retirements", events, about)
        return HttpResponse(content, content_type="text/calendar; charset=utf-8")
    page = absolute(route("catalog:retiring", query=filters.pairs))
    address = absolute(request.get_full_path())
    return feed_response(Feed(title, about, address, page, [item for _, item in items]), form)


def _items(ends: QuerySet[TimelineEntry]) -> list[tuple[PartialDate, FeedItem]]:
    """Return the retirements as items, with their dates. One query, and one for each step of the replacements."""
    stamped = FeedEntry.objects.filter(type="model", row_id=OuterRef("model_id")).values("stamped_at")
    first_ends = ends.annotate(stamped_at=Subquery(stamped))[:MOST_IN_FEED]
    heirs = followed(end.row for end in first_ends)
    return [(end.period, _item(end, next_ones)) for end, next_ones in zip(first_ends, heirs, strict=True)]


def _item(end, heirs: list[dict]) -> FeedItem:
    if end.kind == LEFT:
        return _left(end, heirs)
    when = f"{'not before ' if end.bound == Bound.NOT_BEFORE else ''}{end.period}"
    ended_by = [place["name"] for place in EndRow(end).hosts]
    if end.row["is_of_model"]:
        ended_by.insert(0, f"{', '.join(end.row['vendors'])} (vendor)".strip())
    doubt = "" if end.row.get("is_confirmed") else " (not yet checked at the vendor or host)"
    text = f"Last day: {when}{doubt}. By {', '.join(ended_by)}. Replacement: {in_text(heirs) or 'unknown'}."
    return feed_item(f"end/{end.key}", end.name, end.path, f"last day {when}", text, end.stamped_at)


def _left(end, heirs: list[dict]) -> FeedItem:
    vendors = f" Vendor: {', '.join(end.row['vendors'])}." if end.row["vendors"] else ""
    text = f"Not in its vendor’s list since {end.period}. {end.words}: it may stop on any day.{vendors}"
    text += f" Replacement: {in_text(heirs) or 'unknown'}."
    title = f"left its vendor’s list {end.period}"
    return feed_item(f"end/{end.key}", end.name, end.path, title, text, end.stamped_at)


def _coverage() -> str:
    """Return for how many models an end is on record, so that none is taken for lasting. One query."""
    ended, models = models_with_ends()
    claim = "We have a past or coming last day at the vendor or a host for"
    return f"{claim} {ended:,} of {models:,} models. A model that is not listed may retire too."


def _title(filters: RetirementFilters) -> str:
    return ": ".join(filter(None, ["Upcoming retirements", filters.summary]))


@cacheable(only_page_parameter)
@safe_only
def retired(request: HttpRequest) -> HttpResponse:
    """Show the retirements of the last year."""
    ends = retirements_of_last_year(timezone.localdate())
    return _ends_page(request, "Models retired in the last year", ABOUT_PAST, ends, {})


def _ends_page(
    request,
    title: str,
    about: str,
    ends: QuerySet | Sequence[TimelineEntry],
    own: dict,
    filters: RetirementFilters | None = None,
    departures: Sequence[TimelineEntry] = (),
):
    page = page_of(ends, request, ENDS_PER_PAGE)
    pairs, errors = (filters.pairs, filters.errors) if filters else ([], {})
    end_rows = retirements([*page.object_list, *(departures if page.number == 1 else ())])
    page.object_list = [row for row in end_rows if row.entry.kind != LEFT]
    forms = (*TYPES, "ics") if filters and not errors else ()
    feeds = {form: route(f"catalog:retiring_{form}", query=filters.feed_pairs) for form in forms if filters}
    items = tuple(dict.fromkeys(Named(row.entry.name, row.entry.path) for row in page.object_list))
    others = alternates(title, {form: feeds[form] for form in TYPES if form in feeds})
    node = PageNode("CollectionPage", items=items)
    context = page_context(request, title, about, page=node, is_indexable=not pairs, alternates=others)
    numbered_rows, sources = numbered(
        [*_grouped(page.object_list), *(row for row in end_rows if row.entry.kind == LEFT)]
    )
    page.object_list = [row for row in numbered_rows if row and row.entry.kind != LEFT]
    context |= {"page": page, "sources": sources, "filters": filters, "feeds": feeds, "coverage": _coverage()}
    context |= own | {"departures": numbered_rows[len(page.object_list) :]}
    return render(request, "catalog/retiring.html", context, status=400 if errors else 200)


def _grouped(rows: list[EndRow]) -> list[EndRow]:
    """Return the rows, with one for three or more models that one host ends on one day without replacements."""
    groups = defaultdict(list)
    for row in rows:
        is_alone = len(row.entry.row["places"]) != 1 or row.entry.row["is_by_vendor"] or row.heirs
        marks = row.sources, row.entry.row.get("is_confirmed")
        groups[row.entry.date, row.entry.bound, row.entry.places, marks, is_alone and row.entry.key].append(row)
    for same in filter(lambda same: len(same) >= LEAST_GROUPED, groups.values()):
        same[:] = [same[0]._replace(models=[row.entry for row in same])]
    return [*chain(*groups.values())]


def numbered(rows: Iterable[EndRow | None]) -> tuple[list[EndRow | None], list[str]]:
    """Return the rows with the numbers of their sources, and these in the order of their numbers."""
    numbers = defaultdict(count(1).__next__)
    numbered_rows = [row and row._replace(number=numbers[row.sources] if row.sources else None) for row in rows]
    return numbered_rows, [*numbers]


def _lead(dated: Collection[TimelineEntry], number: int, filters: RetirementFilters) -> str:
    """Return how many ends of a `number` have a date, and how many of these are near; "" if none has one."""
    near = _near(dated)
    summary, more = f"{near} of them within {SOON_DAYS} days", number - len(dated)
    if more:
        summary = f"{len(dated)} with a last day, {summary}; {more} with only an earliest day"
    where = "vendors" if filters.ended_by == "vendor" else "vendors and hosts"
    return f"{number} retirement{'s' * (number != 1)} at {where}: {summary}." if dated else ""


def _near(ends: Iterable[TimelineEntry]) -> int:
    soon = timezone.localdate() + timedelta(days=SOON_DAYS)
    return sum(end.last_day <= soon for end in ends)


def _months(dated: Collection[TimelineEntry], pairs: list[tuple[str, str]]) -> list[Month]:
    """Return months to the last end, and "Later": the number of ends, the address of the first, the heights of a bar.

    These are that of the bar, and that of the ends which are near.
    """
    groups, this = defaultdict(list), timezone.localdate()
    months = [this.year * 12 + this.month - 1 + more for more in range(12)]
    months_shown = [f"{month // 12}-{month % 12 + 1:02}" for month in months]
    last = max((end.date for end in dated), default="")[: len("2026-11")]
    months_shown = months_shown[: sum(month <= last for month in months_shown)]
    for place, end in enumerate(dated):
        month = end.date[: len("2026-11")]
        groups[month if month in months_shown else "Later"].append((place // ENDS_PER_PAGE + 1, month, end))
    scale, columns = HIGHEST_BAR / max(map(len, groups.values()), default=1), []
    for name in filter(lambda name: name in months_shown or groups[name], [*months_shown, "Later"] * bool(dated)):
        page, month, _ = next(iter(groups[name]), (1, "", None))
        url = f"{route('catalog:retiring', query=[*pairs, *[('page', str(page))] * (page > 1)])}#month-{month}"
        number, near = len(groups[name]), _near(end for *_, end in groups[name])
        heights = round(number * scale), round(near * scale)
        columns.append((PartialDate.parse(name) if name in months_shown else name, number, url, heights))
    return columns


@cacheable()
@safe_only
def changes(request: HttpRequest) -> HttpResponse:
    title, feeds = "Changes in the catalogue", feed_addresses()
    context = page_context(request, title, ABOUT_CHANGES, alternates=alternates(title, feeds))
    found = catalogue_changes(context["today"], CHANGES_SHOWN)
    context |= {"days": by_day_and_model(found), "is_cut": len(found) >= CHANGES_SHOWN, "most": CHANGES_SHOWN}
    context |= {"feeds": feeds}
    return render(request, "catalog/changes.html", context)


@cacheable()
@safe_only
def feed(request: HttpRequest, form: str) -> HttpResponse:
    title = f"{site_of(request).shown_name}: changes in the catalogue"
    return feed_response(changes_feed(title, ABOUT_CHANGES, request.path, timezone.localdate()), form)


def retirements(entries: Iterable[TimelineEntry]) -> list[EndRow]:
    """Return the retirements with their sources as links; those on one date by place, vendors first, and model name.

    One query for the sources, and one for each step of the replacements.
    """
    days = groupby(entries, key=lambda entry: entry.date)
    ordered = [entry for _, same in days for entry in sorted(same, key=_place_on_day)]
    sources = read.sources({key for entry in ordered for key, _ in entry.row["sources"]})
    cited = ([(sources[key], checked) for key, checked in entry.row["sources"] if key in sources] for entry in ordered)
    rows = zip(ordered, cited, followed(entry.row for entry in ordered), strict=True)
    return [EndRow(entry, source_links(pairs), in_words(heirs)) for entry, pairs, heirs in rows]


def _place_on_day(entry: TimelineEntry) -> tuple:
    is_own, is_said = entry.row["is_of_model"], entry.row["is_by_vendor"]
    place = is_own or (not is_said, entry.row["vendors"], entry.places)
    is_doubtful = not entry.row.get("is_confirmed")  # the mark is at the date, which stands once for several rows
    return entry.bound, not is_own, is_doubtful, place, entry.row["vendors"], entry.name.casefold()
