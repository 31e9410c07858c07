"""Replacements of models, each followed to one without an end on record."""

from collections.abc import Iterable
from datetime import date

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from catalog.lifecycle.timeline import BY_DATE, ENDS
from catalog.models import AIModel, TimelineEntry
from catalog.models.summaries import ends_of
from catalog.presenting.rows import path
from catalog.rules.partial_dates import PartialDate
from catalog.rules.status import Bound
from ops.db.compiled import CompiledQuery, texts
from publishing.rendering.names import whole_names

SLUG = Subquery(AIModel.objects.order_by().filter(pk=OuterRef("model_id")).values("slug")[:1])
OF_END = ("date", "bound", "row")
NAMED = AIModel.objects.order_by().filter(slug__in=texts("slugs")).values("pk")
ENDS_OF_NAMED = CompiledQuery(
    ENDS.filter(model_id__in=NAMED, row__is_of_model=True).order_by(*BY_DATE).values_list(SLUG, *OF_END)
)
LINK = '<a href="{1}">{0}</a>'
UNLISTED = '<code class="unlisted">{0}</code>', '<span class="unlisted">{0}</span>'  # ids have no space


def followed(rows: Iterable[dict]) -> list[list[dict]]:
    """Return the replacements that follow from each row of an end: records, then a name without a record, if there is.

    They have the form of the API. One query for each step.
    """
    rows, ends = [*rows], {}
    wanted = {row["replacement"]["slug"] for row in rows if row["replacement"]}
    while wanted:
        end_by_slug = {
            slug: dict(zip(OF_END, columns, strict=True)) for slug, *columns in ENDS_OF_NAMED.rows(slugs=wanted)
        }
        ends |= dict.fromkeys(wanted) | end_by_slug
        wanted = {heir["slug"] for end in end_by_slug.values() if (heir := end["row"]["replacement"])} - ends.keys()
    return [_chain(row, ends) for row in rows]


def _chain(row: dict | None, ends: dict[str, dict | None]) -> list[dict]:
    """Return the replacements from `row` on; `ends` has None for those without one. A loop ends the list."""
    replacement_by_slug = {}
    while row and (heir := row["replacement"]) and heir["slug"] not in replacement_by_slug:
        end = ends[heir["slug"]]
        row = end and end["row"]
        places = [place["name"] for place in row["places"]] if row else []
        ending = end and {"date": end["date"], "bound": end["bound"], "providers": places}
        replacement_by_slug[heir["slug"]] = {"name": heir["name"], "slug": heir["slug"], "end": ending}
    unlisted = row and not row["replacement"] and row["replacement_name"]
    return [*replacement_by_slug.values(), *([{"name": unlisted, "slug": None, "end": None}] if unlisted else [])]


def ends_and_replacements(
    heirs: dict[int, dict | None], day: date
) -> dict[int, tuple[TimelineEntry | None, list[dict]]]:
    """Return the end of each public model at its vendor, the next one or else the last, and its replacements.

    `heirs` has the replacements that their records name, by key; without one it is that of the end. One query, one more
    for each step.
    """
    ends, nothing = ends_of(heirs, day), {"replacement": None, "replacement_name": ""}
    row_by_key = {key: ends[key].row if key in ends else nothing for key in heirs}
    rows = [{**row_by_key[key], "replacement": heir or row_by_key[key]["replacement"]} for key, heir in heirs.items()]
    return {key: (ends.get(key), chain) for key, chain in zip(heirs, followed(rows), strict=True)}


def end_as_json(entry: TimelineEntry | None) -> dict | None:
    """Return an end in the form of the API."""
    places = [place["name"] for place in entry.row["places"]] if entry else []
    return {"date": entry.date, "bound": entry.bound, "providers": places} if entry else None


def in_words(replacements: Iterable[dict]) -> str:
    """Return replacements as HTML: "GPT-4 (itself retired 23 October 2026), then gpt-5"."""
    cells = ((_name_of(replacement), note(replacement["end"])) for replacement in replacements)
    return format_html_join(", then ", "{}{}", cells)


def _name_of(replacement: dict) -> str:
    form = LINK if replacement["slug"] else UNLISTED[" " in replacement["name"]]
    name = replacement["name"]
    if form == UNLISTED[0]:
        name = name.rpartition("/")[2]  # of an id without its provider
    return format_html(form, whole_names(name), replacement["slug"] and path(AIModel, replacement["slug"]))


def in_text(replacements: Iterable[dict]) -> str:
    return ", then ".join(f"{replacement['name']}{note(replacement['end'])}" for replacement in replacements)


def note(end: dict | None) -> str:
    if not end:
        return ""
    period, is_exact = PartialDate.parse(end["date"]), end["bound"] == Bound.EXACT
    is_past = is_exact and period.last_day <= timezone.localdate()
    verb = ("retired" if is_past else "ends") if is_exact else "guaranteed until"
    return f" (itself {verb} {period})"
