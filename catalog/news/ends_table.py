"""The rows of a table of retirements as HTML: in Python, because there are dozens of many parts each."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.lifecycle.timeline import NOT_BEFORE, EndRow
from catalog.models import TimelineEntry
from catalog.rules.status import Bound
from publishing.rendering.names import whole_names

MONTH = '<tr class="ends__head{}"><th class="ends__month table__group"{} colspan="{}" scope="rowgroup">{}</th></tr>\n'
DAY = '<tr class="ends__day"><th colspan="{}" scope="rowgroup"><span>{}</span>{}</th></tr>\n'
DAYS_LEFT = '<span class="ends__left{}">{} day{} left</span>'
LEFT_CELL = '<td class="ends__left{}">{}</td>'
LEFT = '{}<span class="visually-hidden"> day{} left</span>'
ROW = (
    '<tr class="ends__item{}"><td class="ends__date">{}</td> {} {} '
    '<td class="ends__heir"><span class="visually-hidden">Replacement:</span> {}</td> '
    '<td class="ends__source">{}</td></tr>\n'
)
MODEL = (
    '<th class="ends__model" scope="row"><a class="ends__name" href="{}">{}</a></th> '
    '<td class="ends__where{}">{}{}</td>'
)
MODELS = (
    '<th class="ends__model ends__model--several" colspan="2" scope="row"><span class="ends__ender">{} ends {} models:'
    '</span> <ul class="ends__several">{}</ul></th>'
)
ONE_OF_MODELS = '<li><a class="ends__one" href="{}">{}</a></li> '
DATE = '{}<time datetime="{}">{}</time>{}\n'
DOUBT = '&nbsp;<span aria-hidden="true">○</span><span class="visually-hidden">, not yet checked at the {}</span>'
OF_DATE, OF_HOST = (format_html(DOUBT, of) for of in ("vendor or host", "host"))
MARK = '<a class="cited__mark" href="#source-{0}"><span class="visually-hidden">Source </span>{0}</a>'
NO_SOURCE = SafeString('<em class="unknown">none</em>')
NO_HEIR, NO_HEIR_YET = (format_html('<em class="unknown">none named{}</em>', words) for words in ("", " yet"))
OPEN = "No last day yet, only an earliest one"


def end_bodies(ends: Iterable[EndRow], is_ahead: bool, by: str) -> str:
    """Return a `tbody` for each month. `is_ahead` adds the days left; `by` is "vendor" if all ends are of vendors."""
    bodies = []
    for bound, of_bound in groupby(ends, key=lambda end: end.entry.bound):
        for place, (_, of_month) in enumerate(groupby(of_bound, key=lambda end: end.entry.month)):
            rows = [*of_month]
            head = _head(rows[0].entry, is_ahead) if bound == Bound.EXACT or not place else ""
            bodies.append((head, _rows(rows, is_ahead, by)))
    return format_html_join("", "<tbody>{}{}</tbody>\n", bodies)


def _head(first: TimelineEntry, is_ahead: bool) -> str:
    if first.bound != Bound.EXACT:
        return format_html(MONTH, "", "", 5 + is_ahead, OPEN)
    written = first.month.written
    anchor = format_html(' id="month-{}"', written) if is_ahead else ""
    time = format_html('<time datetime="{}">{}</time>', written, first.month)
    return format_html(MONTH, " ends__head--month", anchor, 5 + is_ahead, time)


def _rows(ends: Sequence[EndRow], is_ahead: bool, by: str) -> str:
    rows, before, day_before = [], None, ""
    for end in ends:
        entry, when = end.entry, date_of(end.entry)
        soon, left = " ends__left--soon" if end.is_soon else "", end.days_left if is_ahead else None
        plural = "" if left == 1 else "s"
        if (at := (entry.date, entry.row.get("is_confirmed"))) != before:
            before, days = at, format_html(DAYS_LEFT, soon, left, plural) if left else ""
            rows.append(format_html(DAY, 5 + is_ahead, when, days))
        cell = format_html(LEFT_CELL, soon, format_html(LEFT, left, plural) if left else "") if is_ahead else ""
        same = " ends__item--same" if entry.date == day_before else ""
        heirs = end.heirs or (NO_HEIR_YET if is_ahead else NO_HEIR)
        source, day_before = format_html(MARK, end.number) if end.number else NO_SOURCE, entry.date
        rows.append(format_html(ROW, same, when, cell, _models(end) or _model(end, by), heirs, source))
    return format_html_join("", "{}", zip(rows))


def date_of(entry: TimelineEntry) -> str:
    """Return the date of an end, with a mark if nobody has checked it at the vendor or host."""
    bound, doubt = (
        NOT_BEFORE if entry.bound == Bound.NOT_BEFORE else "",
        "" if entry.row.get("is_confirmed") else OF_DATE,
    )
    return format_html(DATE, bound, entry.date, entry.period, doubt)


def _models(end: EndRow) -> str:
    """Return the cells of a row for several models."""
    links = format_html_join("", ONE_OF_MODELS, ((model.path, whole_names(model.name)) for model in end.models))
    return format_html(MODELS, _hosts(end), len(end.models), links) if links else ""


def _model(end: EndRow, by: str) -> str:
    entry, hosts, vendors = end.entry, _hosts(end), ""
    own = " ends__where--own" if entry.row["is_of_model"] and not hosts else ""
    if entry.row["is_of_model"]:
        vendors = ", ".join(entry.row.get("vendors", ())) or "the vendor"
        vendors += " (vendor)" if by != "vendor" and entry.row.get("vendors") else ""
        vendors += ", also " if hosts else ""
    return format_html(MODEL, entry.path, whole_names(entry.name), own, vendors, hosts)


def _hosts(end: EndRow) -> str:
    is_confirmed = end.entry.row.get("is_confirmed")
    links = (
        (
            format_html('<a href="{}">{}</a>', place["path"], whole_names(place["name"]))
            if place.get("path")
            else place["name"],
            OF_HOST if is_confirmed and place.get("is_confirmed") is False else "",
        )
        for place in end.hosts
    )
    return format_html_join(", ", "{}{}", links)
