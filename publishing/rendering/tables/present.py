"""What readers get around a comparison table: the day of its values, the list behind it, the way to its file."""

from django.urls import reverse
from django.utils.formats import date_format

from publishing.content.publishable import Publishable
from publishing.rendering.tables.fill import Filled
from publishing.richtext import rich_text_fields
from publishing.richtext.table_element import MARK


class Addresses:
    """Where the tables of some records can be had as files: by the text in which they stand and their place in it.

    `counts` says how many tables each text has."""

    def __init__(self, owners, counts: dict[str, int]):
        self._places = {}
        for owner in owners:
            number = 0
            for body in bodies_of(owner):
                self._places.setdefault(body, (owner, number))
                number += counts[body]

    def of(self, body: str, place: int) -> str:
        """Return the path of the file of the table that is the one after `place` others in `body`, "" for none."""
        owner, before = self._places.get(body, (None, 0))
        return table_url(owner, before + place + 1) if owner is not None else ""


def bodies_of(record) -> list[str]:
    """The texts of a record that hold tables of the catalogue, in the order in which these are numbered."""
    names = sorted(rich_text_fields(type(record)) & record.__dict__.keys())
    return [text for name in names if MARK in (text := getattr(record, name) or "")]


def table_url(record: Publishable, number: int) -> str:
    if hasattr(record, "is_previewed"):
        return ""
    return reverse("table_csv", args=[record._meta.concrete_model._meta.label_lower, record.pk, number])


def day_in_words(filled: Filled) -> str:
    """Return of which day a table is, as it stands behind its caption."""
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
    """Return where a table is from."""
    if filled.is_current:
        return "From the catalogue, with its values of today."
    if filled.comparison.is_frozen:
        return "From the catalogue, as it was on that day; it may say otherwise by now."
    return "From the catalogue, which no longer shows these records."
