"""The page of a model beyond its facts: offers, benchmark results, weights, alternatives."""

import re
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from lxml import html

from catalog.documents.read import models_on
from catalog.integration.facts import look_up
from catalog.models import AIModel
from catalog.pages.model_page import model_page
from publishing.site.models import SiteSettings
from tests.catalog import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixed_day")]


@pytest.fixture
def fixed_day():
    with time_machine.travel("2026-11-24 12:00", tick=False):
        yield


def page_of(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return html.document_fromstring(response.content.decode())


def words(element) -> str:
    return " ".join(element.text_content().split())


def offer(model, name, amount=None, **fields):
    offering = factories.offering(model=model, provider=factories.provider(name=name), **fields)
    if amount is not None:
        factories.price(offering=offering, amount=Decimal(amount))
    return offering


def offered(page) -> list[str]:
    return page.xpath('//table[@class="offer-table"]//th[@scope="row"]/a[1]/text()')


def lead(page) -> list[str]:
    return [words(row) for row in page.xpath('//dl[contains(@class, "facts--lead")]/div') if "price" in words(row)]


def test_the_page_begins_with_the_prices_at_the_reference_provider_and_names_it(client):
    model = factories.model()
    own = offer(model, "Own API", "3")
    factories.price(offering=own, meter="output", amount=Decimal(15))
    factories.price(offering=offer(model, "Host", "1"), meter="output", amount=Decimal(2))
    path = model.get_absolute_url()
    assert lead(page_of(client, path)) == [
        "Input price No vendor price from 1.00 via Host",
        "Output price No vendor price from 2.00 via Host",
    ]
    factories.at_reference(own)
    assert lead(page_of(client, path)) == [
        "Input price 3.00 USD per 1,000,000 tokens via Own API",
        "Output price 15.00 USD per 1,000,000 tokens via Own API",
    ]
    facts = page_of(client, path).find_class("facts--lead")[0]
    assert "Offered by 2 providers" in words(facts)
    assert facts.xpath(".//a/@href") == ["#offerings"]
    factories.event(offering=own, kind="retired", date="2026-01-01")
    page = page_of(client, path)
    assert lead(page)[0] == "Last input price 3.00 USD per 1,000,000 tokens via Own API"
    assert "Still listed by 1 provider" in words(page.find_class("facts--lead")[0])


def test_the_page_gives_the_days_of_its_data_and_not_its_own(client):
    offering = offer(factories.model(), "Host", "1")
    texts = []
    for number, day in enumerate((date(2026, 7, 2), date(2026, 11, 1))):
        source = factories.source(title=f"List {number}", read_on=day)
        factories.evidence(offering=offering, source=source, confidence="third_party")
        paths = offering.model.get_absolute_url(), reverse("catalog:offerings", args=[offering.model.slug])
        texts.append([words(page_of(client, path).find(".//main")) for path in paths])
    said = "Status, prices and data use are as the sources had them"
    assert all(f"{said} on 2 July 2026." in text for text in texts[0])
    assert all(f"{said} between 2 July 2026 and 1 November 2026." in text for text in texts[1])
    assert "as of 24 November" not in " ".join(texts[1])


def test_without_a_vendor_price_resellers_are_not_quoted_at_the_top(client):
    model = factories.model()
    provider = factories.provider(name="Reseller", kind="reseller")
    factories.price(offering=factories.offering(model=model, provider=provider), amount=Decimal("0.5"))
    assert lead(page_of(client, model.get_absolute_url())) == ["Input price No vendor price"]


def test_offers_stand_by_input_price_with_the_unknown_last_and_the_ended_apart(client):
    model = factories.model()
    offer(model, "Unknown")
    offer(model, "Dear", "5")
    ended = offer(model, "Ended", "0.1")
    offer(model, "Free", "0")
    offer(model, "Cheap", "0.30")
    factories.event(offering=ended, kind="retired", date="2026-01-01")
    page = page_of(client, model.get_absolute_url())
    assert offered(page) == ["Cheap", "Dear", "Free", "Unknown", "Ended"]
    assert words(page.xpath('//summary[contains(., "offer")]')[0]) == "1 offer ended or in doubt"
    rows = {row.xpath("string(th/a)"): row for row in page.xpath('//table[@class="offer-table"]/tbody/tr')}
    assert words(rows["Free"].xpath("td")[0]) == "Input no charge"
    assert words(rows["Cheap"].xpath("td")[0]) == "Input 0.30 USD"
    assert [words(cell) for cell in rows["Unknown"].xpath("td")] == [
        "Input unknown",
        "Output unknown",
        "Context unknown",
        "Unknown",
    ]


def test_an_older_list_that_names_an_offer_still_is_doubtful_after_its_end(client):
    model = factories.model()
    listing = factories.source(title="A list", read_on=date(2026, 7, 2))
    ended = offer(model, "Cloud", "3", api_id="m@1")
    factories.event(offering=ended, kind="retired", date="2026-09-29")
    for name, api_id in (("Cloud (Maker)", "m@1"), ("Other", "m-1")):
        named = offer(model, name, "3", api_id=api_id, listing="listed", checked_on=date(2026, 7, 2))
        factories.evidence(offering=named, source=listing, confidence="third_party")
    page = page_of(client, model.get_absolute_url())
    rows = {row.xpath("string(th/a)"): row for row in page.xpath('//table[@class="offer-table"]/tbody/tr')}
    assert {name: [words(cell) for cell in row.find_class("offer-table__status")] for name, row in rows.items()} == {
        "Cloud": ["Retired ended 29 September 2026 ○"],
        "Cloud (Maker)": ["Doubtful listed on 2 July 2026; ended 29 September 2026 at Cloud"],
        "Other": [],
    }
    assert "1 offer listed on 2 July 2026, not checked since:" in words(page)
    assert "Offered by 1 provider" in words(page.find_class("facts--lead")[0])
    folded = [words(summary) for summary in page.xpath('//summary[contains(., "offer")]')]
    assert folded == ["2 offers ended or in doubt"]
    [common] = [words(one) for one in page.find_class("common")]
    assert common.startswith("Source, unless a row names another: ")


def test_a_last_day_that_only_others_state_is_not_confirmed_by_the_vendor(client):
    event = factories.event(model=factories.model(), kind="retired", date="2026-12-01")
    factories.evidence(event=event, confidence="third_party")
    page = page_of(client, event.model.get_absolute_url())
    [line] = map(words, page.find_class("status-line"))
    assert "Ends in 7 days, 1 December 2026 ○, not yet checked ○ not yet checked at the vendor or host" in line
    assert page.find_class("status-line__end--soon")
    assert words(page).count("not yet checked at the vendor") == 2, "at the top and in the history"
    factories.evidence(event=event, confidence="vendor")
    assert "not yet checked at the vendor" not in words(page_of(client, event.model.get_absolute_url()))


def test_what_an_api_does_with_data_holds_for_all_of_its_ids(client):
    model, host = factories.model(), factories.provider(name="Host")
    for api_id, fields in (("m", {"trains_on_input": False}), ("m-2025", {})):
        offering = factories.offering(model=model, provider=host, api_id=api_id, **fields)
        factories.price(offering=offering, amount=Decimal(3))
    offer(model, "Other", "4")
    factories.offering(model=model, provider=factories.provider(name="Third"), zero_retention=True)
    [own] = page_of(client, model.get_absolute_url()).xpath('//section[@aria-labelledby="data"]')
    assert [words(said) for said in own.xpath(".//p")] == [
        "Host. Retention and training on inputs: not used for training.",
        "Third. Retention and training on inputs: zero retention available.",
        "For all other providers below, data use is unknown.",
    ]


def test_the_first_lines_say_until_when_it_runs_what_replaces_it_and_how_its_price_compares(client, text):
    old, new = served(text, "Old"), served(text, "New")
    for model, amount in ((old, "4"), (new, "1")):
        offering = factories.at_reference(offer(model, f"API of {model}", amount))
        factories.price(offering=offering, meter="output", amount=Decimal(amount))
    assert "No last day announced." in words(page_of(client, new.get_absolute_url()).find_class("status-line")[0])
    factories.event(model=old, kind="deprecated", date="2026-01-01")
    factories.event(model=old, kind="retired", date="2027-01-14", replaced_by=new)
    AIModel.objects.filter(pk=old.pk).update(use_for="Nothing new.")
    page = page_of(client, old.get_absolute_url())
    assert "Ends in 51 days, 14 January 2027 ○" in words(page.find_class("status-line")[0])
    said = words(page.find_class("heir-line")[0])
    assert "Suggested replacement: New, 75% cheaper per token Input / output 1.00 / 1.00 USD per million" in said
    assert "A price says nothing about quality on your task." in said
    assert "Our view" not in words(page), "the catalogue itself knows better"


def test_an_end_of_another_models_id_is_doubtful(client):
    event = factories.event(
        offering=offer(factories.model(), "Host", "3", api_id="other-1"), kind="retired", date="2026"
    )
    factories.evidence(event=event, confidence="unverified", note="The id names another model: Other 1.")
    [row] = page_of(client, event.offering.model.get_absolute_url()).xpath('//table[@class="offer-table"]/tbody/tr')
    assert words(row).startswith("Host Source 1 other-1")
    assert "Doubtful until 2026 ○. The id names another model: Other 1." in words(row)


def test_offers_on_equal_terms_share_a_row_after_the_vendors_own(client):
    model = factories.model()
    for name, amount in (("Cheap", "1"), ("One", "2"), ("Two", "2")):
        offer(model, name, amount)
    factories.at_reference(offer(model, "Own API", "2", api_id="own-1"))
    page = page_of(client, model.get_absolute_url())
    own, cheap, several = (words(name) for name in page.xpath('//table[@class="offer-table"]/tbody/tr/th'))
    assert (own, several) == ("Own API no source own-1", "2 providers at the same price no source One, Two")
    assert cheap.startswith("Cheap ")
    assert not page.xpath('//th[.="Data use"]')


def test_of_many_offers_twelve_stand_open_and_all_are_in_full_on_a_page_of_their_own(client):
    model = factories.model(name="Popular")
    for number in range(45):
        factories.evidence(offering=offer(model, f"Host {number:02}", str(number + 1), note=f"Note of {number}."))
    page = page_of(client, model.get_absolute_url())
    assert offered(page) == [f"Host {number:02}" for number in range(45)]
    assert len(page.xpath('//details//table[@class="offer-table"]//tbody/tr')) == 33
    assert "Note of 3." not in words(page)
    [path] = page.xpath('//a[contains(., "All 45 offers in detail")]/@href')
    assert path == reverse("catalog:offerings", args=[model.slug])
    full = [words(page_of(client, f"{path}?page={number}" if number > 1 else path)) for number in (1, 2, 3)]
    assert all(f"Note of {number}." in full[number // 20] for number in range(45))
    assert client.get(f"{path}?page=4").status_code == 404


def test_few_offers_are_in_full_on_the_page_itself(client):
    model = factories.model()
    offer(model, "Host", "3", note="Only for partners.", regions="eu-1")
    page = page_of(client, model.get_absolute_url())
    [full] = page.xpath('//details[contains(summary, "Details:")]')
    assert "Only for partners." in words(full)
    assert not page.xpath('//a[contains(., "offers in detail")]')


def test_what_is_not_charged_by_tokens_is_priced_by_what_is_counted(client):
    model = factories.model(kind="image")
    factories.price(
        offering=offer(model, "Painter"), meter="image", unit="image", per_quantity=1, amount=Decimal("0.04")
    )
    page = page_of(client, model.get_absolute_url())
    assert (
        words(page.xpath('//table[@class="offer-table"]/tbody/tr/td')[0])
        == "Input 0.04 USD per image (Generated image)"
    )


def test_a_list_price_per_token_of_a_model_for_speech_is_not_compared(client):
    audio = factories.modality(name="Audio", slug="audio")
    offering = factories.at_reference(offer(factories.model(kind="audio", input_modalities=[audio]), "Host", "3"))
    page = page_of(client, offering.model.get_absolute_url())
    assert words(page.xpath('//table[@class="offer-table"]/tbody/tr/td')[0]) == "Input unknown"
    assert lead(page) == []


def test_without_a_charge_an_unchecked_offer_is_no_price(client):
    model = factories.model()
    factories.at_reference(offer(model, "Own API", "0"))
    offer(model, "Trial", "0")
    assert lead(page_of(client, model.get_absolute_url())) == ["Input price No vendor price"]
    factories.price(offering=offer(model, "Host", "0.1"), meter="output", amount=Decimal("0.4"))
    assert "from 0.10 via Host" in lead(page_of(client, model.get_absolute_url()))[0]


def test_context_is_the_providers_or_the_labs_where_that_holds():
    model = factories.model(context_tokens=1000)
    offer(model, "Own", context_tokens=500)
    offer(model, "Same")
    offer(model, "Other", inherits=False)
    offer(model, "Some", not_inherited=["limit.context"])
    rows = model_page(AIModel.objects.get(pk=model.pk), model.first_published_at.date()).offerings
    assert {str(row.provider): row.context_tokens for row in rows} == {
        "Own": 500,
        "Same": 1000,
        "Other": None,
        "Some": None,
    }


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, ""),
        ({"retention_days": 0}, "not retained"),
        ({"retention_days": 1, "trains_on_input": False}, "kept for up to 1 day, not used for training"),
        ({"trains_on_input": True, "zero_retention": False}, "used for training, zero retention not available"),
        ({"data_policy_url": "https://example.com/p"}, "not known. Host: Data policy"),
    ],
)
def test_what_becomes_of_the_data_is_said_where_it_is_known(fields, said, client):
    model = factories.model()
    offer(model, "Host", **fields)
    page = page_of(client, model.get_absolute_url())
    [own] = page.xpath('//section[@aria-labelledby="data"]')
    assert ("We do not know where Host" in words(own)) == (not fields)
    assert (f"Retention and training on inputs: {said}" in words(own)) == bool(fields)


