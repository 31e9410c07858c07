"""Lists of models: their content, counts and order."""

import csv
import random
import re
from collections import Counter
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from catalog.browse import facets, views
from catalog.browse.facets import Facets
from catalog.browse.filters import Filters
from catalog.browse.listing import ModelListQuery
from catalog.browse.order import ORDERS
from catalog.groups import CHOICES, LINKS
from catalog.models import AIModel, Evidence, Provider
from catalog.rules.choices import Openness
from ops.db.bounded_count import More, Words, in_words
from publishing.content.publishable import State
from publishing.site.models import SiteSettings
from tests.catalog import factories
from tests.catalog.browse import browse_world as world
from tests.catalog.feeds import real_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today"), pytest.mark.database]

MOST_QUERIES = 15
LIST = "/catalog/"
A_DATE = "enter a date such as 2026, June 2025 or last month."


@pytest.fixture
def today():
    with time_machine.travel("2026-11-24 12:00", tick=False):
        yield world.DAY


def checked(**fields):
    return factories.checked_by_firm(factories.model(**{"checked_on": world.DAY, **fields}))


def names(client, query: str = "") -> list[str]:
    """Return the names on the page of that list; the address must be canonical."""
    response = client.get(f"{LIST}?{query}" if query else LIST)
    assert response.status_code == 200, response
    page = html.document_fromstring(response.content.decode())
    return [link.text_content().strip("“”") for link in page.xpath('//a[@class="models__link"]')]


def rows_of_csv(client, query: str) -> list[dict]:
    response = client.get(f"{reverse('catalog:csv')}?{query}")
    assert response.status_code == 200, response
    return list(csv.DictReader(StringIO(response.getvalue().decode("utf-8-sig"))))


def values_known() -> dict[str, list[str]]:
    found = {name: sorted({slug for fact in world.facts() for slug in fact[name]}) for name in LINKS}
    return found | {name: list(group.choices) for name, group in CHOICES.items()}


def has_own_values(name: str, asked: dict) -> bool:
    """Return whether the values of a facet are not counted, because each changes what is filtered."""
    return name in {"provider", "region"} and bool({"status", "price_min", "price_max"} & asked.keys())


def assert_counts_are_those_of_clicks(client, facts, rounds: int, seed: int):
    """Assert for random filters that each count equals the number of models that match and of rows after a click."""
    dice, known, differing = random.Random(seed), values_known(), 0
    for _ in range(rounds):
        asked = world.random_question(dice, known)
        found = Facets(Filters.parse(QueryDict(world.address(asked))), world.DAY)
        assert found.total == sum(world.matches(fact, asked) for fact in facts), asked
        counts = {
            (facet.name, option.value): option.count for facet in found.by_name.values() for option in facet.options
        }
        for name, values in known.items():
            for value in values:
                clicked = {**asked, name: {value} | (asked.get(name, set()) if name == "capability" else set())}
                expected = sum(world.matches(fact, clicked) for fact in facts)
                is_every_row = value == "unchecked" and expected == found.total
                is_left_out = (has_own_values(name, asked) or is_every_row) and counts.get((name, value)) is None
                assert is_left_out or counts.get((name, value), 0) == expected, (asked, name, value)
                differing += 0 < expected < len(facts)
        name, value = dice.choice(sorted(place for place, count in counts.items() if count is not None))
        clicked = {**asked, name: {value} | (asked.get(name, set()) if name == "capability" else set())}
        assert len(rows_of_csv(client, world.address(clicked))) == counts[name, value], (clicked, name, value)
    assert differing > rounds


def test_each_count_is_the_number_of_rows_that_a_click_gives(client):
    world.fill(160)
    assert_counts_are_those_of_clicks(client, world.facts(), rounds=25, seed=11)


def assert_known_counts_are_those_of_all(facts, rounds: int, seed: int, most: int):
    """Assert for random filters that each count is right up to the counting limit, and is only left out if more models
    than that match all the other filters.
    """
    dice, known, seen = random.Random(seed), values_known(), Counter()
    for _ in range(rounds):
        asked = world.random_question(dice, known)
        found = Facets(Filters.parse(QueryDict(world.address(asked))), world.DAY)
        total = sum(world.matches(fact, asked) for fact in facts)
        assert found.total == total or (found.total == most < total and isinstance(found.total, More)), asked
        keys = set(found.models().values_list("pk", flat=True))
        assert keys == {fact["pk"] for fact in facts if world.matches(fact, asked)}, asked
        counts = {
            (facet.name, option.value): option.count for facet in found.by_name.values() for option in facet.options
        }
        for name, values in known.items():
            others = {other: chosen for other, chosen in asked.items() if other != name or name == "capability"}
            if name == "show":
                others["show"] = {"all", "unverified"}
            beside = sum(world.matches(fact, others) for fact in facts)
            for value in values:
                clicked = {**asked, name: {value} | (asked.get(name, set()) if name == "capability" else set())}
                expected = sum(world.matches(fact, clicked) for fact in facts)
                count = counts.get((name, value), 0)
                assert count == expected or (count is None and (beside > most or has_own_values(name, asked))), (
                    asked,
                    name,
                    value,
                )
                seen["unknown" if count is None else "exact"] += 1
    assert min(seen["unknown"], seen["exact"]) > rounds, seen


