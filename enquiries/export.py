"""Enquiries as a file for a spreadsheet."""

import csv
from collections.abc import Iterable
from io import StringIO

from django.utils.timezone import localtime

from enquiries.models import Enquiry

# Also the wide forms, which some spreadsheets take for the same.
FORMULA = set("=+-@\t＝＋－＠")
COLUMNS = {
    "Received": lambda enquiry: f"{localtime(enquiry.received_at):%Y-%m-%d %H:%M %Z}",
    "Kind": lambda enquiry: enquiry.get_kind_display(),
    "State": lambda enquiry: enquiry.get_state_display(),
    "Owner": lambda enquiry: enquiry.owner.get_username() if enquiry.owner else "",
    "Name": lambda enquiry: enquiry.name,
    "Mail address": lambda enquiry: enquiry.email,
    "Company": lambda enquiry: enquiry.company,
    "Message": lambda enquiry: enquiry.message,
    "What the key is for": lambda enquiry: enquiry.purpose,
    "Expected volume": lambda enquiry: enquiry.volume,
    "Page it came from": lambda enquiry: enquiry.came_from,
    "Internal note": lambda enquiry: enquiry.note,
}


def as_csv(enquiries: Iterable[Enquiry]) -> str:
    """Return the lines, with the mark by which spreadsheets know UTF-8."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for enquiry in enquiries:
        writer.writerow(without_formula(column(enquiry)) for column in COLUMNS.values())
    return f"\ufeff{text.getvalue()}"


def without_formula(cell: str) -> str:
    """Return `cell` so that a spreadsheet shows it and does not work it out (OWASP, CSV injection)."""
    return f"'{cell}" if cell.lstrip(" \r\n\xa0")[:1] in FORMULA else cell
