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
from publishing.rendering.names import whole_names

SLUG = Subquery(AIModel.objects.order_by().filter(pk=OuterRef("model_id")).values("slug")[:1])
WITH_SLUGS = ENDS.order_by(*BY_DATE).annotate(slug=SLUG).values("slug", "date", "bound", "row")
LINK = '<a href="{1}">{0}</a>'
UNLISTED = '<code class="unlisted">{0}</code>', '<span class="unlisted">{0}</span>'  # ids have no space


def followed(named: Iterable[dict]) -> list[list[dict]]:
    """Return the replacements that follow from each row of an end: records, then a name without a record, if there is.

    They have the form of the API. One query for each step.
    """
    named, ends = [*named], {}
    wanted = {one["replacement"]["slug"] for one in named if one["replacement"]}
    while wanted:
        models = AIModel.objects.order_by().filter(slug__in=wanted).values("pk")
        rows = WITH_SLUGS.filter(model_id__in=models)
        found = {end["slug"]: end for end in rows if end["row"]["is_of_model"]}
        ends |= dict.fromkeys(wanted) | found
        wanted = {heir["slug"] for end in found.values() if (heir := end["row"]["replacement"])} - ends.keys()
    return [_chain(one, ends) for one in named]


def _chain(named: dict | None, ends: dict[str, dict | None]) -> list[dict]:
    """Return the replacements from `named` on; `ends` has None for those without one. A loop ends the list."""
    found = {}
    while named and (heir := named["replacement"]) and heir["slug"] not in found:
        end = ends[heir["slug"]]
        named = end and end["row"]
        places = [place["name"] for place in named["places"]] if named else []
        ending = end and {"date": end["date"], "bound": end["bound"], "providers": places}
        found[heir["slug"]] = {"name": heir["name"], "slug": heir["slug"], "end": ending}
    unlisted = named and not named["replacement"] and named["replacement_name"]
    return [*found.values(), *([{"name": unlisted, "slug": None, "end": None}] if unlisted else [])]


def ends_and_replacements(
    heirs: dict[int, dict | None], day: date
) -> dict[int, tuple[TimelineEntry | None, list[dict]]]:
    """Return the end of each public model at its vendor, the next one or else the last, and its replacements.

    `heirs` has the replacements that their records name, by key; without one it is that of the end. One query, one more
    for each step.
    """
    ends, nothing = ends_of(heirs, day), {"replacement": None, "replacement_name": ""}
    rows = {key: ends[key].row if key in ends else nothing for key in heirs}
    named = [{**rows[key], "replacement": heir or rows[key]["replacement"]} for key, heir in heirs.items()]
    return {key: (ends.get(key), chain) for key, chain in zip(heirs, followed(named), strict=True)}


def end_as_json(entry: TimelineEntry | None) -> dict | None:
    """Return an end in the form of the API."""
    places = [place["name"] for place in entry.row["places"]] if entry else []
    return {"date": entry.date, "bound": entry.bound, "providers": places} if entry else None


def in_words(found: Iterable[dict]) -> str:
    """Return replacements as HTML: "GPT-4 (itself retired 23 October 2026), then gpt-5"."""
    cells = ((_named(one), note(one["end"])) for one in found)
    return format_html_join(", then ", "{}{}", cells)


def _named(one: dict) -> str:
    form = LINK if one["slug"] else UNLISTED[" " in one["name"]]
    name = one["name"].rpartition("/")[2] if form == UNLISTED[0] else one["name"]  # of an id without its provider
    return format_html(form, whole_names(name), one["slug"] and path(AIModel, one["slug"]))


def in_text(found: Iterable[dict]) -> str:
    return ", then ".join(f"{one['name']}{note(one['end'])}" for one in found)


def note(end: dict | None) -> str:
    if not end:
        return ""
    period, is_exact = PartialDate.parse(end["date"]), end["bound"] == Bound.EXACT
    is_past = is_exact and period.last_day <= timezone.localdate()
    words = ("retired" if is_past else "ends") if is_exact else "guaranteed until"
    return f" (itself {words} {period})"
