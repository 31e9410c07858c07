from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from catalog.models import AIModel
from catalog.models.ai_model import LATEST_FIRST
from catalog.rules.partial_dates import PartialDate
from tests.catalog import factories


@pytest.mark.parametrize(
    ("text", "first_day", "last_day", "words"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2026"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "February 2024"),
        ("2026-11-24", date(2026, 11, 24), date(2026, 11, 24), "24 November 2026"),
    ],
)
def test_a_partial_date_spans_its_period(text, first_day, last_day, words):
    partial = PartialDate.parse(text)
    assert (partial.first_day, partial.last_day, str(partial)) == (first_day, last_day, words)


IMPOSSIBLE = [
    "2025-02-31",
    "2025-25-11",
    "2025-00",
    "2025-01-00",
    "0000",
    "25",
    "2025-1",
    "2025-01-01T00:00",
    "2025\n",
    "２０２５",
]


@pytest.mark.parametrize("text", IMPOSSIBLE)
def test_what_is_not_in_the_calendar_is_refused(text):
    with pytest.raises(ValueError, match=r"is not a date|month|day"):
        PartialDate.parse(text)


@pytest.mark.parametrize("text", IMPOSSIBLE)
def test_no_way_of_writing_stores_an_impossible_date(text, db):
    record = factories.model()
    record.released_on = text
    writers = [
        record.full_clean,
        record.save,
        lambda: AIModel.objects.filter(pk=record.pk).update(released_on=text),
        lambda: AIModel.objects.bulk_create([AIModel(name="Other", released_on=text)]),
        lambda: AIModel.objects.bulk_update([record], ["released_on"]),
    ]
    for write in writers:
        with pytest.raises(ValidationError), transaction.atomic():
            write()


@pytest.mark.parametrize("text", ["2025-13", "2025-01-32", "25", "2025\n", "soon"])
def test_the_database_refuses_another_form(text, db):
    record = factories.model()
    with (
        pytest.raises(IntegrityError, match="released_on_is_a_date"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE catalog_aimodel SET released_on = %s WHERE id = %s", [text, record.pk])


def test_models_are_listed_by_release_with_unknown_last(db):
    for text in ("2024", "", "2025-03", "2025-03-01"):
        factories.model(released_on=text)
    order = AIModel.objects.order_by(*LATEST_FIRST).values_list("released_on", flat=True)
    assert list(order) == ["2025-03-01", "2025-03", "2024", ""]