def test_what_becomes_of_the_data_has_its_own_sources_and_what_they_say(client):
    model = factories.model()
    offering = factories.offering(model=model, provider=factories.provider(name="Host"), trains_on_input=False)
    terms, prices = factories.source(title="Terms of Host"), factories.source(title="Prices of Host")
    for source, fact, note in (
        (prices, "", "Seen once."),
        (terms, "data_policy_url", ""),
        (terms, "trains_on_input", ""),
        (terms, "zero_retention", "On request."),
    ):
        factories.evidence(offering=offering, source=source, fact=fact, note=note)
    page = page_of(client, model.get_absolute_url())
    [own] = page.xpath('//section[@aria-labelledby="data"]')
    said = [words(row).partition(" Terms of Host")[0] for row in own.xpath(".//li")]
    assert said == ["On request."], "the words come before the number of their source"
    assert own.find_class("cited__also")[0].xpath("count(a)") == 1
    assert "Prices of Host" not in words(own)
    [listed] = page.xpath('//div[@class="offering__listed"]')
    assert words(listed).count("Terms of Host") == 2, "once for facts without a note, and once for the note"


def test_results_and_weights_stand_there_with_their_sources(client):
    model = factories.model()
    factories.benchmark(
        model=model,
        name="Riddles",
        score=Decimal("70.20"),
        metric="percent",
        variant="high effort",
        source_url="https://bench.example.org/x",
        measured_on="2026-05",
    )
    factories.benchmark(model=model, name="Sums", score=Decimal("0"))
    factories.weights(model=model, label="Hub", url="https://hub.example.org/m", format="GGUF")
    page = page_of(client, model.get_absolute_url())
    text = words(page)
    assert "Riddles, high effort 70.2 percent bench.example.org, May 2026" in text
    assert "Sums 0 no source" in text
    assert page.xpath('//a[@href="https://hub.example.org/m"]/text()') == ["Hub"]
    assert "Hub GGUF unknown" in text
    markdown = client.get(model.markdown_url).content.decode()
    assert re.search(r"70\\?\.2 percent", markdown)
    assert "(https://hub.example.org/m)" in markdown


