"""Comparison of models: differences, unknown values, ends of service and the cost of a workload."""

from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from lxml import html

from catalog.compare.comparison import NO_CHARGE_REMARK
from catalog.compare.workloads import Workload
from catalog.models import Offering
from publishing.content.publishable import State
from tests.catalog import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

COMPARE = "/catalog/compare/"


@pytest.fixture
def today():
    with time_machine.travel("2026-11-24 12:00", tick=False):
        yield


def priced(name: str, provider: str = "", **prices) -> object:
    """Create a model with an offering at its reference provider and prices by meter."""
    model = factories.model(name=name)
    offered = factories.at_reference(offer(model, provider or f"Host of {name}", **prices))
    Offering.objects.filter(pk=offered.pk).update(checked_on="2026-01-01")  # or it has no price if it is free
    return model


def offer(model, provider: str, **prices):
    offering = factories.offering(model=model, provider=factories.provider(name=provider))
    for meter, amount in prices.items():
        factories.price(offering=offering, meter=meter, amount=amount)
    return offering


def asked(*models, **parameters) -> str:
    query = QueryDict(mutable=True)
    query.setlist("m", [model.slug for model in models])
    query.update(parameters)
    return f"{COMPARE}?{query.urlencode()}"


def page_of(client, address: str, status: int = 200):
    response = client.get(address)
    assert response.status_code == status, response.content.decode()[:2000]
    return html.document_fromstring(response.content.decode())


def row(page, label: str) -> list[str]:
    """Return the part of the page that has a row, and its values."""
    for found in page.xpath('//table/tbody/tr[th[@scope="row"]]'):
        words = " ".join(found.xpath("string(th)").split())
        if words.startswith(label):
            part = "rest" if found.xpath("ancestor::details") else "differs"
            return [part, *(" ".join(cell.xpath("string(.)").split()) for cell in found.xpath("td"))]
    raise AssertionError(f"No row {label}")


def test_values_that_differ_come_first_and_the_others_are_folded(client):
    one = factories.model(name="One", context_tokens=8_000, openness="open", licence="MIT")
    other = factories.model(name="Other", context_tokens=200_000, openness="open")
    page = page_of(client, asked(one, other))
    assert row(page, "Context window, tokens") == ["differs", "8,000", "200,000 highest"]
    assert row(page, "Openness") == ["rest", "Open weights, free licence the same for all"]
    assert row(page, "Licence") == ["rest", "MIT", "unknown"]
    questions = [" ".join(text.split()) for text in page.xpath('//th[@scope="rowgroup"]/span/text()')]
    assert questions == ["Cost", "Lifetime", "Capabilities", "Cost", "Self-hosting"]


def test_nothing_is_nought_free_or_no_where_it_is_unknown(client):
    page = page_of(client, asked(factories.model(), factories.model()))
    values = {" ".join(cell.xpath("string(.)").split()).lower() for cell in page.xpath("//table/tbody/tr/td")}
    assert not {"0", "0.00", "free", "no", "no charge", "", "0.00 usd"} & values
    assert values <= {
        "unknown",
        "none announced the same for all",
        "none announced",
        "unknown no current price",
        "unknown no vendor price the same for all",
    }


def test_prices_are_those_at_the_reference_provider_and_the_lowest_is_named(client):
    model = priced("Model", "Own API", input="3", output="15")
    offer(model, "Cheap Host", input="2", output="10")
    gone = offer(model, "Gone Host", input="0.01", output="0.01")
    factories.event(offering=gone, kind="retired", date="2026-01-01")
    offer(model, "Free Host", input="0", output="0")
    offer(model, "Half Host", input="0.01")
    reseller = factories.provider(name="Reseller", kind="reseller")
    factories.price(offering=factories.offering(model=model, provider=reseller), amount=Decimal("0.01"))
    other = factories.model()
    offer(other, "Cloud", input="4", output="16")
    page = page_of(client, asked(model, other, messages="1000", tokens_out="100"))
    assert row(page, "Prices from")[1:] == ["Own API", "Cloud no vendor price"]
    assert row(page, "Cost per month")[1] == "4.50 lowest"
    assert row(page, "Input, USD per million tokens")[1:] == ["3.00 lowest", "4.00"]
    lowest = row(page, "Lowest blended price at vendors, clouds and hosts")
    assert lowest[1:] == ["4.00 lowest via Cheap Host", "7.00 via Cloud"]


