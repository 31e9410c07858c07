"""Replacements of models, each followed to one without an end on record."""

from collections.abc import Iterable

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from catalog.models import AIModel
from catalog.news.timeline import BY_DATE, ENDS, NOT_BEFORE
from catalog.pages.rows import path
from catalog.rules.partial_dates import PartialDate
from catalog.rules.status import Bound

SLUG = Subquery(AIModel.objects.order_by().filter(pk=OuterRef("model_id")).values("slug")[:1])
OF_MODELS = (
    ENDS.filter(row__is_of_model=True).order_by(*BY_DATE).annotate(slug=SLUG).values("slug", "date", "bound", "row")
)
LINK = '<a href="{}">{}</a>'
UNLISTED = '<span class="unlisted">{}</span>'


def followed(first: list[tuple[dict | None, str | None]]) -> list[list[dict]]:
    """Return the replacements that follow each first one: a record or, if the catalogue has none, its name.

    They have the form of the API. One query for each step.
    """
    ends, asked, wanted = {}, set(), {record["slug"] for record, _ in first if record}
    while wanted:
        models = AIModel.objects.order_by().filter(slug__in=wanted).values("pk")
        new, asked = {end["slug"]: end for end in OF_MODELS.filter(model_id__in=models)}, asked | wanted
        ends, wanted = ends | new, {one["slug"] for end in new.values() if (one := end["row"]["replacement"])} - asked
    return [heirs(record, words, ends) for record, words in first]


def heirs(record: dict | None, words: str | None, ends: dict[str, dict]) -> list[dict]:
    """Return a replacement, then that of each one that has an end in `ends`, by slug. A loop ends the list."""
    found = {}
    while record and record["slug"] not in found:
        end = ends.get(record["slug"], {"row": {"replacement": None, "replacement_name": "", "places": []}})
        places = [place["name"] for place in end["row"]["places"]]
        ending = {"date": end["date"], "bound": end["bound"], "providers": places} if "date" in end else None
        found[record["slug"]] = {"name": record["name"], "slug": record["slug"], "end": ending}
        record, words = end["row"]["replacement"], end["row"]["replacement_name"]
    unlisted = [{"name": words, "slug": None, "end": None}] if words and not record else []
    return [*found.values(), *unlisted]


def in_words(found: Iterable[dict]) -> str:
    """Return replacements as HTML: "GPT-4 (itself retired 23 October 2026), then gpt-5"."""
    pages = ((one, path(AIModel, one["slug"]) if one["slug"] else None) for one in found)
    cells = (
        (format_html(*(LINK, page) if page else (UNLISTED,), one["name"]), note(one["end"])) for one, page in pages
    )
    return format_html_join(", then ", "{}{}", cells)


def note(end: dict | None) -> str:
    if not end:
        return ""
    period, is_exact = PartialDate.parse(end["date"]), end["bound"] == Bound.EXACT
    is_past = is_exact and period.last_day <= timezone.localdate()
    return f" (itself {'retired' if is_past else 'ends'} {'' if is_exact else NOT_BEFORE}{period})"
