"""Enquiries as a file for a spreadsheet."""

import csv
from collections.abc import Iterable
from io import StringIO

from django.utils.timezone import localtime

from enquiries.models import Enquiry
from publishing.spreadsheets import safe_cell

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
        writer.writerow(safe_cell(column(enquiry)) for column in COLUMNS.values())
    return f"\ufeff{text.getvalue()}"
