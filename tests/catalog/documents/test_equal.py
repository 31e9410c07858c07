"""The rows that are derived from documents say what the database works out of the tables, on every day."""

from datetime import date

import pytest

from catalog.documents import read
from catalog.documents.timeline import PRICE
from catalog.expressions import exact, lowest_price, lowest_price_key, status_on
from catalog.models import AIModel, Offering, Price, Provider, TimelineEntry
from catalog.models.price import rows_on
from catalog.news import coming_ends, recent_changes
from catalog.retirements import ends_ahead, ends_of_last_year
from catalog.rules.choices import Meter
from catalog.rules.prices import token_price
from catalog.rules.status import Bound, EventKind

pytestmark = [pytest.mark.usefixtures("starter_content"), pytest.mark.database]
DAYS = [date(2025, 8, 31), date(2026, 11, 27), date(2028, 1, 1)]
on_three_days = pytest.mark.parametrize("day", DAYS, ids=str)


@on_three_days
def test_models_have_the_status_and_the_prices_that_sql_works_out(day):
    worked_out = AIModel.objects.published().annotate(
        status_today=status_on(day, "model"),
        input=lowest_price(day, Meter.INPUT),
        output=lowest_price(day, Meter.OUTPUT),
        input_key=lowest_price_key(day, Meter.INPUT),
    )
    offerings = dict(Price.objects.values_list("pk", "offering_id"))
    expected = {
        model.pk: (model.status_today, exact(model.input), exact(model.output), offerings.get(model.input_key))
        for model in worked_out
    }
    models = read.models_on(day)
    assert expected == {
        model.pk: (model.status, model.input_price, model.output_price, model.input_offering_id) for model in models
    }
    assert len({status for status, *_ in expected.values()}) > 1


@on_three_days
def test_offerings_have_the_status_and_the_prices_of_their_rows(day):
    found = {row.pk: row for row in read.offerings_on(day)}
    offerings = Offering.objects.filter(provider__in=Provider.objects.published()).select_related("model")
    offerings = [offering for offering in offerings if offering.model is None or offering.model.is_public]
    assert found.keys() == {offering.pk for offering in offerings}
    for offering in offerings:
        row, prices = found[offering.pk], rows_on(day, offering.prices.all())
        assert row.status == offering.status_on(day)
        assert [price["meter"] for price in row.prices] == [price.meter for price in prices]
        terms = [price.terms for price in offering.prices.all()]
        for meter, shown in ((Meter.INPUT, row.input_price), (Meter.OUTPUT, row.output_price)):
            assert shown == token_price(day, {"prices": terms}, meter)


def grouped(entries) -> dict[str, set]:
    found = {}
    for entry in entries:
        provider = entry.row["provider"]
        places = found.setdefault((entry.key, entry.row["model"]["path"], entry.row["model"]["name"]), set())
        places |= {provider["name"]} if provider else set()
    return found


@on_three_days
def test_the_changes_by_a_day_are_those_of_the_news(day):
    first = Price.objects.filter(valid_from="", is_withdrawn=False).first()
    Price.objects.create(offering=first.offering, meter=first.meter, amount=first.amount + 1, valid_from="2025-03")
    read.bring_up_to_date()
    changes = recent_changes(day, 10_000)
    past = TimelineEntry.objects.filter(last_day__lte=day, bound=Bound.EXACT)
    assert grouped(past.exclude(kind=PRICE)) == {
        (change.key, change.url, change.name): {*change.places} for change in changes if change.is_status
    }
    prices = [(entry.date, entry.row["words"], *grouped([entry]).popitem()) for entry in past.filter(kind=PRICE)]
    assert sorted((written, words, url, name, *places) for written, words, (_, url, name), places in prices) == sorted(
        (change.period.written, change.words, change.url, change.name, *change.places)
        for change in changes
        if not change.is_status
    )
    assert prices
    ahead = TimelineEntry.objects.filter(last_day__gt=day, bound=Bound.EXACT, kind=EventKind.RETIRED)
    assert grouped(ahead) == {
        (change.key, change.url, change.name): {*change.places} for change in coming_ends(day, 10_000)
    }


@on_three_days
def test_the_ends_of_service_are_those_of_the_list_by_month(day):
    read.bring_up_to_date()
    ends = TimelineEntry.objects.filter(kind=EventKind.RETIRED)
    past = ends.filter(last_day__lte=day, last_day__gt=date(day.year - 1, day.month, day.day), bound=Bound.EXACT)
    for listed, entries in ((ends_ahead(day), ends.filter(last_day__gt=day)), (ends_of_last_year(day), past)):
        assert not listed.is_cut
        found = {}
        for entry in entries:
            found.setdefault((entry.row["model"]["path"], entry.date, entry.bound), []).append(entry)
        expected = {
            (end.model.get_absolute_url(), end.period.written, end.bound): end
            for month in listed.months
            for end in month.ends
        }
        assert found.keys() == expected.keys()
        for key, end in expected.items():
            rows = [entry.row for entry in found[key]]
            assert end.is_by_maker is any(entry.offering_id is None for entry in found[key])
            providers = [row["provider"] for row in rows if row["provider"]]
            assert {place.get_absolute_url() for place in end.places} == {one["path"] for one in providers}
            named = [row["replacement"]["path"] for row in rows if row["replacement"]]
            assert (end.replacement.get_absolute_url() in named) if end.replacement else not named
            names = [row["replacement_name"] for row in rows if row["replacement_name"]]
            assert end.replacement_name in names if end.replacement_name else not names
            given = {(source, is_checked) for row in rows for source, is_checked in row["sources"]}
            assert {(str(source.pk), is_checked) for source, is_checked in end.sources} == given
            assert read.sources(source for source, _ in given).keys() == {source for source, _ in given}
