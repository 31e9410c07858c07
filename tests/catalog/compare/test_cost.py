"""The calculator: the cost of a workload at the reference provider and at the lowest offer."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.compare.workloads import PRESETS
from catalog.models import AIModel, Offering
from tests.catalog import factories
from tests.catalog.compare.test_compare import asked, offer, page_of, priced, today  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

COST = "/catalog/cost/"


def address(*models, **parameters) -> str:
    return asked(*models, **parameters).replace("/catalog/compare/", COST)


def rows(page) -> list[list[str]]:
    return [
        [" ".join(cell.text_content().split()) for cell in found.xpath("th | td")]
        for found in page.xpath('//table[contains(@class, "estimates")]/tbody/tr')
    ]


def bars(page) -> list[str]:
    return page.xpath("//*[name()='rect']/@width")


def test_costs_are_those_at_the_reference_provider_and_the_lowest_offer_with_their_sums(client):
    model = priced("Model", "Own API", input="3", output="15")
    offer(model, "Cheap Host", input="2", output="10")
    dear = priced("Dear", "Dear API", input="6", output="30")
    other = factories.model(name="Other")
    offer(other, "Cloud", input="1", output="6")
    page = page_of(client, address(dear, model, other, messages="1000", tokens_out="100"))
    assert rows(page) == [
        [
            "Other No vendor price. Lowest: via Cloud prices from a list",
            "1.60 USD",
            "1,000 × (1,000 × 1.00 + 100 × 6.00) ÷ 1,000,000",
        ],
        ["Model via Own API prices from a list", "4.50 USD", "1,000 × (1,000 × 3.00 + 100 × 15.00) ÷ 1,000,000"],
        [
            "Model Lowest: via Cheap Host prices from a list",
            "3.00 USD",
            "1,000 × (1,000 × 2.00 + 100 × 10.00) ÷ 1,000,000",
        ],
        [
            "Dear via Dear API prices from a list",
            "9.00 USD",
            "1,000 × (1,000 × 6.00 + 100 × 30.00) ÷ 1,000,000",
        ],
    ]
    assert bars(page) == ["178", "500", "333", "1000"]


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"context_tokens": 128_000}, "Context window is 128,000 tokens, and a request needs 301,000."),
        ({"max_input_tokens": 200_000}, "Max input is 200,000 tokens, and a request needs 300,000."),
        ({"max_output_tokens": 500}, "Max output is 500 tokens, and a request needs 1,000."),
    ],
)
def test_a_model_that_cannot_serve_the_requests_says_so_and_is_not_ranked_first(limits, words, client):
    small, large = priced("Small", input="1", output="1"), priced("Large", input="9", output="9")
    AIModel.objects.filter(pk=small.pk).update(**limits)
    Offering.objects.update(inherits=True)
    work = {"messages": "10", "tokens_in": "300000", "tokens_out": "900", "reasoning": "100"}
    first, second = rows(page_of(client, address(small, large, **work)))
    assert [row[0].partition(";")[0] for row in (first, second)] == [
        "Large via Host of Large prices from a list",
        "Small via Host of Small prices from a list",
    ]
    assert "Does not fit" not in first[2]
    assert f"Does not fit: {words}" in second[2]
    assert f"does not fit: {words[:-1]}" in page_of(client, asked(small, large, **work)).text_content()


def test_month_and_year_agree_and_a_request_is_one(client):
    model = priced("Model", input="2.1", output="0")
    words = " ".join(page_of(client, address(model, messages="1200", tokens_out="0")).text_content().split())
    assert "Model: 2.52 USD a month 30.24 USD a year" in words
    assert "Reasoning tokens are not counted." in words
    words = " ".join(page_of(client, address(model, messages="1", tokens_in="1", reasoning="5")).text_content().split())
    assert "Less than 1 USD a month" in words
    assert "1 request per month with 1 input token and 300 output tokens after 5 reasoning tokens" in words
    assert "less than 0.01" in words
    assert "Reasoning tokens are not counted." not in words


def test_a_model_that_ends_says_so(client):
    ending, lasting = priced("Ending", input="1", output="1"), priced("Lasting", input="2", output="2")
    factories.event(model=ending, kind="deprecated", date="2026-01-01")
    first, second = rows(page_of(client, address(ending, lasting)))
    assert (first[0], second[0]) == (
        "Ending Deprecated via Host of Ending prices from a list",
        "Lasting via Host of Lasting prices from a list",
    )


def test_corrections_by_people_are_a_sentence_below_the_models_and_do_not_scale_their_bars(client):
    page = page_of(client, address(priced("Model", input="1", output="1")))
    words = " ".join(page.text_content().split())
    assert "cost about 3,300 USD a month, about 26 times the bill of the cheapest model, if one request in a" in words
    assert "in a hundred, 1,000 in all, needs five minutes" in words
    assert bars(page) == ["1000"]
    assert "1,560 USD a year via Host of Model, before reasoning tokens" in words
    few = page_of(client, address(AIModel.objects.get(), messages="100")).text_content()
    assert "Corrections by people" not in few


def test_the_example_has_models_of_different_vendors_that_are_similar_in_price(client):
    for vendor, amounts in (("Acme", (9, 2)), ("Beta", (1, "2.1")), ("Gamma", (8, 3))):
        maker = factories.vendor(name=vendor, reference_provider=factories.provider())
        for amount in amounts:
            model = factories.model(
                name=f"{vendor} {amount}", vendors=[maker], context_tokens=8_000, released_on="2026-02-01"
            )
            sold = factories.offering(model=model, provider=maker.reference_provider, checked_on="2026-11-01")
            for meter in ("input", "output"):
                factories.price(offering=sold, meter=meter, amount=amount)
            factories.event(model=model, kind="released", date="2026-02-01")
    shown = page_of(client, COST).xpath('//form[@class="choose__form"]/input[@name="m"]/@value')
    assert sorted(shown) == ["acme-2", "beta-2-1", "gamma-3"]


def test_no_requests_cost_nothing_although_there_is_a_charge(client):
    model = priced("Model", input="2", output="8")
    assert rows(page_of(client, address(model, messages="0")))[0][1] == "0.00 USD"


def test_unlike_units_and_missing_prices_get_a_sentence_instead_of_a_bar(client):
    image = factories.model(name="Image")
    by_image = factories.at_reference(offer(image, "Painter"))
    factories.price(offering=by_image, meter="image", amount="0.04", unit="image", per_quantity=1)
    audio = factories.model(name="Audio")
    audio.input_modalities.add(factories.modality(name="audio", slug="audio"))
    factories.at_reference(offer(audio, "Writer", input="0.002", output="0.002"))
    half, none = priced("Half", "Half API", input="2"), factories.model(name="None")
    page = page_of(client, address(image, audio, half, none))
    assert sorted(rows(page)) == [
        ["Audio", "unknown", "No price per token via Writer. Its prices"],
        ["Half", "unknown", "No price for output via Half API. Its prices"],
        ["Image", "unknown", "No price per token via Painter. Its prices"],
        ["None", "unknown", "No current price known. Its prices"],
    ]
    assert bars(page) == []


def test_a_price_that_is_used_for_another_one_is_named(client):
    model = priced("Model", "Own API", input="2", output="8")
    [[_, amount, words]] = rows(
        page_of(client, address(model, messages="1000000", cached_percent="50", reasoning="100"))
    )
    assert amount == "5,200.00 USD"
    assert words.endswith("÷ 1,000,000No separate price, so charged as input or output: cached input, reasoning.")


def test_numbers_are_understood_as_they_are_typed(client):
    model = priced("Model", input="2", output="8")
    response = client.get(address(model, messages="2m", tokens_in="1,500", tokens_out="0.5k", cached_percent="10 %"))
    assert response.headers["Location"] == address(
        model, messages="2000000", tokens_in="1500", tokens_out="500", cached_percent="10"
    )
    page = page_of(client, response.headers["Location"])
    values = page.xpath('//form[@class="work__form"]//input[not(@type="hidden")]/@value')
    assert values == ["2,000,000", "1,500", "500", "10", "0"]


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        (
            "messages",
            "lots",
            "“lots” is not a number. Enter a whole number from 0 to 1,000,000,000, such as 2,000 or 100k.",
        ),
        (
            "messages",
            "2 billion",
            "“2,000,000,000” is more than 1,000,000,000. "
            "Enter a whole number from 0 to 1,000,000,000, such as 2,000 or 100k.",
        ),
        (
            "tokens_in",
            "1.5",
            "“1.5” is not a whole number. Enter a whole number from 0 to 10,000,000, such as 2,000 or 100k.",
        ),
        (
            "tokens_out",
            "9" * 20,
            f"“{'9' * 20}” is more than 1,000,000. Enter a whole number from 0 to 1,000,000, such as 2,000 or 100k.",
        ),
        ("tokens_out", "-1", "“-1” is less than 0. Enter a whole number from 0 to 1,000,000, such as 2,000 or 100k."),
        ("cached_percent", "101", "“101” is more than 100. Enter a whole number from 0 to 100."),
        ("reasoning", "<b>", "“<b>” is not a number. Enter a whole number from 0 to 1,000,000, such as 2,000 or 100k."),
    ],
)
def test_a_wrong_number_is_explained_at_its_field_and_nothing_else_is_lost(name, text, problem, client):
    model = priced("Model", input="2", output="8")
    given = {
        "messages": "7k",
        "tokens_in": "2000",
        "tokens_out": "40",
        "cached_percent": "3",
        "reasoning": "4",
        name: text,
    }
    page = page_of(client, address(model, **given), status=400)
    fields = {one.get("name"): one for one in page.xpath('//form[@class="work__form"]//input')}
    shown = {**given, "messages": "7,000", "tokens_in": "2,000", name: text.replace("2 billion", "2,000,000,000")}
    assert {one: fields[one].get("value") for one in given} == shown
    assert fields["m"].get("value") == model.slug
    [wrong] = page.xpath('//*[@class="field__error"]')
    assert wrong.text_content() == problem
    assert wrong.get("id") in fields[name].get("aria-describedby")
    [summary] = page.xpath('//*[@role="alert"]')
    assert "1 number is not understood" in summary.text_content()
    assert summary.xpath("a/@href") == [f"#id_{name}"]
    assert not rows(page)


def test_presets_state_their_assumptions_and_keep_the_models(client):
    model = priced("Model", input="2", output="8")
    page = page_of(client, address(model))
    links = page.xpath('//a[@class="work__preset"]')
    assert [link.text for link in links] == [label for label, _, _ in PRESETS]
    assert [link.get("aria-current") for link in links] == ["true", None, None, None]
    for link, (label, assumptions, work) in zip(links, PRESETS, strict=True):
        page = page_of(client, link.get("href"))
        assert page.xpath('string(//a[@class="work__preset"][@aria-current])') == label
        assert page.xpath('//form[@class="work__form"]/input[@name="m"]/@value') == [model.slug]
        assert assumptions in " ".join(page.text_content().split())
        cost = work.cost({"input": Decimal(2), "output": Decimal(8)})
        assert rows(page)[0][1] == f"{cost.amount:,.2f} USD"


def test_the_calculator_opens_without_models_and_offers_the_current_ones(client):
    for model in (priced("Priced", input="2", output="8"), factories.model(name="Unpriced")):
        AIModel.objects.filter(pk=model.pk).update(context_tokens=8_000, released_on="2020-01-01")
        factories.event(model=model, kind="released", date="2026-01-01")
    page = page_of(client, COST)
    assert page.xpath('//button[@name="m"]/@value') == ["priced"]
    assert "Choose your own" in page.text_content()
    assert not rows(page), "an example has two models or more"
    vendors = [factories.vendor(name=name, reference_provider=factories.provider()) for name in ("Acme", "Beta")]
    for vendor in vendors:
        model = factories.model(name=f"{vendor} 1", vendors=[vendor], context_tokens=8_000, released_on="2026-02-01")
        sold = factories.offering(model=model, provider=vendor.reference_provider, checked_on="2026-11-01")
        for meter in ("input", "output"):
            factories.price(offering=sold, meter=meter, amount=1)
        factories.event(model=model, kind="released", date="2026-02-01")
    page = page_of(client, COST)
    words = " ".join(page.text_content().split())
    assert "130 USD a month with either of two models" in words
    assert sorted(page.xpath('//form[@class="choose__form"]/input[@name="m"]/@value')) == ["acme-1", "beta-1", "priced"]
    assert not page.xpath('//button[@name="m"]'), "models that are shown are not offered"
    assert "Acme 1 or Beta 1: 1,560 USD a year, before reasoning tokens; the lowest of these 3 models" in words
    assert page.xpath("//link[@rel='canonical']/@href")[0].endswith(COST)
    assert not page.xpath('//form[@class="work__form"]/input[@name="m"]')
    assert (
        "You selected 7 models"
        in page_of(client, address(*(factories.model() for _ in range(7))), status=400).text_content()
    )


def test_comparison_calculator_and_model_page_lead_to_each_other(client):
    one, other = priced("One", input="2", output="8"), priced("Other", input="1", output="4")
    work = {"messages": "5000"}
    assert address(one, other, **work) in page_of(client, asked(one, other, **work)).xpath("//a/@href")
    assert asked(one, other, **work) in page_of(client, address(one, other, **work)).xpath("//a/@href")
    assert address(one) in page_of(client, one.get_absolute_url()).xpath("//a/@href")


def test_six_models_cost_as_many_queries_as_one(client):
    models = [factories.whole_model() for _ in range(6)]
    counts = []
    for some in (models[:1], models):
        client.get(address(*some))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address(*some)).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 8