def test_benchmarks_are_in_the_order_of_their_names_the_latest_run_first():
    model = factories.model()
    for name, on in (("Same", ""), ("Same", "2026-01"), ("Other", "2024"), ("Same", "2025")):
        factories.benchmark(model=model, name=name, measured_on=on)
    shown = model_page(model, date(2026, 11, 24)).benchmarks
    assert [(one["test"], one["measured_on"] or "") for one in shown] == [
        *[("Other", "2024"), ("Same", "2026-01"), ("Same", "2025"), ("Same", "")]
    ]


@pytest.fixture
def text():
    return factories.modality(name="Text")


def served(text, name, **fields):
    model = factories.model(name=name, kind="language", input_modalities=[text], output_modalities=[text], **fields)
    factories.event(model=model, date="2025-01-01")
    return model


def alternatives_on(page) -> list[str]:
    return page.xpath('//section[@aria-labelledby="alternatives"]//th[@scope="row"]/a[1]/text()')


def test_alternatives_are_served_and_alike_and_the_nearest_come_first(client, text):
    model = served(text, "Asked", context_tokens=100_000)
    factories.at_reference(offer(model, "One", "2"))
    for name, context, amount in (("Far", 1_000, "90"), ("Near", 100_000, "2.5"), ("Vague", None, None)):
        other = served(text, name, context_tokens=context)
        if amount:
            factories.at_reference(offer(other, f"Host of {name}", amount))
    ended = served(text, "Ended", context_tokens=100_000)
    factories.event(model=ended, kind="retired", date="2026-01-01")
    served(text, "Hidden", context_tokens=100_000, state="draft")
    served(text, "Rumour", context_tokens=100_000, existence="unverified", notice="Named somewhere.")
    factories.event(model=factories.model(name="Painter", kind="image", output_modalities=[text]))
    blind = factories.model(name="Blind", kind="language", output_modalities=[text])
    factories.event(model=blind)
    page = page_of(client, model.get_absolute_url())
    assert alternatives_on(page) == ["Near", "Far", "Vague"], "without a price it cannot be compared"
    vague = words(page.xpath('//section[@aria-labelledby="alternatives"]//tbody/tr')[2])
    assert vague.endswith("Context unknown Input unknown Output unknown Last day – none No last day announced")
    links = page.xpath('//section[@aria-labelledby="alternatives"]//a[contains(@href, "?m=")]/@href')
    assert len(links) == 4
    assert {client.get(link).status_code for link in links} == {200}


