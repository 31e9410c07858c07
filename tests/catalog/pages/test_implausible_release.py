"""Lists, the timeline, alternatives and structured data leave out a release date that its own record contradicts."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from catalog.charts.drawn import draw_lives
from catalog.documents.on_day import CatalogueOnDay
from catalog.documents.read import stamp_pending_changes
from catalog.models import ModelSummary, TimelineEntry
from catalog.pages.model_page import alternatives_to, model_page
from tests.catalog import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixed_day")]
DAY = date(2026, 11, 24)


@pytest.fixture
def fixed_day():
    with time_machine.travel("2026-11-24 12:00", tick=False):
        yield


def large(written: str):
    """Return a model whose id names December 2025, with an end, and a model of its family of November 2024."""
    vendor, family = factories.vendor(), factories.family()
    text = factories.modality(name="Text")
    same = {"vendors": [vendor], "family": family, "kind": "language"}
    same |= {"input_modalities": [text], "output_modalities": [text], "context_tokens": 1000}
    record = factories.model(name="Large 3", released_on=written, **same)
    older = factories.model(name="Large 2.1", released_on="2024-11-18", **same)
    factories.event(model=older, date="2024-11-18")
    offered = factories.offering(model=record, api_id="large-2512")
    factories.price(offering=offered, amount=Decimal(2), valid_from="2025-12-08")
    factories.event(model=record, kind="retired", date="2027-04-30")
    return record


@pytest.mark.parametrize(("written", "shown"), [("2024-11-01", ""), ("2025-12-02", "2025-12-02")])
def test_lists_charts_and_sentences_agree(client, written, shown):
    record = large(written)
    page = model_page(record, DAY)
    summary = ModelSummary.objects.get(pk=record.pk)
    assert (summary.released_on, summary.released_until, page.released_on or "") == (shown, shown, shown)
    assert (summary.row["released_on"] or "") == shown
    assert (TimelineEntry.objects.get(model_id=record.pk, kind="retired").row["days"] is None) is not bool(shown)
    assert len(draw_lives([], {}, CatalogueOnDay(DAY)).rows) == bool(shown)
    reasons = {row.name: why for row, why in alternatives_to(record.pk, page, DAY)}
    assert "Large 2.1" not in reasons
    html = client.get(record.get_absolute_url()).content.decode()
    assert (f'"datePublished": "{written}"' in html or f'"datePublished":"{written}"' in html) is bool(shown)
    assert ("implausible, so lists and charts leave it out" in html) is not bool(shown)


def test_the_model_whose_name_it_extends_counts():
    factories.model(slug="o9", name="o9", released_on="2025-04-16")
    early = factories.model(slug="o9-deep-research", name="o9 deep research", released_on="2024-06-26")
    small = factories.model(slug="o9-mini", name="o9 mini", released_on="2025-01-31")
    assert [model_page(one, DAY).released_on for one in (early, small)] == [None, "2025-01-31"]


def test_an_older_model_of_the_series_is_no_alternative():
    record = large("2025-12-02")
    page = model_page(record, DAY)
    assert "Large 2.1" not in {row.name for row, _ in alternatives_to(record.pk, page, DAY)}
    newer = factories.model(
        name="Large 4", kind="language", family=record.family, released_on="2026-03-01", context_tokens=1000
    )
    factories.event(model=newer, date="2026-03-01")
    page = model_page(record, DAY)
    assert {row.name: why for row, why in alternatives_to(record.pk, page, DAY)} == {"Large 4": "Newer in this series"}


def test_alternatives_to_open_weights_are_open():
    record = large("2024-11-01")
    type(record).objects.filter(pk=record.pk).update(openness="open")
    same = {"kind": "language", "context_tokens": 1000, "released_on": "2026-01-01"}
    tags = {name: [*getattr(record, name).all()] for name in ("input_modalities", "output_modalities")}
    for name, openness in (("Open", "restricted_weights"), ("Closed", "api_only"), ("Unknown", "")):
        factories.event(model=factories.model(name=name, openness=openness, **same, **tags), date="2026-01-01")
    record.refresh_from_db()
    assert {row.name for row, _ in alternatives_to(record.pk, model_page(record, DAY), DAY)} == {"Open"}


def test_names_that_move_count_in_no_statistic():
    record = large("2025-12-02")
    stamp_pending_changes()
    assert len(draw_lives([], {}, CatalogueOnDay(DAY)).rows) == 1
    type(record).objects.filter(pk=record.pk).update(name="Large (latest)")
    stamp_pending_changes()
    assert len(draw_lives([], {}, CatalogueOnDay(DAY)).rows) == 0


def test_a_status_names_the_newest_list_and_no_benchmark():
    record = factories.model(name="Listed")
    released = factories.event(model=record, date="2025-01-01")
    benchmark = factories.source(title="Epoch AI", read_on=date(2026, 11, 20))
    factories.evidence(event=released, source=benchmark, confidence="third_party")
    assert model_page(record, DAY).status_by is None
    offered = factories.offering(model=record, listing="listed")
    for day in (date(2026, 7, 2), date(2026, 11, 1)):
        source = factories.source(title=f"List of {day:%B}", read_on=day)
        factories.evidence(offering=offered, source=source, confidence="third_party")
    by, day = model_page(record, DAY).status_by
    assert (by, str(day)) == ("List of November", "1 November 2026")