def test_no_work_costs_nothing_whatever_the_price(client):
    page = page_of(client, asked(priced("One", input="2", output="8"), factories.model(), messages="0"))
    assert row(page, "Cost per month")[1] == "0.00"


def test_a_missing_price_leaves_the_cost_unknown_and_is_named(client):
    model = priced("Half", input="2")
    both = factories.model(name="Both")
    free = factories.offering(model=both, provider=factories.provider(name="Host of Both"), checked_on="2026-11-24")
    for meter in ("input", "output"):
        factories.price(offering=factories.at_reference(free), meter=meter, amount="0")
    page = page_of(client, asked(model, both))
    assert row(page, "Cost per month") == [
        "differs",
        "unknown missing price: output",
        f"no charge {NO_CHARGE_REMARK}",
    ]
    page = page_of(client, asked(model, both, tokens_out="0", cached_percent="50"))
    assert row(page, "Cost per month")[1] == "200.00 without a price for cached input"


@pytest.mark.parametrize(
    ("work", "prices", "amount"),
    [
        (Workload(1000, 1000, 500), {"input": 2, "output": 8}, "6"),
        (Workload(1000, 1000, 0, 50), {"input": 2, "cache_read": 1}, "1.5"),
        (Workload(1000, 0, 100, 0, 400), {"output": 10}, "5"),
        (Workload(1000, 0, 100, 0, 400), {"output": 10, "reasoning": 5}, "3"),
        (Workload(0, 1000, 500), {"input": 2, "output": 8}, "0"),
        (Workload(1, 0, 0), {}, "0"),
        (Workload(1000, 1000, 1), {"input": 2}, None),
        (Workload(1000, 1000, 0, 50), {"input": 2}, "2"),
        (Workload(1000, 1000, 0, 50), {"cache_read": 2}, None),
        (Workload(1000, 0, 0, 0, 1), {"input": 2}, None),
    ],
)
def test_the_cost_of_a_work(work, prices, amount):
    cost = work.cost({meter: Decimal(price) for meter, price in prices.items()})
    assert cost.amount == (None if amount is None else Decimal(amount))
    assert bool(cost.missing) == (amount is None)


def test_a_long_request_costs_what_long_requests_cost(client):
    model = priced("Tiered", input="2", output="8")
    offering = model.offerings.get()
    factories.price(offering=offering, meter="input", amount="4", above_tokens=200_000)
    other = factories.model()
    assert row(page_of(client, asked(model, other, tokens_in="200000")), "Input, USD")[1] == "2.00"
    assert row(page_of(client, asked(model, other, tokens_in="200001")), "Input, USD")[1] == "4.00"


def test_unlike_units_stand_in_rows_of_their_own(client):
    one, other = factories.model(), factories.model()
    by_image = factories.at_reference(factories.offering(model=one))
    factories.price(offering=by_image, meter="image", amount="0.04", unit="image", per_quantity=1)
    in_euros = factories.at_reference(factories.offering(model=other))
    factories.price(offering=in_euros, meter="image", amount="0.03", unit="image", per_quantity=1, currency="EUR")
    page = page_of(client, asked(one, other))
    assert row(page, "Generated image, USD per image") == ["rest", "0.04", "unknown"]
    assert row(page, "Generated image, EUR per image") == ["rest", "unknown", "0.03"]
    factories.benchmark(model=one, name="Quiz", score="71.5", version="1")
    factories.benchmark(model=other, name="Quiz", score="80", version="2")
    page = page_of(client, asked(one, other))
    assert row(page, "Quiz, 1") == ["rest", "71.5", "unknown"]
    assert row(page, "Quiz, 2") == ["rest", "unknown", "80"]


def labels_of(found) -> list[str]:
    return [label.text_content() for label in found.xpath('.//tbody/tr/th[@scope="row"]')]


def test_rows_without_values_are_named_in_a_sentence(client):
    one = factories.model(name="One", context_tokens=8_000, openness="open", licence="MIT")
    other = factories.model(name="Other", context_tokens=200_000, openness="open")
    page = page_of(client, asked(one, other))
    differing, rest = page.xpath("//table")
    assert labels_of(differing) == ["Cost per month of the workload, USD", "Last day", "Context window, tokens"]
    assert labels_of(rest) == ["Prices from", "Openness", "Licence"]
    [unknown] = page.xpath('//main//p[contains(., "Not known for any of these models")]')
    assert ", parameters, " in unknown.text_content()