def test_replacements_and_newer_models_of_the_series_come_first_with_the_reason(client, text):
    series, heir = factories.family(), served(text, "Heir")
    model = served(text, "Asked", family=series, released_on="2025", replaced_by=heir)
    served(text, "Older", family=series, released_on="2024-06-01")
    served(text, "Newer", family=series, released_on="2026-01")
    served(text, "Same year", family=series, released_on="2025-06-01")
    page = page_of(client, model.get_absolute_url())
    rows = page.xpath('//*[@aria-labelledby="alternatives"]//tbody/tr')
    found = [words(row).partition(" Compare")[0] for row in rows]
    assert found == [
        "Heir unknown Named replacement",
        "Newer unknown Newer in this series",
        "Same year unknown Same inputs and outputs",
    ], "none that is older than the model itself"


def facts_of(page) -> dict[str, str]:
    """Return the value of each fact with its mark, without the numbers of its sources."""
    for sources in page.find_class("cited"):
        sources.drop_tree()
    return {words(row[0]): words(row[1]) for row in page.find_class("facts__row")}


def test_each_fact_says_whether_it_is_from_a_list_was_read_at_its_source_or_checked_by_the_firm(client):
    SiteSettings.objects.update(name="Acme")
    model = factories.model(licence="MIT", context_tokens=8_000, max_output_tokens=900, checked_on=date(2026, 11, 20))
    listed = factories.source(title="A list", read_on=date(2026, 7, 2))
    factories.evidence(model=model, fact="licence", source=listed, confidence="third_party")
    copy = factories.source(title="A page", read_on=date(2026, 8, 1), note="Read in a stored copy.")
    read = factories.evidence(model=model, fact="context_tokens", source=copy, is_checked=True)
    address = model.get_absolute_url()
    text = words(page_of(client, address).find(".//main"))
    assert "Who says so: 1 read at the source; 1 from lists only (○)." in text
    assert "checked by" not in text.lower(), "that a record was read is no check of the firm"
    factories.evidence(model=model, fact="max_output_tokens", is_checked=True, checked_on=date(2026, 12, 2))
    page = page_of(client, address)
    text = words(page.find(".//main"))
    said = "Who says so: 1 checked by Acme (✓), last on 2 December 2026; 1 read at the source; 1 from lists only (○)."
    assert said in text
    assert "from a list, as of 2 July 2026." in text
    assert "copy read on 1 August 2026. Read in a stored copy." in text
    assert "Acme checked the cited statement there, last on 2 December 2026." in text
    markdown = client.get(f"{address.rstrip('/')}.md").text
    assert said in markdown
    assert re.search(r"\| Licence \| MIT \| [^|]* ○ \|", markdown)
    assert re.search(r"\| Max output \| 900 tokens \| [^|]* ✓ \|", markdown)
    assert "opy read on 1 August 2026." in markdown
    facts = facts_of(page)
    assert facts["Licence"] == "MIT ○, from a list"
    assert facts["Context window"] == "8,000 tokens"
    assert facts["Max output"] == "900 tokens ✓, checked by Acme on 2 December 2026"
    model.evidence.exclude(pk=read.pk).delete()
    assert "Who says so: all facts read at the source." in words(page_of(client, address).find(".//main"))


