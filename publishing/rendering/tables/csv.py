"""A comparison table of a published text as CSV, with the same words as on the page."""

import csv

from django.http import Http404, HttpResponse

from ops.db.csv_safety import safe_cell
from ops.http.decorators import safe_only
from publishing.content.facts import cited
from publishing.content.registry import publishable_model
from publishing.rendering.compiled_text import CompiledText
from publishing.rendering.tables.fill import Tables
from publishing.rendering.tables.present import bodies_of

BIGINT_LIMIT = 2**63


@safe_only
def table_csv(request, label, pk, number):
    """Return the table with this number (from 1) of a public record, the same for every user."""
    model = publishable_model(label)
    record = model.objects.published().filter(pk=pk).first() if model and pk < BIGINT_LIMIT else None
    if record is None:
        raise Http404
    bodies = bodies_of(record)
    compiled = CompiledText.objects.of(*bodies)
    stored = [table for body in bodies for table in compiled[body].tables]
    if not 0 < number <= len(stored):
        raise Http404
    text, rows = stored[number - 1]
    tables = Tables(texts=[text])
    facts = cited([], tables.wanted())
    filled = tables.current(text, facts)
    if filled.comparison is None:
        raise Http404
    name = f"{record.slug or record.pk}-table-{number}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Robots-Tag": "noindex"}
    response = HttpResponse(content_type="text/csv; charset=utf-8", headers=headers)
    response.write("\ufeff")  # so that spreadsheets recognise the encoding
    day = filled.comparison.as_of.isoformat() if filled.comparison.as_of else ""
    rows = filled.rows(facts) if filled.is_current else rows
    days = ["as_of", *[day] * len(rows)]
    csv.writer(response).writerows([*map(safe_cell, row), day] for row, day in zip(rows, days, strict=False))
    return response
