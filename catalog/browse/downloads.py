"""A list of models as CSV: all rows of all pages, in the same order. Unknown values are empty cells."""

import csv
from io import TextIOWrapper
from tempfile import SpooledTemporaryFile

from django.http import HttpResponseBase

from catalog.browse.rows import ModelRows
from catalog.models import ModelSummary
from catalog.rules.facts import FactPlace, values_in
from catalog.rules.status import Status
from ops.db.csv_safety import safe_cell
from ops.http.file_responses import SMALL, send_file
from ops.http.urls import absolute

MOST_DOWNLOADED = 10_000
COLUMNS = [
    "slug",
    "name",
    "address",
    "vendors",
    "input",
    "output",
    "status",
    "input_price_usd_per_million_tokens",
    *(fact.name for fact in values_in(FactPlace.DOWNLOAD)),
    "is_unverified",
    "checked_on",
]


def csv_of(rows: ModelRows) -> HttpResponseBase:
    """Return the list as CSV. Raises file_responses.TooManyDownloadsError.

    The whole file is written before it is sent, so that a slow client does not keep the database query open.
    """
    file = SpooledTemporaryFile(SMALL)  # noqa: SIM115 - the response closes it
    text = TextIOWrapper(file, "utf-8-sig", newline="")  # with the mark by which spreadsheets detect the encoding
    writer = csv.writer(text)
    writer.writerow([*COLUMNS, "as_of"])
    for model in rows:
        writer.writerow([*(_cell(value) for value in _values(model)), rows.day.isoformat()])
    text.detach()
    length = file.tell()
    file.seek(0)
    response = send_file(file, length, "text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="models.csv"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _values(model: ModelSummary) -> list:
    row = model.row
    values = {
        **row,
        "slug": model.slug,
        "name": model.name,
        "address": absolute(model.get_absolute_url()),
        "vendors": [vendor["name"] for vendor in row["vendors"]],
        "input": [modality["name"] for modality in row["input_modalities"]],
        "output": [modality["name"] for modality in row["output_modalities"]],
        "status": model.status if model.status != Status.UNKNOWN else None,
        "input_price_usd_per_million_tokens": (
            None if model.input_price is None else f"{model.input_price.normalize():f}"
        ),
        "is_unverified": model.is_unverified,
    }
    return [values[name] for name in COLUMNS]


def _cell(value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return safe_cell("; ".join(value) if isinstance(value, list) else str(value))