def test_data_use_is_in_the_main_rows_even_if_equal_and_a_note_on_regions_is_no_missing_record(client):
    models = [priced(name, input="1", output="2") for name in ("One", "Other")]
    offerings = Offering.objects.filter(model__in=models)
    offerings.update(trains_on_input=False, zero_retention=True)
    assert "where data are processed" in page_of(client, asked(*models)).text_content()
    note = "Regions: customers can choose one."
    factories.evidence(offering=offerings.get(model=models[0]), fact="regions", note=note)
    page = page_of(client, asked(*models))
    assert row(page, "Trains on customer data") == ["differs", "no", "no"]
    assert row(page, "Zero retention available") == ["differs", "yes", "yes"]
    assert row(page, "Regions") == ["differs", "see the model’s page", "unknown"]
    assert "/catalog/models/one/#data" in page.xpath("//table//td/a/@href")
    assert "where data are processed" not in page.text_content()


def test_without_our_view_a_model_that_ends_soon_says_so(client):
    one, other = factories.model(use_for="Chat."), factories.model(use_for="")
    factories.event(model=other, kind="retired", date="2026-12-01")
    assert "no view; it ends 1 Dec 2026" in row(page_of(client, asked(one, other)), "Good for")[2]


@pytest.mark.parametrize(
    ("costs", "marked"),
    [((10, 11), "One lowest"), ((10, Decimal("10.9")), ""), ((10, 10, 20), ""), ((10, None), "")],
)
def test_the_lowest_price_is_marked_if_it_is_a_tenth_lower_and_all_are_known(costs, marked, client):
    names = ["One", "Two", "Three"]
    models = [
        priced(name, **({} if cost is None else {"input": cost, "output": 1}))
        for name, cost in zip(names, costs, strict=False)
    ]
    values = row(page_of(client, asked(*models)), "Input, USD per million tokens")[1:]
    found = [f"{name} lowest" for name, value in zip(names, values, strict=False) if value.endswith("lowest")]
    assert " ".join(found) == marked


def test_it_begins_with_which_model_for_what(client):
    dear, cheap = priced("Dear", input=2, output=8), priced("Cheap", input=1, output=4)
    for model, tokens, openness in ((dear, 1_000_000, "open"), (cheap, 128_000, "api_only")):
        model.context_tokens, model.openness = tokens, openness
        model.save()
    factories.event(model=cheap, kind="retired", date="2026-12-11")
    assert answers(page_of(client, asked(dear, cheap))) == {
        "Lowest cost": "220.00 USD a month Cheap; the next costs 440.00 ends 11 Dec 2026, not yet checked",
        "Longest context": "1,000,000 tokens Dear; the next has 128,000",
        "Open weights": "Dear",
        "First to end": "11 Dec 2026 Cheap in 17 days, not yet checked at the vendor",
    }
    near = factories.model(name="Near", context_tokens=1_048_576)
    assert answers(page_of(client, asked(dear, cheap, near)))["Longest context"] == (
        "1,000,000 to 1,048,576 tokens Dear and Near, about the same; the next has 128,000"
    )
    assert answers(page_of(client, asked(dear, near)))["Longest context"] == (
        "1,000,000 to 1,048,576 tokens no clear difference"
    )
    same = factories.model(name="Same", context_tokens=1_000_000)
    assert answers(page_of(client, asked(dear, same)))["Longest context"] == "1,000,000 tokens no clear difference"
    assert answers(page_of(client, asked(factories.model(), factories.model()))) == {
        "Lowest cost": "not known for all",
        "Longest context": "not known for all",
        "First to end": "no last day announced",
    }
    factories.event(model=dear, kind="retired", date="2026-12-01", bound="not_before")
    assert answers(page_of(client, asked(dear, cheap)))["First to end"].startswith("11 Dec 2026 Cheap")