@pytest.mark.parametrize(("most", "common"), [(5, 0), (5, 10**9), (40, 20)])
def test_counts_of_many_are_right_or_left_out(most, common, monkeypatch):
    monkeypatch.setattr(facets, "MOST_COUNTED", most)
    monkeypatch.setattr(facets, "COMMON", common)
    world.fill(160)
    assert_known_counts_are_those_of_all(world.facts(), rounds=25, seed=11, most=most)


@pytest.mark.parametrize(
    ("order", "expected"), [("context", "BDACEF"), ("-context", "ADBCEF"), ("released", "BDACEF"), ("-price", "ABDCEF")]
)
def test_what_is_unknown_stands_last_however_pages_are_cut(order, expected, client, monkeypatch):
    for name, tokens, released, amount in (
        *(("A", 3000, "2026", 3), ("B", 1000, "2024-03", 2), ("C", None, "", None)),
        *(("D", 2000, "2025-01-02", 1), ("E", None, "", None), ("F", None, "", None)),
    ):
        model = checked(name=name, context_tokens=tokens, released_on=released)
        if amount:
            factories.price(offering=factories.at_reference(factories.offering(model=model)), amount=amount)
    for size in (1, 2, 3, 4, 6):
        monkeypatch.setattr(views, "PER_PAGE", size)
        pages = ["", *(f"&page={number}" for number in range(2, -(-6 // size) + 1))]
        assert "".join("".join(names(client, f"sort={order}{page}")) for page in pages) == expected, size


def test_of_more_than_a_thousand_it_is_said_that_there_are_more(client, monkeypatch):
    monkeypatch.setattr(facets, "MOST_COUNTED", 3)
    for number in range(5):
        checked(name=f"Model {number}", kind="image", openness=Openness.values[0], context_tokens=8_000)
    page = html.document_fromstring(client.get(f"{LIST}?context_min=1").content.decode())
    assert "3+" in page.xpath('string(//h2[@class="outcome__count"])')
    assert "Only the first 3 are shown" in page.text_content()
    assert not page.xpath('//input[@value="image"]/following-sibling::span[@class="facet__count"]')
    assert len(rows_of_csv(client, "context_min=1")) == 5
    plain = html.document_fromstring(client.get(f"{LIST}?kind=image").content.decode())
    assert plain.xpath('string(//h2[@class="outcome__count"]/strong)').strip() == "5"


def test_the_name_of_no_capability_is_the_beginning_of_another():
    names = [*CHOICES["capability"].choices]
    assert not [name for name in names for other in names if name != other and other.startswith(name)]


def test_the_catalogue_opens_on_all_models_with_the_verified_ones_one_click_away(client):
    SiteSettings.objects.update(name="Acme")
    checked(name="Checked")
    factories.evidence(model=factories.model(name="Unchecked", checked_on=world.DAY), fact="kind", is_checked=True)
    factories.unverified(name="Rumour", checked_on=world.DAY)
    checked(name="Hidden", state=State.DRAFT)
    assert sorted(names(client)) == ["Checked", "Unchecked"]
    assert names(client, "show=checked") == ["Checked"]
    assert names(client, "show=unchecked") == ["Unchecked"]
    assert names(client, "show=unverified") == ["Rumour"]
    assert client.get(LIST).content.count(b">Checked by Acme</span>") == 1 + 1, "in its row, and as a choice"
    assert 'href="/catalog/?show=checked"' in client.get(LIST).content.decode()
    assert "✓ means that Acme has checked the facts at their sources" in client.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("price", ["Free", "Cheap", "Dear", "A unknown", "B unknown"]),
        ("-price", ["Dear", "Cheap", "Free", "A unknown", "B unknown"]),
        ("context", ["Free", "Cheap", "Dear", "A unknown", "B unknown"]),
        ("-context", ["Dear", "Cheap", "Free", "A unknown", "B unknown"]),
        ("released", ["Free", "Cheap", "Dear", "A unknown", "B unknown"]),
        ("", ["Dear", "Cheap", "Free", "A unknown", "B unknown"]),
    ],
)
def test_what_is_unknown_stands_last_in_both_directions(order, expected, client):
    for name, price, context, released in (
        ("Cheap", "0.10", 8_000, "2025-02"),
        ("Dear", "15", 200_000, "2026"),
        ("Free", "0", 4_000, "2024-05-13"),
        ("B unknown", None, None, ""),
        ("A unknown", None, None, ""),
    ):
        model = checked(name=name, context_tokens=context, released_on=released)
        if price:
            offering = factories.at_reference(factories.offering(model=model, checked_on="2026-01-01"))
            factories.price(offering=offering, amount=price)
    assert names(client, f"sort={order}" if order else "") == expected


def test_the_list_opens_on_current_models_the_newest_of_each_series_first(client):
    series, other = factories.family(), factories.family()
    for name, family, released, fields in (
        ("Old", series, "2025-01", {}),
        ("New", series, "2026-01", {}),
        ("Other", other, "2025-06", {}),
        ("Alone", None, "2025-02", {}),
        ("No context", None, "2026-03", {"context_tokens": None}),
        ("Ending", None, "2026-05", {}),
        ("No output price", None, "2026-02", {}),
    ):
        model = checked(name=name, family=family, released_on=released, **{"context_tokens": 8_000, **fields})
        factories.event(model=model, date=released)
        offering = factories.at_reference(factories.offering(model=model))
        for meter in ("input", "output") if name != "No output price" else ("input",):
            factories.price(offering=offering, meter=meter, amount=2)
    factories.event(model=AIModel.objects.get(name="Ending"), kind="retired", date="2027-01-01")
    expected = ["New", "Other", "Alone", "Old", "Ending", "No context", "No output price"]
    assert names(client) == expected
    assert [row["name"] for row in rows_of_csv(client, "")] == expected
    assert names(client, f"vendor={AIModel.objects.get(name='Old').vendors.get().slug}") == ["Old"]


def test_equals_stand_in_one_order_on_all_pages(client):
    for number in range(35):
        checked(name=f"Model {number:02}", context_tokens=1_000)
    for query in ("sort=price", "sort=-price", "sort=context", "sort=-context", "sort=released"):
        both = names(client, query) + names(client, f"{query}&page=2")
        assert both == sorted(both)
        assert len(both) == 35


def test_unknown_is_never_nought_free_or_no(client):
    model = checked(name="Blank")
    page = html.document_fromstring(client.get(LIST).content.decode())
    [entry] = page.xpath('//table[contains(@class, "models")]/tbody/tr')
    said = [text.strip().lower() for text in entry.itertext() if text.strip()]
    assert said.count("unknown") >= 5
    assert not {"0", "free", "no", "no charge", "0.00"} & set(said), said
    [row] = rows_of_csv(client, "")
    assert {name for name, value in row.items() if value} == {
        "slug", "name", "address", "is_unverified", "checked_on", "as_of",
    }  # fmt: skip
    offering = factories.at_reference(factories.offering(model=model, checked_on="2026-01-01"))
    factories.price(offering=offering, amount=0)
    assert "no charge" in client.get(LIST).content.decode()


def test_search_knows_names_spellings_and_aliases(client):
    model = checked(name="GPT-4o mini")
    checked(name="Claude", body="<p>Often compared with GPT-4o mini.</p>")
    factories.alias(model=model, text="omni small")
    for words in ("GPT-4o+mini", "gpt4omini", "gpt+4o+mini"):
        assert names(client, f"q={words}")[0] == "GPT-4o mini", words
    assert names(client, "q=omni+small") == ["GPT-4o mini"]


def test_of_close_names_the_exact_one_comes_first_then_the_latest(client):
    for name, released_on in (
        ("GPT-5", "2025"),
        ("GPT-5.2", "2025-12"),
        ("GPT-5.5 Pro", "2026-04"),
        ("Orca", "2026-03"),
    ):
        model = checked(name=name, released_on=released_on, body="<p>Not GPT-5.</p>")
    factories.alias(model=model, text="gpt-5.2-orca")
    assert names(client, "q=gpt-5") == ["GPT-5", "GPT-5.5 Pro", "Orca", "GPT-5.2"]
    assert names(client, "q=gpt-5.2") == ["GPT-5.2", "Orca"]
    factories.alias(model=model, text="gpt-5")
    assert names(client, "q=gpt-5")[:2] == ["Orca", "GPT-5"]


def test_a_misspelt_name_is_put_right(client):
    checked(name="Claude Opus 4")
    page = client.get(LIST, {"q": "clade opsu 4"}).content.decode()
    assert "Did you mean" in page
    assert 'href="/catalog/?q=Claude+Opus+4"' in page
    assert 'href="/catalog/?q=Claude"' in client.get(LIST, {"q": "clade"}).content.decode()
    assert "Did you mean" not in client.get(LIST, {"q": "zzzz"}).content.decode()


def test_from_an_empty_list_of_verified_models_the_others_are_pointed_to(client):
    factories.model(name="Unchecked One")
    page = client.get(LIST, {"q": "unchecked one", "show": "checked"}).content.decode()
    assert "No model checked by Vitrine matches." in page
    assert 'href="/catalog/?q=unchecked+one"' in page


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("sort=current&q=&show=all&page=1", ""),
        ("kind=video&kind=image&show=checked", "show=checked&kind=image&kind=video"),
        ("page=01", ""),
        ("sort=closest", ""),
        ("show=checked&utm_source=letter&sort=", "show=checked&utm_source=letter"),
        ("q=%20gpt%20%20%204", "q=gpt+4"),
    ],
)
def test_an_address_in_another_form_leads_to_the_canonical_one(query, canonical, client):
    response = client.get(f"{LIST}?{query}")
    assert response.status_code == 302
    assert response.headers["Location"] == (f"{LIST}?{canonical}" if canonical else LIST)
    assert client.get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "kind=poem",
        "show=everything",
        "sort=beauty",
        "vendor=nobody",
        "vendor=a%20b",
        "provider=%00",
        "context_min=many",
        "context_min=-1",
        "context_min=128k",
        "context_min=10&context_max=9",
        "price_max=cheap",
        "price_max=1e3",
        "price_min=NaN",
        "released_from=2024-13",
        "released_from=yesterday",
        "released_from=2025&released_to=2024",
        "capability=flying",
        "status=fine",
        "page=x",
        "&".join(f"vendor=v{number}" for number in range(60)),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(query, client):
    is_typed = query.startswith(("context_", "price_", "released_"))
    for path in (*([] if is_typed else [LIST]), reverse("catalog:csv")):
        response = client.get(f"{path}?{query}")
        assert response.status_code == 400
        page = html.document_fromstring(response.content.decode())
        name = query.split("=")[0]
        assert name in page.xpath('string(//div[@class="error__words"]/p[1])')