@pytest.mark.parametrize("is_of_provider", [False, True])
def test_no_alternative_is_about_to_end(client, text, is_of_provider):
    model, other = served(text, "Asked"), served(text, "Other")
    ends = {"offering": offer(other, "Host")} if is_of_provider else {"model": other}
    event = factories.event(**ends, kind="retired", date="2027-02-01", bound="not_before")
    assert alternatives_on(page_of(client, model.get_absolute_url())) == ["Other"]
    event.bound = "exact"
    event.save()
    assert alternatives_on(page_of(client, model.get_absolute_url())) == []


def test_the_status_is_the_vendors_only_where_a_source_of_the_vendor_gives_it(client):
    model, listing = factories.model(), factories.source(title="A list", read_on=date(2026, 7, 2))
    event = factories.event(model=model)

    def said():
        line = words(page_of(client, model.get_absolute_url()).find_class("status-line")[0])
        return line.removesuffix(" No last day announced.")

    assert "according to" not in said()
    offered = offer(model, "Host", listing="listed")
    factories.evidence(offering=offered, source=listing, confidence="third_party")
    assert said() == "Available as of 2 July 2026, according to A list."
    page = factories.source(read_on=date(2026, 8, 1))
    factories.evidence(event=event, source=page, confidence="vendor", is_checked=True)
    assert said() == "Available as of 1 August 2026, according to the vendor."
    factories.evidence(
        event=factories.event(model=model, kind="deprecated", date="2026-01-01"),
        source=listing,
        confidence="third_party",
    )
    assert said() == "Deprecated since 1 January 2026. Source: A list; read on 2 July 2026."


