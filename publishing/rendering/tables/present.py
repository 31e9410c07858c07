"""The texts around a comparison table: the date of its values, the list behind it, the link to its file."""

from django.urls import reverse
from django.utils.formats import date_format

from publishing.content.publishable import Publishable
from publishing.rendering.tables.fill import Filled
from publishing.richtext import rich_text_fields
from publishing.richtext.table_element import MARK


class Addresses:
    """The URLs of the CSV files of tables, by text and position in it. `counts` is the number of tables per text."""

    def __init__(self, owners, counts: dict[str, int]):
        self._places = {}
        for owner in owners:
            number = 0
            for body in bodies_of(owner):
                self._places.setdefault(body, (owner, number))
                number += counts[body]

    def of(self, body: str, place: int) -> str:
        """Return the URL of the table that follows `place` others in `body`; "" if there is none."""
        owner, before = self._places.get(body, (None, 0))
        return table_url(owner, before + place + 1) if owner is not None else ""


def bodies_of(record) -> list[str]:
    """Return the texts of a record with catalogue tables, in the order in which the tables are numbered."""
    names = sorted(rich_text_fields(type(record)) & record.__dict__.keys())
    return [text for name in names if MARK in (text := getattr(record, name) or "")]


def table_url(record: Publishable, number: int) -> str:
    if hasattr(record, "is_previewed"):
        return ""
    return reverse("table_csv", args=[record._meta.concrete_model._meta.label_lower, record.pk, number])


def day_in_words(filled: Filled) -> str:
    """Return the date of a table, as it appears after the caption."""
    found = filled.comparison
    if found is None:
        return ""
    day = date_format(found.as_of, "j F Y") if found.as_of else ""
    if filled.is_current:
        return f"(as of {day})" if day else "(values of today, kept as they are when this is published)"
    if found.is_frozen:
        return f"(kept as of {day})" if day else ""
    return f"(as last known on {day})" if day else ""


def source_in_words(filled: Filled) -> str:
    """Return the source of a table in words."""
    if filled.is_current:
        return "From the catalogue, with its values of today."
    if filled.comparison.is_frozen:
        return "From the catalogue, as it was on that day; it may say otherwise by now."
    return "From the catalogue, which no longer shows these records."