def range_errors(client, query: str) -> list[str]:
    page = html.document_fromstring(client.get(f"{LIST}?{query}").content.decode())
    assert {field.get("aria-describedby") for field in page.xpath("//input[@aria-invalid]")} == {
        error.get("id") for error in page.xpath('//p[@class="facet__error"]')
    }
    return [error.text for error in page.xpath('//p[@class="facet__error"]')]


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("context_min=1m", "context_min=1000000"),
        ("context_min=1.5M", "context_min=1500000"),
        ("context_max=128k", "context_max=128000"),
        ("context_min=1,000,000", "context_min=1000000"),
        ("context_min=1%20000%20000%20tokens", "context_min=1000000"),
        ("context_min=200.000", "context_min=200000"),
        ("price_max=$1", "price_max=1"),
        ("price_max=.5", "price_max=0.5"),
        ("context_min=128K", "context_min=128000"),
        ("context_min=1%20million", "context_min=1000000"),
        ("price_min=0.50%20USD", "price_min=0.5"),
        ("price_max=0.5%20$", "price_max=0.5"),
        ("price_max=%3C%20$1", "price_max=1"),
        ("price_max=0,5", "price_max=0.5"),
        ("released_from=yesterday", "released_from=2026-11-23"),
        ("released_from=Today", "released_from=2026-11-24"),
        ("released_from=June%202025", "released_from=2025-06"),
        ("released_to=sept%202025", "released_to=2025-09"),
        ("released_from=10%20June%202025", "released_from=2025-06-10"),
        ("released_from=June%2010th,%202025", "released_from=2025-06-10"),
        ("released_from=06/2025", "released_from=2025-06"),
        ("released_from=01.06.2025", "released_from=2025-06-01"),
        ("released_from=last%20month", "released_from=2026-10"),
        ("released_from=last%20year", "released_from=2025"),
        ("released_from=this%20year", "released_from=2026"),
        ("released_from=last%20week", "released_from=2026-11-17"),
        ("released_from=3%20months%20ago", "released_from=2026-08-24"),
        ("released_from=past%20six%20months", "released_from=2026-05-24"),
        ("released_from=a%20year%20ago", "released_from=2025-11-24"),
        ("released_from=last%2030%20days", "released_from=2026-10-25"),
    ],
)
def test_a_bound_is_understood_as_people_write_it(query, canonical, client):
    response = client.get(f"{LIST}?{query}")
    assert (response.status_code, response.headers["Location"]) == (302, f"{LIST}?{canonical}")
    assert range_errors(client, canonical) == []


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("context_min=many", "Context window: enter a number such as 128000, 128k or 1M."),
        ("context_min=-1", "Context window: enter a number such as 128000, 128k or 1M."),
        ("context_max=1.5", "Context window: enter a number such as 128000, 128k or 1M."),
        ("context_min=10&context_max=9", "Context window: “from” is above “to”. Swap the two values."),
        ("price_max=NaN", "Input price: enter an amount such as 3 or 0.50."),
        ("price_min=5&price_max=1", "Input price: “from” is above “to”. Swap the two values."),
        ("released_from=soon", f"Released: {A_DATE}"),
        ("released_from=2024-13", f"Released: {A_DATE}"),
        ("released_from=31.June.2025", f"Released: {A_DATE}"),
        ("released_from=9999-years-ago", f"Released: {A_DATE}"),
        ("released_from=2025&released_to=2024", "Released: “from” is above “to”. Swap the two values."),
    ],
)
def test_a_range_that_is_not_understood_keeps_the_page_and_all_else(query, error, client):
    checked(name="Active filters", kind="image", context_tokens=1)
    checked(name="Other", kind="language")
    assert names(client, f"kind=image&{query}") == ["Active filters"]
    assert range_errors(client, f"kind=image&{query}") == [error]
    page = html.document_fromstring(client.get(f"{LIST}?kind=image&{query}").content.decode())
    assert page.xpath('//input[@name="kind"][@checked]/@value') == ["image"]
    for name, text in (pair.split("=") for pair in query.split("&")):
        assert page.xpath(f'//input[@name="{name}"]/@value') == [text]
    [file] = page.xpath('//a[text()="CSV"]/@href')
    assert client.get(file).status_code == 200