def test_a_model_that_ended_at_its_vendors_api_is_retired_and_its_history_says_so(client, text):
    model = served(text, "Asked")
    own, elsewhere = offer(model, "Own API", "3"), offer(model, "Host", "2", listing="listed")
    factories.at_reference(own)
    end = factories.event(offering=own, kind="retired", date="2026-03-01", replacement_name="asked-2")
    page = page_of(client, model.get_absolute_url())
    assert words(page.find_class("status-line")[0]).startswith("Retired since 1 March 2026.")
    assert words(page.find_class("heir-line")[0]) == "Replacement: asked-2"
    history = words(page.xpath('//section[@aria-labelledby="history"]')[0])
    assert "1 March 2026 ○, not yet checked at the vendor or host Last day. At Own API." in history
    end.delete()
    factories.event(offering=elsewhere, kind="retired", date="2026-03-01")
    page = page_of(client, model.get_absolute_url())
    assert words(page.find_class("status-line")[0]).startswith("Available")
    assert not page.xpath('//section[@aria-labelledby="history"]//ol'), "the release is among the facts"


def test_a_model_with_open_weights_says_when_its_vendor_ended_it(client):
    provider = factories.provider(name="Acme API")
    vendor = factories.vendor(name="Acme", reference_provider=provider)
    model = factories.model(name="Acme Open", vendors=[vendor], openness="weights")
    factories.event(model=model, date="2025-01-01")
    factories.event(offering=factories.offering(model=model, provider=provider), kind="retired", date="2026-08-31")
    factories.offering(model=model, provider=factories.provider(name="Host"), checked_on="2026-11-01")
    address = model.get_absolute_url()
    page, markdown = words(page_of(client, address)), client.get(f"{address[:-1]}.md").content.decode()
    assert "Deprecated" in page
    assert "Ended at the vendor: 31 August 2026" in page
    assert "Save the date" not in page
    assert "Last day: 31 August 2026" in markdown