def test_models_that_all_end_soon_lead_to_a_comparison_of_their_replacements(client):
    first, second, later = (factories.model(name=name) for name in ("First", "Second", "Later"))
    heirs = [factories.model(name=name) for name in ("Heir", "Other heir")]
    for model, day, heir in ((first, "2026-12-11", heirs[0]), (second, "2027-01-14", heirs[1])):
        factories.event(model=model, kind="retired", date=day, replaced_by=heir)
    notice = page_of(client, asked(first, second)).xpath('//main//*[contains(@class, "notice--")]')[0]
    assert [" ".join(one.text_content().split()) for one in notice] == [
        "Both models will be switched off by their vendor by 14 January 2027.",
        "We read none of these 2 dates on the vendor’s page.",
        "Compare the replacements",
    ]
    assert notice.xpath(".//a[@class='button']/@href") == [f"{COMPARE}?m=heir&m=other-heir"]
    factories.event(model=first, kind="deprecated", date="2026-10-01")
    page = page_of(client, asked(first, second))
    assert row(page, "Deprecation announced")[1:] == ["1 Oct 2026", "date of notice not known"]
    assert "None of these will last." in page.get_element_by_id("call").text_content()
    assert not page_of(client, asked(first, second, later)).xpath('//main//*[contains(@class, "notice--")]')


def test_the_last_end_at_a_host_is_given_where_it_is_later_and_no_award_goes_to_a_model_about_to_end(client):
    one, other = priced("One", input="1", output="2"), priced("Other", input="3", output="6")
    factories.event(model=one, kind="retired", date="2026-12-01")
    factories.event(model=other, kind="retired", date="2027-01-14")
    for name, day in (("Early", "2026-12-20"), ("Late", "2027-04-08")):
        factories.event(offering=offer(one, name), kind="retired", date=day)
    page = page_of(client, asked(one, other, factories.model()))
    hosts = row(page, "Longest at a host")[1:]
    assert hosts == ["8 Apr 2027 Late ○, not yet checked at the host", "none later", "–"], "the third has no end"
    page = page_of(client, asked(one, other))
    assert row(page, "Input, USD")[1:] == ["1.00", "3.00"]
    assert "are marked where" not in page.text_content(), "there is no mark"
    said = "160.00 USD a month One; the next costs 480.00 ends 1 Dec 2026, not yet checked"
    assert answers(page)["Lowest cost"] == said, "the end is said where the model is named"
    [notice] = page.xpath('//main//*[contains(@class, "notice--")]')
    assert "Longer at a host: One until 8 April 2027 ○" in " ".join(notice.text_content().split())
    soon = page.xpath('//td/span[contains(@class, "status--soon")]/text()')
    assert [words.replace("\N{NO-BREAK SPACE}", " ") for words in soon] == ["1 Dec 2026"]


def answers(page) -> dict[str, str]:
    items = page.xpath('//dl[@class="answers"]/div')
    return {item.findtext("dt"): " ".join(item.find("dd").text_content().split()) for item in items}


def test_it_leads_on_to_the_check_the_cost_and_the_contact_form(client):
    page = page_of(client, asked(factories.model(name="One"), factories.model(name="Other")))
    hrefs = page.xpath("//main//a/@href") + page.xpath('//aside[contains(@class, "call")]//a/@href')
    for address in ("/catalog/check/?models=one,other", "/catalog/cost/?m=one&m=other", "/contact/?models=one%2Cother"):
        assert any(href.startswith(address) for href in hrefs), address


def test_only_tables_that_scroll_are_reached_by_keyboard(client):
    models = [factories.model() for _ in range(4)]
    assert not page_of(client, asked(*models[:3])).xpath('//*[@tabindex="0"]')
    page = page_of(client, asked(*models))
    assert page.xpath('//*[@tabindex="0"]')
    assert "4 models; scroll the table sideways to see all." in page.text_content()


def test_the_replacement_is_the_one_that_lasts(client):
    last = factories.model(name="Last")
    next_one, old = factories.model(name="Next"), factories.model(name="Old")
    factories.event(model=old, kind="retired", date="2026-12-11", replaced_by=next_one)
    factories.event(model=next_one, kind="retired", date="2027-01-01", replaced_by=last)
    page = page_of(client, asked(old, last))
    assert row(page, "Replaced by")[1:] == ["Last after Next, which ends", "none known"]


