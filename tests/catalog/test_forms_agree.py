"""Every form agrees for fifty models on three days: page, Markdown, compare, API, facts in a sentence, CSV, and the
published rules applied to the documents that partners get.
"""

import csv
import io
import random
import re
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import batched

import pytest
import time_machine
from lxml import html as lxml_html
from markdown_it import MarkdownIt

from catalog.models import AIModel
from catalog.rules.facts import BY_NAME, effective
from catalog.rules.prices import Offer, amount_in_words, number_in_words, prices_on, reference_offer, token_prices
from catalog.rules.status import EventKind, Status, departure_on, model_status_on, status_on
from tests import factories
from tests.catalog.feeds import real, take_over

pytestmark = [pytest.mark.django_db, pytest.mark.whole, pytest.mark.usefixtures("starter_content")]
MODELS, AT_ONCE = 50, 5
AUTHORED = "models-dev/authored.json"
NOON = time(12)
MARKDOWN = MarkdownIt("commonmark").enable("table")
FACTS = ["status", "context_tokens", "max_output_tokens", "licence", "input_price", "output_price"]
UNKNOWN = "unknown"


def line(element) -> str:
    return " ".join(element.text_content().split())


def documents(client) -> dict[str, dict]:
    """Return the documents of the partner feed, by type and id."""
    found, query = defaultdict(dict), {"types": "model,offering,provider", "limit": 1000}
    while True:
        page = client.get("/api/v1/changes/", query).json()
        for item in page["items"]:
            if item["op"] == "upsert":
                found[item["type"]][item["id"]] = item["data"]
        query["cursor"] = page["cursor"]
        if not page["has_more"]:
            return found


def days_of(found) -> list[date]:
    """A past day, today, and the day after the first end of service in the future."""
    today = date.today()
    ends = [
        date.fromisoformat(event["date"])
        for document in found["model"].values()
        for event in document["events"]
        if event["kind"] == EventKind.RETIRED and len(event["date"]) == 10 and event["date"] > today.isoformat()
    ]
    return [today - timedelta(days=200), today, min(ends) + timedelta(days=1)]


class Expected:
    """The facts of a model on a day by the rules, in the words of a page."""

    def __init__(self, document: dict, offerings: list[dict], day: date):
        self.document, self.offerings, self.day = document, offerings, day
        reference = {vendor["reference_provider"] for vendor in document["vendors"]}
        own = [offering for offering in offerings if offering["provider"]["id"] in reference]
        statuses, of_own = (
            [status_on(day, offering, document["released_on"]) for offering in some] for some in (offerings, own)
        )
        self.status = model_status_on(day, document, of_own, statuses)
        self.has_left = bool(departure_on(day, self.status, own))

    def price(self, name: str) -> Decimal | None:
        offers = []
        for offering in self.offerings:
            valid = prices_on(self.day, offering["prices"])
            prices = token_prices(valid, effective(offering, self.document))
            offers.append(
                Offer(
                    int(offering["id"]),
                    offering,
                    status_on(self.day, offering, self.document["released_on"]),
                    bool(valid),
                    prices,
                )
            )
        own = reference_offer(offers, self.document["vendors"])
        return own and own.prices[name]

    def fact(self, name: str) -> str:
        """Return the value in words; "" for unknown."""
        if name == "status":
            return "" if self.status == Status.UNKNOWN else self.status.label.lower()
        if name.endswith("_price"):
            price = self.price(name)
            if price is None:
                return ""
            return f"{number_in_words(price)} USD per 1,000,000 tokens" if price else "no charge"
        value = self.document[name]
        return BY_NAME[name].in_words(value) + (" tokens" if name.endswith("tokens") and value else "")

    def offered(self) -> dict[tuple[str, str], list[str]]:
        """Return the amounts of all prices in force, by provider name and the id there."""
        return {
            (offering["provider"]["name"], offering["api_id"]): sorted(
                amount_in_words(price) for price in prices_on(self.day, offering["prices"])
            )
            for offering in self.offerings
        }


def list_of_facts(page) -> dict[str, str]:
    for beside in (*page.find_class("cited"), *page.find_class("facts__said")):
        beside.drop_tree()
    return {line(row[0]): line(row[1]) for row in page.find_class("facts__row")}


def table_of_facts(tree) -> dict[str, str]:
    rows = tree.xpath('//table[.//th[.="Fact"]]//tbody/tr')
    return {line(row[0]): line(row[1]) for row in rows}


def fact_rows(expected: Expected) -> dict[str, str]:
    names = ["context_tokens", "max_output_tokens", "licence"]
    return {BY_NAME[name].label: expected.fact(name) or UNKNOWN for name in names}


def assert_page_and_markdown(client, expected: Expected):
    path = expected.document["path"]
    page = lxml_html.fromstring(client.get(path).content)
    assert line(page.xpath('//div[@class="status-line"]/p/span')[0]) == (
        "Left the list" if expected.has_left else expected.status.label
    )
    markdown = client.get(f"{path.rstrip('/')}.md").content.decode()
    tree = lxml_html.fromstring(MARKDOWN.render(markdown.split("---\n", 2)[2]))
    for facts in (list_of_facts(page), table_of_facts(tree)):
        facts = defaultdict(lambda: UNKNOWN, facts)  # a video model has no row for tokens
        assert {label: facts[label].removesuffix(" (doubtful)") for label in fact_rows(expected)} == fact_rows(expected)
    assert offered_in_markdown(tree) == expected.offered()
    assert amounts_of_all_offers(client, f"{path}offerings/") == sorted(
        words for amounts in expected.offered().values() for words in amounts
    )


