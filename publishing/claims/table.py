"""Dated claims as a file for a spreadsheet."""

import csv
from collections.abc import Iterable
from io import StringIO

from django.utils.text import capfirst

from publishing.addresses import absolute
from publishing.models import Claim
from publishing.people import name_of
from publishing.spreadsheets import safe_cell

COLUMNS = {
    "Confirm by": lambda claim: str(claim.review_by or ""),
    "Overdue": lambda claim: "yes" if claim.is_overdue else "no",
    "Words": lambda claim: claim.words,
    "Sentence": lambda claim: claim.sentence,
    "Pattern": lambda claim: claim.pattern.name,
    "Stands in": lambda claim: str(claim.source),
    "Kind": lambda claim: capfirst(claim.source.search_kind()._meta.verbose_name),
    "Address": lambda claim: absolute(claim.source.get_absolute_url()),
    "Owner": lambda claim: name_of(claim.shown_owner) if claim.shown_owner else "",
    "Written on": lambda claim: str(claim.written_on),
    "Confirmed on": lambda claim: str(claim.confirmed_on or ""),
    "Confirmed by": lambda claim: name_of(claim.confirmed_by) if claim.confirmed_by else "",
}


def as_csv(claims: Iterable[Claim]) -> str:
    """Return the lines, with the mark by which spreadsheets know UTF-8."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for claim in claims:
        writer.writerow(safe_cell(column(claim)) for column in COLUMNS.values())
    return f"\ufeff{text.getvalue()}"