def test_end_and_successor_are_those_of_the_page_of_retirements(client):
    heir = factories.model(name="Heir")
    linked, named, own = factories.model(name="Linked"), factories.model(name="Named"), factories.model(name="Own")
    at_host = offer(linked, "Host")
    factories.event(offering=at_host, kind="retired", date="2027-06-08", replaced_by=heir)
    factories.event(offering=offer(named, "Host"), kind="retired", date="2026-01-01", replacement_name="too-old")
    factories.event(model=named, kind="retired", date="2026-12-11", replacement_name="heir-2")
    own.replaced_by = heir
    own.save()
    past = factories.model(name="Past")
    factories.event(offering=offer(past, "Host"), kind="retired", date="2026-01-01", replacement_name="a-snapshot")
    page = page_of(client, asked(linked, named, own, past))
    assert row(page, "Last day")[1:] == [
        "8 Jun 2027 via Host",
        "11 Dec 2026 not yet checked at the vendor",
        "none announced",
        "none announced",
    ]
    assert row(page, "Replaced by")[1:] == ["Heir", "heir-2", "Heir", "none known"]
    assert "Heir" in page_of(client, "/catalog/retiring/?by=any").text_content()
    assert len(page.xpath(f'//td/a[@href="{heir.get_absolute_url()}"]')) == 2


def test_one_model_and_seven_get_a_sentence(client):
    models = [factories.model() for _ in range(7)]
    assert "Add at least one more model to compare." in page_of(client, asked(models[0])).text_content()
    page = page_of(client, asked(*models), status=400)
    assert "You selected 7 models; the maximum is 6." in page.text_content()
    assert not page.xpath("//table")
    assert len(page.xpath('//a[@class="choose__remove"]')) == 7
    assert len(page_of(client, asked(*models[:6])).xpath("(//table)[1]//thead//th")) == 6


def test_what_is_not_verified_is_not_compared(client):
    one, other, rumour = factories.model(), factories.model(), factories.unverified(name="Rumour 9")
    page = page_of(client, asked(one, other, rumour))
    assert "“Rumour 9” is left out" in page.text_content()
    assert len(page.xpath("(//table)[1]//thead//th")) == 2
    found = page_of(client, asked(one, add="Rumour")).text_content()
    assert "Add one of these" not in found


@pytest.mark.parametrize(
    "query",
    ["m=%00", "messages=-1", "messages=x", "tokens_in=1e99", "cached_percent=101"],
)
def test_what_makes_no_sense_is_refused(query, client):
    response = client.get(f"{COMPARE}?{query}")
    assert response.status_code == 400
    assert query.split("=")[0] in response.content.decode()


@pytest.mark.parametrize("page", [COMPARE, "/catalog/cost/"])
def test_a_name_without_a_public_model_is_left_out_and_said_so(page, client):
    one, other, hidden = factories.model(), factories.model(), factories.model(state=State.DRAFT)
    for name in ("nobody", "a b", "<b>x", hidden.slug):
        query = QueryDict(mutable=True)
        query.setlist("m", [one.slug, other.slug, name])
        shown = page_of(client, f"{page}?{query.urlencode()}")
        [notice] = shown.xpath('//main//p[contains(@class, "notice")]')
        assert f"“{name}” is left out: there is no model of this name in our catalogue." in notice.text_content()
        [search] = notice.xpath("a/@href")
        assert page_of(client, search).xpath('//input[@name="add"]/@value') == [name]
        assert len(shown.xpath('//a[@class="choose__remove"]')) == 2
        assert shown.xpath('//meta[@name="robots"]/@content') == ["noindex"]
        assert not any(f"m={name}" in href for href in shown.xpath("//main//a/@href"))


def test_an_address_lives_on_when_a_model_moves(client):
    one, other = factories.model(name="One"), factories.model(name="Other")
    old = asked(one, other)
    one.slug = "moved"
    one.save()
    response = client.get(old)
    assert response.status_code == 302
    assert response.headers["Location"] == f"{COMPARE}?m=moved&m={other.slug}"
    assert client.get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize("page", [COMPARE, "/catalog/cost/"])
def test_the_name_that_the_check_uses_leads_to_the_address(page, client):
    one, other = factories.model(), factories.model()
    response = client.get(f"{page}?models={one.slug},{other.slug}")
    assert response.headers["Location"] == f"{page}?m={one.slug}&m={other.slug}"
    response = client.get(f"{page}?models=nobody,{one.slug}")
    assert response.headers["Location"] == f"{page}?m={one.slug}&m=nobody"
    assert "“nobody” is left out" in client.get(response.headers["Location"]).content.decode()