def suggested(client, text: str) -> list[tuple[str, str]]:
    response = client.get("/catalog/suggest/", {"q": text})
    assert "max-age=0" in response.headers["Cache-Control"]
    return [(one["name"], one["kind"]) for one in response.json()["results"]]


def test_names_are_suggested_while_they_are_typed(client):
    openai, hidden = factories.vendor(name="OpenAI"), factories.vendor(name="Open Secret", state=State.DRAFT)
    factories.provider(name="OpenRouter")
    checked(name="GPT-5.2 Pro", released_on="2026", vendors=[openai, hidden])
    checked(name="GPT-5.2", released_on="2025")
    checked(name="GPT-5", released_on="2024")
    checked(name="Claude Opus 4", released_on="2026")
    checked(name="Hidden GPT-5", state=State.DRAFT)
    factories.model(name="Open Rumour", existence="unverified", notice="Named in an article.")
    assert suggested(client, "gpt-5.2") == [("GPT-5.2", "Model"), ("GPT-5.2 Pro", "Model")]
    assert suggested(client, "gpt52") == [("GPT-5.2", "Model"), ("GPT-5.2 Pro", "Model")]
    assert suggested(client, "gpt 5")[0] == suggested(client, "gpt5")[0] == ("GPT-5", "Model")
    assert suggested(client, "opus 4") == [("Claude Opus 4", "Model")]
    assert suggested(client, "open") == [("OpenAI", "Vendor"), ("OpenRouter", "Provider")]
    assert [suggested(client, text) for text in ("", "g", "zyxw", "%", "\x00")] == [[]] * 5


