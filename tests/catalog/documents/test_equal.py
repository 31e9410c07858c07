"""The rows that are derived from documents say what the database works out of the tables, on every day."""

from datetime import date

import pytest

from catalog.documents import read
from catalog.expressions import exact, lowest_price, lowest_price_key, status_on
from catalog.models import AIModel, Offering, Price, Provider
from catalog.models.price import rows_on
from catalog.rules.choices import Meter
from catalog.rules.prices import token_price

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
