"""The price of a model is that of its vendor, in whatever order the real feeds are imported beside the starter."""

import csv
from io import StringIO

import pytest
from django.utils import timezone
from lxml import html

from catalog.integration.facts import ModelsOnDay
from catalog.models import AIModel, LifecycleEvent, Provider
from tests.catalog.feeds import real, take_over

pytestmark = [pytest.mark.django_db, pytest.mark.whole, pytest.mark.usefixtures("starter_content")]
FEEDS = [
    *("models-dev/authored.json", "models-dev/api.json", "models-dev/history.json"),
    "litellm/model_prices_and_context_window.json",
]


@pytest.mark.parametrize("feeds", [FEEDS, FEEDS[::-1]], ids=["models.dev first", "LiteLLM first"])
def test_gpt_5_2_has_the_prices_of_openai_in_every_form(client, feeds):
    assert_prices_are_those_of_openai(client)
    for name in feeds:
        take_over(real(name))
    assert_prices_are_those_of_openai(client)
    assert_list_begins_with_current_models(client)
    assert_each_price_names_its_provider(client)


def page_of(client, path: str):
    response = client.get(path)
    assert response.status_code == 200, path
    return html.document_fromstring(response.content.decode())


def text_of(element) -> str:
    return " ".join(element.text_content().split())


def rows_of(page) -> list:
    return page.xpath('//table[contains(@class, "models")]/tbody/tr')


def assert_prices_are_those_of_openai(client):
    model, openai = AIModel.objects.get(slug="gpt-5-2"), Provider.objects.get(slug="openai")
    path = model.get_absolute_url()
    today = client.get("/api/v1/models/gpt-5-2/").json()["today"]
    assert (today["input_price"], today["output_price"], today["price_at"]["slug"]) == ("1.75", "14", "openai")
    [row] = [row for row in rows_of(page_of(client, "/catalog/?q=gpt-5.2")) if row.xpath(f'.//a[@href="{path}"]')]
    assert "Input price 1.75 Output price 14.00 via OpenAI API" in text_of(row)
    [lead] = page_of(client, path).find_class("facts--lead")
    for words in ("Input price 1.75", "Output price 14.00", "via OpenAI API"):
        assert words in text_of(lead)
    compared = page_of(client, "/catalog/compare/?m=gpt-5-2&m=claude-haiku-4-5")
    for label, value in (("Prices from", "OpenAI API"), ("Input, USD per", "1.75"), ("Output, USD per", "14.00")):
        [cell] = compared.xpath(f'//tr[starts-with(normalize-space(th), "{label}")]/td[1]')
        assert text_of(cell) == value
    point, *_ = page_of(client, "/catalog/charts/?q=gpt-5.2").xpath(f'//tr[.//a[@href="{path}"]]')
    assert "1.75" in text_of(point)
    assert "OpenAI API" in text_of(point)
    names = {f"{price}{where}" for price in ("input_price", "output_price") for where in ("", f"_at_{openai.pk}")}
    wanted = {model.pk: names}
    facts = ModelsOnDay(timezone.localdate(), wanted).facts(wanted)
    assert {name: facts[model.pk, name].number for name in names} == {
        name: "1.75" if name.startswith("input") else "14.00" for name in names
    }
    sentences = page_of(client, "/articles/what-a-token-costs/").xpath(f'//main//a[@href="{path}"]/text()')
    assert {"1.75", "14.00"} <= {*sentences}
    written = csv.DictReader(StringIO(client.get("/catalog/models.csv").getvalue().decode("utf-8-sig")))
    [line] = [line for line in written if line["slug"] == "gpt-5-2"]
    prices = [line[f"{name}_price_usd_per_million_tokens"] for name in ("input", "output")]
    assert (prices, line["price_at"]) == (["1.75", "14"], "OpenAI API")


def assert_list_begins_with_current_models(client):
    """The first 20 rows have a reference price, an output price and a context, and none is ending."""
    for row in rows_of(page_of(client, "/catalog/"))[:20]:
        name = row.find_class("models__link")[0].text_content()
        entered, returned = (text_of(one) for one in row.find_class("models__amount"))
        assert float(entered) >= 0, name
        assert float(returned) >= 0, name
        assert "unknown" not in text_of(row.find_class("models__context")[0]), name
        assert not row.find_class("status"), name
        ends = LifecycleEvent.objects.filter(model__name=name, kind__in=["deprecated", "retired"])
        assert not [end for end in ends if end.date > "2025" and end.bound == "exact"], name


def assert_each_price_names_its_provider(client):
    number = AIModel.objects.listed().count()
    for page in range(1, number // 30 + 2):
        for row in rows_of(page_of(client, f"/catalog/?page={page}" if page > 1 else "/catalog/")):
            cell = text_of(row.find_class("models__price")[0])
            assert " via " in text_of(row) or cell.endswith("unknown"), cell