def test_exact_names_are_suggested_first_then_those_that_begin_with_the_words(client):
    meta, nvidia = factories.vendor(name="Meta"), factories.vendor(name="Nvidia")
    llama, chat = factories.family(name="Llama", vendor=meta), factories.family(name="ChatGPT")
    checked(name="Llama 3 8B", released_on="2024", family=llama)
    old = checked(name="Llama 3.1 8B", released_on="2025", family=llama)
    factories.event(model=old, kind="retired", date="2026")
    checked(name="Llama 3.2 Nemotron", released_on="2026", vendors=[nvidia])
    checked(name="Nano Llama 3", released_on="2026-02", vendors=[nvidia])
    found = [name for name, _ in suggested(client, "llama 3")]
    assert found == ["Llama 3 8B", "Llama 3.1 8B", "Llama 3.2 Nemotron", "Nano Llama 3"]
    assert suggested(client, "llama")[0] == ("Llama", "Family")
    checked(name="Meta Scout", vendors=[meta])
    assert suggested(client, "meta") == [("Meta", "Vendor"), ("Meta Scout", "Model")]
    assert suggested(client, "chatgpt") == [(chat.name, "Family")]


def test_heads_of_columns_sort_the_list_and_turn_it_round(client):
    for name, tokens in (("A", 2000), ("B", None), ("C", 1000)):
        checked(name=name, context_tokens=tokens, kind="language")

    def head(query: str, name: str):
        page = html.document_fromstring(client.get(f"{LIST}?{query}").content.decode())
        [link] = page.xpath(f'//thead//a[text()="{name}"]')
        return link.get("href").removeprefix(f"{LIST}?"), link.getparent().get("aria-sort")

    by_context, direction = head("kind=language", "Context")
    assert (by_context, direction) == ("kind=language&sort=-context", None)
    assert names(client, by_context) == ["A", "C", "B"]
    turned, direction = head(by_context, "Context")
    assert (turned, direction) == ("kind=language&sort=context", "descending")
    assert names(client, turned) == ["C", "A", "B"]
    assert head(turned, "Context") == (by_context, "ascending")
    assert head("sort=-output_price", "Output price") == ("sort=output_price", "descending")