def test_usual_and_doubled_parameters_leave_the_address(client):
    one, other = factories.model(), factories.model()
    response = client.get(f"{asked(one, other, one)}&messages=100k&tokens_in=&cached_percent=10&add=")
    assert response.headers["Location"] == f"{asked(one, other)}&cached_percent=10"


def test_without_models_it_offers_examples_of_current_ones(client):
    for vendor, lines in (("Fins", ["Orca"]), ("Wings", ["Owl", "Kite"])):
        maker = factories.vendor(name=vendor, reference_provider=factories.provider(name=f"{vendor} API"))
        for line in lines:
            fields = {"family": factories.family(), "context_tokens": 8_000, "released_on": "2025-01"}
            model = factories.model(name=line, vendors=[maker], **fields)
            factories.event(model=model, date="2025-01")
            offering = factories.offering(model=model, provider=maker.reference_provider)
            for meter in ("input", "output"):
                factories.price(offering=offering, meter=meter, amount=1)
    links = page_of(client, COMPARE).xpath('//a[@class="choose__start"]')
    assert [link.text for link in links] == ["Different vendors", "Wings models"]
    compared = [
        page_of(client, link.get("href")).xpath("//h2/following-sibling::div[1]//thead//th/a/text()") for link in links
    ]
    assert [sorted(names) for names in compared] == [["Kite", "Orca"], ["Kite", "Owl"]]


def test_models_are_added_by_search_without_script(client):
    one = factories.model(name="Claude Opus 4")
    factories.model(name="GPT-5")
    page = page_of(client, asked(one, add="gpt"))
    [button] = page.xpath('//button[@name="m"]')
    assert button.get("value") == "gpt-5"
    form = button.xpath("ancestor::form")[0]
    assert [field.get("value") for field in form.xpath('.//input[@name="m"]')] == [one.slug]
    assert "Did you mean GPT-5" in " ".join(page_of(client, asked(one, add="gtp5")).text_content().split())


def test_six_models_cost_as_many_queries_as_two_and_no_more_than_nine(client):
    models = [factories.whole_model() for _ in range(6)]
    counts = []
    for some in (models[:2], models):
        client.get(asked(*some))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(asked(*some)).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 9


def test_the_first_set_of_models_has_a_strong_one(client):
    for vendor, lines in (("Fins", ["Orca"]), ("Wings", ["Kite", "Owl"])):
        maker = factories.vendor(name=vendor, reference_provider=factories.provider(name=f"{vendor} API"))
        for amount, line in enumerate(lines, start=1):
            fields = {"family": factories.family(), "context_tokens": 8_000, "released_on": f"2025-0{amount}"}
            model = factories.model(name=line, vendors=[maker], **fields)
            factories.event(model=model, date="2025-01")
            offering = factories.offering(model=model, provider=maker.reference_provider)
            for meter in ("input", "output"):
                factories.price(offering=offering, meter=meter, amount=3 - amount)
    [names, *_] = page_of(client, COMPARE).xpath('//li[@class="choose__example"]')
    assert {"Kite", "Orca"} <= {*names.text_content().replace(",", "").split()}, "not Owl, which is newer and cheaper"


def test_ticks_in_the_list_lead_to_the_comparison(client):
    for _ in range(2):
        factories.model(checked_on="2026-11-24")
    page = page_of(client, "/catalog/")
    [form] = page.xpath('//form[@class="picked"]')
    ticks = form.xpath('.//input[@name="m"]/@value')
    assert form.get("action") == COMPARE
    assert len(ticks) == 2
    assert len(page_of(client, f"{COMPARE}?m={ticks[0]}&m={ticks[1]}").xpath("(//table)[1]//thead//th")) == 2


def test_the_title_names_the_models_and_no_price_is_rounded(client):
    first, second = priced("Model One", input="3", output="36"), priced("Model Two", input="0.5", output="1")
    page = page_of(client, asked(first, second))
    assert page.xpath("string(//h1)").strip() == "Compare Model One and Model Two"
    assert page.xpath("string(//title)").startswith("Compare Model One and Model Two")
    assert row(page, "Lowest blended price at vendors, clouds and hosts")[1] == "11.25 via Host of Model One"
    assert page_of(client, asked(first)).xpath("string(//h1)").strip() == "Compare models"