def test_a_model_that_its_vendor_calls_deprecated_is_deprecated_everywhere(client, text):
    model, other = served(text, "Asked"), served(text, "Other")
    own = offer(other, "Own API", "3", listing="deprecated", checked_on=date(2026, 7, 2))
    other.vendors.add(factories.vendor(name="Maker", reference_provider=own.provider))
    listing = factories.source(title="A list", read_on=date(2026, 7, 2))
    factories.evidence(offering=own, source=listing, confidence="third_party")
    line = page_of(client, other.get_absolute_url()).find_class("status-line")[0]
    assert words(line) == "Deprecated Source: A list (Own API); read on 2 July 2026."
    assert alternatives_on(page_of(client, model.get_absolute_url())) == []
    assert models_on(date(2026, 11, 24)).get(pk=other.pk).status == "deprecated"
    compared = page_of(client, f"{reverse('catalog:compare')}?m={model.slug}&m={other.slug}")
    [status] = [row for row in compared.xpath("//tr") if words(row).startswith("Status")]
    assert [words(cell) for cell in status.xpath("td")] == ["Available", "Deprecated not for new projects"]
    fact = look_up({other.pk: {"status"}}, date(2026, 11, 24))[other.pk, "status"]
    assert (fact.value, fact.source.title) == ("deprecated", "A list")


def test_names_that_move_and_special_models_are_the_last_alternatives(client, text):
    model = served(text, "Asked")
    for name in ("Alpha latest", "Alpha Code", "Beta", "Gamma"):
        served(text, name, checked_on=date(2026, 11, 20) if name == "Gamma" else None)
    assert alternatives_on(page_of(client, model.get_absolute_url())) == ["Gamma", "Beta", "Alpha Code", "Alpha latest"]


def test_an_alternative_takes_all_that_the_model_takes(client, text):
    image = factories.modality(name="Image")
    model, other = served(text, "Seeing"), served(text, "Reading")
    model.input_modalities.add(image)
    assert alternatives_on(page_of(client, model.get_absolute_url())) == []
    assert alternatives_on(page_of(client, other.get_absolute_url())) == ["Seeing"]


def test_of_an_unknown_kind_or_without_known_modalities_nothing_is_like_it(client, text):
    served(text, "Other")
    for fields in ({"kind": ""}, {"kind": "language"}):
        model = factories.model(**fields)
        factories.event(model=model)
        assert alternatives_on(page_of(client, model.get_absolute_url())) == []


def test_a_model_with_a_view_begins_with_it_and_one_without_says_nothing_of_it(client):
    plain, reviewed = factories.model(), factories.model(use_for="Short answers.", reviewed_on="2026-11-01")
    without = words(page_of(client, plain.get_absolute_url()))
    assert "Our view" not in without
    assert "Who says so: no source is on record." in without
    page = page_of(client, reviewed.get_absolute_url())
    assert page.xpath("//article//h2")[0].text == "Our view"
    assert re.search(r"Short answers\..*Reviewed on 1 November 2026", words(page))


def test_the_page_of_a_whole_model_costs_thirteen_queries_at_most(client, text, django_assert_max_num_queries):
    model = factories.whole_model(kind="language", use_for="All.")
    other = served(text, "Other")
    for record in (model, other):
        record.input_modalities.set([text])
        record.output_modalities.set([text])
    AIModel.objects.filter(pk=model.pk).update(
        body=f'<p><a href="ref:catalog.aimodel/{other.pk}">Other</a></p>', replaced_by=other
    )
    for number in range(30):
        factories.evidence(price=factories.price(offering=offer(model, f"Host {number}")))
    client.get(model.get_absolute_url())
    with django_assert_max_num_queries(13):
        page = page_of(client, model.get_absolute_url())
    assert alternatives_on(page) == ["Other"]