def test_encoders_follow_the_models_that_generate_by_price(client):
    for name, kind, amount in (("Embedder", "encoder", 1), ("Talker", "language", 2), ("Unpriced", "language", None)):
        model = checked(name=name, kind=kind, context_tokens=1_000)
        if amount:
            offered = factories.at_reference(factories.offering(model=model, checked_on="2026-11-24"))
            factories.price(offering=offered, amount=amount)
    assert names(client, "sort=price") == ["Talker", "Embedder", "Unpriced"]
    assert names(client, "kind=encoder&kind=language&sort=price") == ["Embedder", "Talker", "Unpriced"]
    table = '//section[@aria-labelledby="context-chart"]//tbody//th'
    for query, shown in (("", ["Talker"]), ("?kind=encoder", ["Embedder"])):
        page = html.document_fromstring(client.get(f"/catalog/charts/{query}").content.decode())
        assert [cell.text_content() for cell in page.xpath(table)] == shown


def test_a_long_facet_shows_chosen_and_most_common_values_first(client):
    for number in range(12):
        vendor = factories.vendor(name=f"Vendor {number:02}")
        for _ in range(2 if number > 6 else 1):
            checked(vendors=[vendor])
    page = html.document_fromstring(client.get(f"{LIST}?vendor=vendor-00").content.decode())
    [facet] = page.xpath('//details[@data-keep="vendor"]')
    front = facet.xpath('fieldset/label//span[@class="facet__name"]/text()')
    rest = facet.xpath('.//details//span[@class="facet__name"]/text()')
    assert front == [f"Vendor {number:02}" for number in (0, 7, 8, 9, 10, 11)]
    assert rest == [f"Vendor {number:02}" for number in range(1, 7)]


def test_a_region_shows_the_prices_of_its_providers(client):
    vendor = factories.vendor(reference_provider=factories.provider(name="Own", country="United States"))
    model = checked(name="Model", vendors=[vendor], openness="weights")
    for name, country, amount in (("Alpine", "Austria", 4), ("Baltic", "Estonia", 3), ("Cheap", "Japan", 1)):
        provider = factories.provider(name=name, country=country)
        factories.price(offering=factories.offering(model=model, provider=provider), amount=amount)
    page = client.get(f"{LIST}?openness=any_open&region=eea&price_max=3.5").content.decode()
    [row] = html.document_fromstring(page).xpath('//table[contains(@class, "models")]/tbody/tr')
    assert "3.00" in row.find_class("models__price")[0].text_content()
    assert "via Baltic" in row.text_content()
    assert names(client, "region=eea&price_max=2") == []
    assert names(client, "region=elsewhere&price_max=2") == ["Model"]
    assert names(client, "region=china") == []


def test_of_a_release_in_an_unknown_day_of_a_year_the_last_possible_one_is_shown(client):
    """Here the day of its first price, which is also where it is sorted."""
    for name, released_on, first in (
        ("Day", "2026-11-02", "2026-11-24"),
        ("Month", "2026-10", "2026-10-30"),
        ("Year", "2026", "2026-11-23"),
        ("Earlier", "2025", "2026-11-20"),
        ("None", "", "2026-11-20"),
    ):
        model = checked(name=name, released_on=released_on)
        factories.price(offering=factories.offering(model=model), valid_from=first)
    page = html.document_fromstring(client.get(f"{LIST}?sort=-released").content.decode())
    dates = [" ".join(cell.text_content().split()) for cell in page.find_class("models__date")]
    assert dates == [f"Released {words}" for words in ("by 23 Nov 2026", "2 Nov 2026", "Oct 2026", "2025", "unknown")]


def statuses(client, query: str) -> dict[str, str]:
    """Return the status of each model on the page of that list by name; an available one shows its last day instead."""
    page = html.document_fromstring(client.get(f"{LIST}?{query}").content.decode())
    rows = page.xpath('//table[contains(@class, "models")]/tbody/tr')
    return {
        row.xpath("string(th/a)"): row.xpath('string(td[@class="models__status"]/span[contains(@class, "status--")])')
        or "Available"
        for row in rows
    }


def test_the_status_at_a_chosen_provider_is_that_of_its_offer(client):
    host = factories.provider(name="Host", country="Japan")
    other = factories.provider(name="Other", country="France")
    for name, kind in (("Ended", "retired"), ("Ending", "deprecated"), ("Served", "released")):
        model = checked(name=name, released_on="2025", input_modalities=[factories.modality(name=f"Input of {name}")])
        factories.event(model=model, date="2025")
        for provider, date in ((host, "2026-01-01"), (other, None)):
            offering = factories.offering(model=model, provider=provider, listing="listed", checked_on=world.DAY)
            factories.price(offering=offering, amount=2)
            if date:
                factories.event(offering=offering, kind=kind, date=date)
    expected = {"Ended": "Retired", "Ending": "Deprecated", "Served": "Available"}
    assert set(statuses(client, "kind=unknown").values()) == {"Available"}
    assert statuses(client, "provider=host") == statuses(client, "region=elsewhere") == expected
    assert set(statuses(client, "provider=host&provider=other").values()) == {"Available"}
    assert names(client, "provider=host&status=available") == ["Served"]
    assert names(client, "provider=host&status=retired") == ["Ended"]
    assert names(client, "provider=other&status=retired") == []
    assert [row["status"] for row in rows_of_csv(client, "provider=host&sort=name")] == [
        one.lower() for one in expected.values()
    ]
    facet = Facets(Filters.parse(QueryDict("provider=host")), world.DAY).by_name["status"]
    assert {option.value: option.count for option in facet.options} == dict.fromkeys(
        ("available", "deprecated", "retired"), 1
    )
    found = client.get("/api/v1/models/?provider=host&status=available").json()["items"]
    assert [item["data"]["name"] for item in found] == ["Served"]
    assert "Status and prices at the selected provider are as" in client.get(f"{LIST}?provider=host").content.decode()


