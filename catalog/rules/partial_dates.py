"""Dates that may consist of only a year, or a year and month."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from catalog.rules.typed_dates import typed_date

FORM = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
# The same for the database, with ranges of months and days; \Z, because $ would allow a trailing line break.
FORM_IN_DATABASE = r"\A[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?\Z"

TYPED_AS = "2026, 2026-11, 2026-11-27 or 27 November 2026."


@dataclass(frozen=True)
class PartialDate:
    """A year, month or day, with the days that it spans; `written` is 2026, 2026-11 or 2026-11-24."""

    written: str
    first_day: date
    last_day: date

    @classmethod
    @lru_cache(maxsize=10_000)
    def parse(cls, text: str) -> "PartialDate":
        """Return the date for `text`. Raises ValueError for another format or an invalid day."""
        match = FORM.fullmatch(text)
        if not match or text.startswith("0000"):
            raise ValueError(f"{text!r} is not a date such as 2026, 2026-11 or 2026-11-24.")
        year = int(match[1])
        month, day = (int(part) if part else None for part in match.groups()[1:])
        first = date(year, 1 if month is None else month, 1 if day is None else day)
        last_month = 12 if month is None else month
        last = date(year, last_month, calendar.monthrange(year, last_month)[1] if day is None else day)
        return cls(text, first, last)

    @cached_property
    def long(self) -> str:
        """Return the date in words: "24 November 2026", "November 2026" or "2026"."""
        month = f"{calendar.month_name[self.first_day.month]} {self.first_day.year}"
        return {4: str(self.first_day.year), 7: month, 10: f"{self.first_day.day} {month}"}[len(self.written)]

    @property
    def short(self) -> str:
        """Return the date with three letters of its month, unbroken: "24 Nov 2026"."""
        return "\u00a0".join(word[:3] if word.isalpha() else word for word in self.long.split())

    def __str__(self):
        return self.long


def today() -> str:
    return timezone.localdate().isoformat()


def validate_partial_date(text: str):
    if not text:
        return
    try:
        PartialDate.parse(text)
    except ValueError as error:
        raise ValidationError("Enter a valid date such as 2026, 2026-11 or 2026-11-24.") from error


class PartialDateFormField(forms.CharField):
    """Also takes dates in words and the order of day and month that the words make clear."""

    def to_python(self, value: object) -> str:
        return typed_date(super().to_python(value) or "", timezone.localdate())


class PartialDateField(models.CharField):
    """Text of the form YYYY, YYYY-MM or YYYY-MM-DD, empty if unknown. Text order is chronological order.

    Writes through Django are validated; models add `catalog.rules.constraints.partial_dates` for other writes.
    """

    description = "Date, perhaps without day or month"
    default_validators = [validate_partial_date]

    def __init__(self, *args, **kwargs):
        kwargs["max_length"] = 10
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        options: dict[str, Any] = {
            "form_class": PartialDateFormField,
            "help_text": TYPED_AS,
            **kwargs,
            "max_length": None,
        }
        return super().formfield(**options)

    def get_db_prep_save(self, value: object, connection) -> object:
        if isinstance(value, str):
            validate_partial_date(value)
        return super().get_db_prep_save(value, connection)
