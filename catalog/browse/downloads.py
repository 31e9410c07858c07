"""Downloads of a list of models: all rows of all pages, in the same order.

Unknown values are empty cells, or null.
"""

import csv
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile

import orjson
from django.http import HttpResponse

from catalog.browse.listing import ModelListQuery
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
    "makers",
    "takes",
    "gives",
    "status",
    "input_price_usd_per_million_tokens",
    *(fact.name for fact in values_in(FactPlace.DOWNLOAD)),
    "is_unverified",
    "checked_on",
]


class Echo:
    """A file for csv.writer that returns what is written."""

    def write(self, line: str) -> str:
        return line


def csv_of(listing: ModelListQuery, rows: ModelRows) -> HttpResponse:
    """Return the list as CSV. Raises file_responses.TooManyDownloadsError, like `json_of`."""
    writer = csv.writer(Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff"  # the byte order mark, by which spreadsheets detect the encoding
        yield writer.writerow([*COLUMNS, "as_of"])
        for model in rows:
            cells = [_cell(value) for value in _values(model).values()]
            yield writer.writerow([*cells, rows.day.isoformat()])

    return _file((line.encode() for line in lines()), "text/csv; charset=utf-8", "models.csv")


def json_of(listing: ModelListQuery, rows: ModelRows) -> HttpResponse:
    """Return one object: the day, the URL of the list as a page, the number of models, and the models."""
    head = {"as_of": rows.day, "list": absolute(listing.url()), "count": rows.number}

    def parts() -> Iterator[bytes]:
        yield orjson.dumps(head)[:-1] + b',"models":['
        for number, model in enumerate(rows):
            yield (b",\n" if number else b"\n") + orjson.dumps(_values(model))
        yield b"\n]}\n"

    return _file(parts(), "application/json", "models.json")


def _file(parts: Iterator[bytes], content_type: str, name: str) -> HttpResponse:
    """Write the whole file before sending it, so that a slow client does not keep the database query open."""
    file = SpooledTemporaryFile(SMALL)  # noqa: SIM115 - the response closes it
    for part in parts:
        file.write(part)
    length = file.tell()
    file.seek(0)
    response = send_file(file, length, content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _values(model: ModelSummary) -> dict:
    row = model.row
    values = {
        **row,
        "slug": model.slug,
        "name": model.name,
        "address": absolute(model.get_absolute_url()),
        "makers": [vendor["name"] for vendor in row["vendors"]],
        "takes": [modality["name"] for modality in row["input_modalities"]],
        "gives": [modality["name"] for modality in row["output_modalities"]],
        "status": model.status if model.status != Status.UNKNOWN else None,
        "input_price_usd_per_million_tokens": (
            None if model.input_price is None else f"{model.input_price.normalize():f}"
        ),
        "is_unverified": model.is_unverified,
    }
    return {name: values[name] for name in COLUMNS}


def _cell(value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return safe_cell("; ".join(value) if isinstance(value, list) else str(value))