def test_of_several_offers_at_a_provider_one_that_lasts_is_shown_with_its_price(client):
    model, host = checked(name="Model"), factories.provider(name="Host")
    for kind, amount in (("released", 3), ("deprecated", 2), ("retired", 1)):
        offering = factories.offering(model=model, provider=host)
        factories.event(offering=offering, kind=kind, date="2026")
        factories.price(offering=offering, amount=amount)
    factories.event(offering=offering, kind="retired", date="2025")
    with time_machine.travel("2027-02-01 12:00", tick=False):
        assert statuses(client, "provider=host") == {"Model": "Available"}
        [row] = rows_of_csv(client, "provider=host")
    assert row["input_price_usd_per_million_tokens"] == "3"
    model.offerings.filter(events__kind="released").delete()
    with time_machine.travel("2027-02-01 12:00", tick=False):
        assert statuses(client, "provider=host") == {"Model": "Deprecated"}
        [row] = rows_of_csv(client, "provider=host")
    assert row["input_price_usd_per_million_tokens"] == "2"


def test_a_model_that_is_retired_at_the_chosen_provider_has_no_price_there_and_is_not_current(client):
    for name, date in (("Gone", "2026-11-20"), ("Stays", "2024-11-25")):
        model = checked(name=name, released_on=date, context_tokens=1_000)
        offering = factories.at_reference(factories.offering(model=model, provider=factories.provider()))
        host = factories.offering(model=model, provider=Provider.objects.get_or_create(name="Host")[0])
        for one in (offering, host):
            for meter in ("input", "output"):
                factories.price(offering=one, meter=meter)
        factories.event(model=model, date="2024")
        factories.event(offering=host, kind="released" if name == "Stays" else "retired", date="2024")
    assert names(client) == ["Gone", "Stays"]
    assert names(client, "provider=host") == ["Stays", "Gone"]
    [_, gone] = rows_of_csv(client, "provider=host")
    assert (gone["status"], gone["input_price_usd_per_million_tokens"], gone["price_at"]) == ("retired", "", "")


@pytest.mark.parametrize("checked_on", [None, "2026-11-24"])
def test_an_unchecked_offer_without_a_charge_is_no_price_of_its_provider(checked_on, client):
    plan = factories.provider(name="Plan", country="China")
    for name, amount in (("Free", 0), ("Paid", 2)):
        offering = factories.offering(model=checked(name=name), provider=plan, checked_on=checked_on)
        for meter in ("input", "output"):
            factories.price(offering=offering, meter=meter, amount=amount)
    first = "Free" if checked_on else "Paid"
    for query in ("provider=plan&sort=price", "region=china&sort=blended_price", "region=china&sort=output_price"):
        assert names(client, query)[0] == first, query
    assert ("no charge" in client.get(f"{LIST}?provider=plan").content.decode()) is bool(checked_on)
    file = client.get("/catalog/models.csv?provider=plan&sort=price").content.decode()
    assert file.splitlines()[1].startswith(first.lower())


def test_the_end_of_a_range_that_is_understood_still_narrows_the_list(client):
    checked(name="Large", context_tokens=200_000)
    checked(name="Small", context_tokens=8_000)
    assert names(client, "context_min=100000&context_max=lots") == ["Large"]


def test_a_hidden_maker_is_refused_like_one_that_is_not_there(client):
    hidden = factories.vendor(name="Secret", state=State.DRAFT)
    checked(vendors=[hidden])
    assert client.get(LIST, {"vendor": hidden.slug}).status_code == 400


def test_a_maker_without_models_is_shown_as_chosen(client):
    vendor = factories.vendor(name="Idle")
    page = html.document_fromstring(client.get(LIST, {"vendor": vendor.slug}).content.decode())
    [box] = page.xpath(f'//input[@name="vendor"][@value="{vendor.slug}"]')
    assert box.get("checked") is not None
    assert box.getparent().xpath('string(span[@class="facet__count"])') == "0"