def test_an_end_within_days_says_where_the_model_runs_longer(client):
    model = factories.model()
    factories.event(model=model, kind="retired", date="2026-12-01")
    for name, day in (("Longer", "2027-04-08"), ("Same", "2026-12-01")):
        offering = factories.offering(model=model, provider=factories.provider(name=name))
        factories.event(offering=offering, kind="retired", date=day)
    page = words(page_of(client, model.get_absolute_url()))
    assert "On Longer until 8 April 2027 ○, not yet checked." in page
    assert "On Same" not in page
    assert "8 April 2027 ○, not yet checked at the vendor or host Last day at Longer." in page


def test_who_names_the_replacement_and_that_the_notice_has_no_day_are_said(client):
    model = factories.model(vendors=[factories.vendor(name="Maker")], licence="MIT")
    factories.event(model=model, kind="released", date="2025-01-01")
    factories.evidence(model=model, fact="licence", source=factories.source(title="Aardvark"))
    end = factories.event(model=model, kind="retired", date="2026-11-20", replaced_by=factories.model(name="Heir"))
    factories.evidence(event=end, source=factories.source(title="Zebra"), confidence="third_party")

    def said() -> str:
        return words(page_of(client, model.get_absolute_url()).find(".//main"))

    assert "Replacement named by others: Heir Source 1" in said(), "sources are numbered from the top on"
    assert "date of notice not known Deprecation." in said()
    factories.evidence(event=end, source=factories.source(title="Yak"), confidence="vendor")
    assert "Replacement named by Maker: Heir Source 1, Source 2" in said()
    factories.event(model=model, kind="deprecated", date="2026-06-01")
    assert "date of notice not known" not in said()


def test_the_last_day_is_tomorrow(client):
    event = factories.event(model=factories.model(), kind="retired", date="2026-11-25")
    assert "Ends tomorrow, 25 November 2026" in words(page_of(client, event.model.get_absolute_url()))


def test_offers_of_one_provider_stand_together_and_name_their_region(client):
    model = factories.model()
    cloud = factories.provider(name="Cloud")
    for amount, api_id, regions in (("3", "m", ""), ("5", "eu.m", "")):
        offering = factories.offering(model=model, provider=cloud, api_id=api_id, regions=regions)
        factories.price(offering=offering, amount=Decimal(amount))
    offer(model, "Host", "4", regions="us-1")
    page = page_of(client, model.get_absolute_url())
    assert offered(page) == ["Cloud", "Cloud", "Host"]
    rows = [words(name) for name in page.xpath('//table[@class="offer-table"]/tbody/tr/th')]
    assert "EU (according to the model ID)" in rows[1]
    assert "us-1" in rows[2]


def test_the_words_of_price_lists_are_explained_only_where_they_occur(client):
    model = factories.model()
    offer(model, "Host", "3")
    assert "“No charge”" not in words(page_of(client, model.get_absolute_url()))
    offer(model, "Trial", "0")
    assert words(page_of(client, model.get_absolute_url())).count("“No charge”") == 1


@pytest.mark.parametrize("is_ended_there", [True, False])
def test_the_price_of_a_retired_model_is_the_last_one_at_its_vendor(client, is_ended_there):
    model = factories.model()
    own = offer(model, "Own API", "15", listing="listed", checked_on="2026-06-01")
    factories.at_reference(own)
    offer(model, "Reseller", "9", listing="listed", checked_on="2026-06-01")
    lead = html.document_fromstring(client.get(model.get_absolute_url()).content.decode()).find_class("facts")[0]
    assert "Input price 15.00" in words(lead)
    factories.event(**({"offering": own} if is_ended_there else {"model": model}), kind="retired", date="2026-08-05")
    lead = html.document_fromstring(client.get(model.get_absolute_url()).content.decode()).find_class("facts")[0]
    assert "Last input price 15.00" in words(lead)
    assert "9.00" not in words(lead)