def offered_in_markdown(tree) -> dict[tuple[str, str], list[str]]:
    found = {}
    for title in tree.xpath('//h3[preceding-sibling::h2[1][.="Providers and prices"]]'):
        rows = title.xpath("following-sibling::*[self::table or self::h3 or self::h2][1][self::table]/tbody/tr")
        [api_id] = (line(item)[4:] for item in title.getnext() if line(item).startswith("Id: "))
        amounts = sorted(amount_in(row[1]) for row in rows)
        found[line(title), api_id] = amounts
    return found


def amount_in(cell) -> str:
    """Return the words of a price without those of its date."""
    return re.sub(r", (since|seen on) .*", "", line(cell))


def amounts_of_all_offers(client, path: str) -> list[str]:
    amounts, page, is_last = [], 1, False
    while not is_last:
        tree = lxml_html.fromstring(client.get(path, {"page": page}).content)
        amounts += [amount_in(cell) for cell in tree.xpath('//td[@class="prices__price"]')]
        is_last, page = not tree.xpath('//a[@rel="next"]'), page + 1
    return sorted(amounts)


def facts_in_a_sentence(client, models) -> dict[tuple[str, str], str]:
    body = "".join(
        f'<p><a href="fact:catalog.aimodel/{model.pk}/{name}">as stored</a></p>' for model in models for name in FACTS
    )
    tree = lxml_html.fromstring(client.get(factories.article(body=body).get_absolute_url()).content)
    values = tree.xpath('//main//div[@class="prose"]/p')
    places = [(model.slug, name) for model in models for name in FACTS]
    return {place: without_notes(value) for place, value in zip(places, values, strict=True)}


def without_notes(element) -> str:
    words = "".join(element.xpath('.//text()[not(ancestor::a[contains(@href, "#")])]'))
    return " ".join(words.split()).removesuffix(" (doubtful)")


def assert_lists(listed: dict, expected: Expected):
    """Return the rows of the CSV file."""
    row, price = listed[expected.document["slug"]], expected.price("input_price")
    assert row["status"] == ("" if expected.status == Status.UNKNOWN else expected.status)
    assert row["input_price_usd_per_million_tokens"] == ("" if price is None else f"{price.normalize():f}")
    assert row["context_tokens"] == str(expected.document["context_tokens"] or "")
    assert row["licence"] == (expected.document["licence"] or "")
    assert row["as_of"] == expected.day.isoformat()


def assert_comparison(client, several: list[Expected]):
    slugs = [one.document["slug"] for one in several]
    page = lxml_html.fromstring(client.get("/catalog/compare/", {"m": slugs}).content)

    def values(label: str) -> list[str]:
        """Return the cells of a row; one for all models has a note, and rows without a value are left out."""
        found = [row for row in page.xpath("//tbody/tr[td]") if line(row[0]) == label]
        cells = [
            line(cell).removesuffix(" the same for all").removesuffix(" highest") for row in found for cell in row[1:]
        ]
        return {0: [UNKNOWN], 1: cells}.get(len(cells), []) * len(several) or cells

    status = [value.removesuffix(" not for new projects") for value in values("Status")]
    assert status == [UNKNOWN if one.status == Status.UNKNOWN else one.status.label for one in several]
    assert values("Context window, tokens") == [
        BY_NAME["context_tokens"].in_words(one.document["context_tokens"]) or UNKNOWN for one in several
    ]
    assert values("Licence") == [one.document["licence"] or UNKNOWN for one in several]


def assert_api(client, expected: Expected):
    data = client.get(f"/api/v1/models/{expected.document['slug']}/").json()["data"]
    assert data == expected.document


def test_every_form_of_a_model_says_the_same_on_three_days(client):
    take_over(real(AUTHORED))
    found = documents(client)
    offerings = defaultdict(list)
    for offering in found["offering"].values():
        if offering["model"]:
            offerings[offering["model"]["id"]].append(offering)
    chosen = random.Random(7).sample(
        sorted(AIModel.objects.published().exclude(existence="unverified"), key=lambda model: model.slug), MODELS
    )
    by_slug = {document["slug"]: document for document in found["model"].values()}
    statuses = set()
    for day in days_of(found):
        with time_machine.travel(datetime.combine(day, NOON), tick=False):
            expected = {
                model.slug: Expected(by_slug[model.slug], offerings[by_slug[model.slug]["id"]], day) for model in chosen
            }
            rows = csv.DictReader(io.StringIO(client.get("/catalog/models.csv?show=all").content.decode("utf-8-sig")))
            listed = {row["slug"]: row for row in rows}
            said = facts_in_a_sentence(client, chosen)
            for model in chosen:
                one = expected[model.slug]
                statuses.add(one.status)
                assert_page_and_markdown(client, one)
                assert_lists(listed, one)
                assert_api(client, one)
                assert {name: said[model.slug, name] for name in FACTS} == {
                    name: one.fact(name) or "as stored" for name in FACTS
                }
            for several in batched(expected.values(), AT_ONCE):
                assert_comparison(client, list(several))
    assert len(statuses) > 2