def test_only_the_plain_list_is_for_search_engines(client):
    for number in range(31):
        checked(name=f"Model {number}")
    for query, is_indexable in (
        ("", True),
        ("page=2", False),  # as for every list
        ("show=checked", False),
        ("sort=name", False),
        ("q=m", False),
    ):
        page = client.get(f"{LIST}?{query}" if query else LIST).content.decode()
        assert ('content="noindex"' not in page) == is_indexable, query
        [canonical] = re.findall(r'rel="canonical" href="[^"]*(/catalog/[^"]*)"', page)
        assert canonical.replace("&amp;", "&") == (f"{LIST}?{query}" if query else LIST)


def test_files_hold_all_pages_in_the_order_of_the_list(client):
    world.fill(90)
    query = "kind=image&kind=language&kind=unknown&sort=-price"
    shown = names(client, query)
    shown += names(client, f"{query}&page=2") if len(shown) == views.PER_PAGE else []
    assert len(shown) > 10
    assert [row["name"] for row in rows_of_csv(client, query)] == shown
    assert {row["as_of"] for row in rows_of_csv(client, query)} == {"2026-11-24"}


def test_a_cell_is_no_formula(client):
    checked(name='=HYPERLINK("http://example.com")', slug="formula")
    assert rows_of_csv(client, "")[0]["name"].startswith("'=")


def test_too_many_models_are_no_file(client, monkeypatch):
    for _ in range(3):
        checked()
    assert views.MOST_DOWNLOADED == 10_000
    monkeypatch.setattr(views, "MOST_DOWNLOADED", 2)
    response = client.get(reverse("catalog:csv"))
    assert response.status_code == 400
    assert "Filter the list" in response.content.decode()
    assert "Downloads are limited to" in client.get(LIST).content.decode()


def test_a_large_number_is_said_roughly():
    assert in_words(10_000) == Words("10,000")
    assert in_words(10_001) == Words("10,000+", "more than 10,000")


def test_a_list_costs_no_more_queries_for_more_models_nor_more_than_fifteen(client):
    world.fill(20)
    known = values_known()
    few_of_each = {name: {values[0]} for name, values in known.items() if name in LINKS}
    questions = [
        {},
        {"show": {"all"}},
        {"show": {"all"}, **few_of_each},
        {"show": {"all"}, "q": "alpha", "price_max": "3"},
        {"show": {"all"}, "status": {"available", "retired"}, "sort": "-price"},
        {"q": "alhpa"},
        {"q": "alhpa", "vendor": {factories.vendor(name="Idle").slug}},
    ]
    counts = []
    for count in (0, 100):
        world.fill(count, seed=count)
        for asked in questions:
            client.get(f"{LIST}?{world.address(asked)}")  # fills the caches of the process
            with CaptureQueriesContext(connection) as captured:
                response = client.get(f"{LIST}?{world.address(asked)}", follow=True)
            assert response.status_code == 200
            counts.append(len(captured))
    few, many = counts[: len(questions)], counts[len(questions) :]
    assert all(more <= less for more, less in zip(many, few, strict=True)), (few, many)
    assert max(many) <= MOST_QUERIES


def test_every_order_and_every_show_answers(client):
    world.fill(10)
    for order in ORDERS:
        assert client.get(LIST, {"q": "alpha", "sort": order}, follow=True).status_code == 200
    for show in CHOICES["show"].choices:
        assert client.get(LIST, {"show": show}, follow=True).status_code == 200


def test_a_listing_is_read_as_it_was_written():
    query = "q=a&show=checked&vendor=x&vendor=y&kind=image&context_min=5&released_to=2025&sort=price&page=3"
    listing = ModelListQuery.parse(QueryDict(query))
    assert "&".join(f"{name}={value}" for name, value in listing.pairs()) == query


@pytest.mark.whole
def test_each_count_is_the_number_of_rows_in_the_whole_import_too(client):
    call_command("import_feed", str(real_file("models-dev/authored.json")), verbosity=0)
    some = AIModel.objects.order_by("pk").values("pk")[:60]
    Evidence.objects.filter(model__in=[*some.values_list("pk", flat=True)]).update(
        is_checked=True, checked_on=world.DAY
    )
    facts = world.facts()
    assert len(facts) == AIModel.objects.published().count() > 225  # the file's own; others only offerings name
    assert_counts_are_those_of_clicks(client, facts, rounds=16, seed=5)
    unknown = sum(world.price_of(fact, {}) is None for fact in facts)
    assert 0 < unknown < len(facts)
    for query in ("sort=price", "sort=-price"):
        rows = rows_of_csv(client, query)
        prices = [Decimal(row["input_price_usd_per_million_tokens"] or "NaN") for row in rows]
        known = [
            (row["kind"] == "encoder", price) for row, price in zip(rows, prices, strict=True) if not price.is_nan()
        ]
        assert [price.is_nan() for price in prices] == [False] * len(known) + [True] * unknown
        sign = -1 if "-price" in query else 1
        assert known == sorted(known, key=lambda one: (one[0], sign * one[1])), "encoders follow models that generate"
