"""Retirements and recent changes, as pages and as feeds."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import groupby

import pytest
import time_machine
from django.urls import reverse
from lxml import etree, html

from catalog.history.audit_log import log_changes, take_snapshot
from catalog.lifecycle.timeline import retirements_ahead, retirements_of_last_year
from catalog.models import AIModel, FieldChange
from catalog.news.changelog import NAMED_AT_MOST, by_day_and_model, catalogue_changes
from catalog.news.recent import CatalogueChange
from catalog.news.views import retirements
from catalog.rules.partial_dates import PartialDate
from publishing.pages.feeds import TYPES
from tests.catalog import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixed_day")]
DAY = date(2026, 11, 24)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def fixed_day():
    with time_machine.travel("2026-11-24 12:00", tick=False):
        yield


def text_of(response) -> str:
    assert response.status_code == 200
    return " ".join(html.document_fromstring(response.content.decode()).find(".//main").text_content().split())


def known_model(**fields) -> AIModel:
    """Create a model that was recorded long ago, so that it is not in the news itself."""
    return factories.model(first_published_at=LONG_AGO, **fields)


def names(ends) -> list[tuple[str, list[str]]]:
    months = groupby((row.entry for row in retirements(ends[:100])), key=lambda end: str(end.month))
    return [(month, [end.name for end in of_month]) for month, of_month in months]


def test_ends_stand_by_month_those_ahead_apart_from_those_of_the_last_year():
    for name, on in (
        ("Today", "2026-11-24"),
        ("Tomorrow", "2026-11-25"),
        ("Later", "2027-03"),
        ("Also", "2027-03-09"),
        ("This month", "2026-11"),
        ("This year", "2026"),
        ("In spring", "2026-04-01"),
        ("Last year", "2025"),
        ("Long ago", "2025-11-23"),
    ):
        factories.event(model=factories.model(name=name), kind="retired", date=on)
    assert names(retirements_ahead(DAY)) == [
        ("2026", ["This year"]),
        ("November 2026", ["This month", "Tomorrow"]),
        ("March 2027", ["Later", "Also"]),
    ]
    assert names(retirements_of_last_year(DAY)) == [
        ("November 2026", ["Today"]),
        ("April 2026", ["In spring"]),
        ("2025", ["Last year"]),
    ]


def test_an_end_says_where_what_replaces_it_and_who_says_so(client):
    model, heir = factories.model(name="Old"), factories.model(name="New")
    event = factories.event(model=model, kind="retired", date="2027-01-14", replaced_by=heir)
    source = factories.source(title="The maker's page", url="https://maker.example.com/")
    factories.evidence(event=event, source=source, is_checked=True)
    for name in ("Host A", "Host B"):
        offering = factories.offering(model=model, provider=factories.provider(name=name))
        factories.evidence(event=factories.event(offering=offering, kind="retired", date="2027-01-14"), source=source)
    vague = factories.event(
        model=factories.model(name="Vague"),
        kind="retired",
        date="2027-02",
        bound="not_before",
        replacement_name="Vague 2",
    )
    factories.event(model=factories.model(name="Alone"), kind="retired", date="2027-05")
    text = text_of(client.get(reverse("catalog:retiring")))
    assert "14 January 2027 51 days left Old the vendor, also Host A, Host B Replacement: New Source 1" in text
    assert "Sources of the dates The maker's page" in text
    doubt = "○, not yet checked at the vendor or host"
    assert f"not before February 2027 {doubt} {vague.model.name} the vendor Replacement: Vague 2 none" in text
    assert f"May 2027 {doubt} Alone the vendor Replacement: none named yet none" in text


def test_nothing_hidden_or_in_doubt_retires_in_public(client):
    hidden = factories.model(name="Hidden heir", state="draft")
    factories.event(model=factories.model(name="Seen"), kind="retired", date="2027-01", replaced_by=hidden)
    factories.event(model=hidden, kind="retired", date="2027-01")
    secret = factories.offering(model=factories.model(name="Served"), provider=factories.provider(state="draft"))
    factories.event(offering=secret, kind="retired", date="2027-01")
    doubtful = factories.event(model=factories.model(name="Doubted"), kind="retired", date="2027-01")
    factories.evidence(event=doubtful, confidence="disputed")
    assert names(retirements_ahead(DAY)) == [("January 2027", ["Seen"])]
    assert "Hidden" not in text_of(client.get(reverse("catalog:retiring")))


def told(count=50) -> list[tuple[str, str, str]]:
    return [(change.period.written, change.name, change.label) for change in catalogue_changes(DAY, count)]


def test_changes_are_releases_prices_new_models_and_changed_facts():
    model = known_model(name="M", context_tokens=1000)
    factories.event(model=model, date="2026-03-01")
    offering = factories.offering(model=model)
    for amount, since in (("5", "2020"), ("2", "2026-04-01")):
        factories.price(offering=offering, amount=Decimal(amount), valid_from=since)
    change_by_hand(model, context_tokens=2000, licence="")
    factories.model(name="Fresh")
    assert set(told()) == {
        ("2026-03-01", "M", "Released"),
        ("2026-04-01", "M", "New price"),
        ("2026-11-24", "M", "Facts changed"),
        ("2026-11-24", "Fresh", "New in the catalogue"),
        ("2020-01-01", "M", "New in the catalogue"),
    }
    assert [period for period, *_ in told()] == sorted((period for period, *_ in told()), reverse=True)
    [fact] = [change for change in catalogue_changes(DAY, 50) if change.label == "Facts changed"]
    assert fact.details == "Context window: 2,000; before: 1,000"


def change_by_hand(model, **values):
    before = take_snapshot(AIModel, [model.pk])
    for name, value in values.items():
        setattr(model, name, value)
    model.save()
    log_changes(AIModel, before, take_snapshot(AIModel, [model.pk]))


def test_an_unknown_value_is_called_unknown_in_a_change():
    model = known_model(reasoning=None, released_on="2026-01", kind="language")
    change_by_hand(model, reasoning=False, released_on="", kind="encoder")
    [fact] = [change for change in catalogue_changes(DAY, 50) if change.label == "Facts changed"]
    assert fact.details.split(". ") == [
        "Released: unknown; before: January 2026",
        "Reasoning: no; before: unknown",
        "Kind: Encoder (not generative); before: Language model",
    ]


def test_many_new_models_of_a_day_are_one_change(client):
    for number in range(NAMED_AT_MOST + 3):
        factories.model(name=f"Model {number:02}")
    [change] = catalogue_changes(DAY, 50)
    assert (change.name, change.url) == (f"{NAMED_AT_MOST + 3} models", "/catalog/")
    assert change.details.startswith("Model 00, Model 01, ")
    assert change.details.endswith("Model 11 and 3 more")
    assert change.details in text_of(client.get(reverse("catalog:changes")))


def test_what_readers_do_not_see_is_no_change_and_neither_is_what_is_not_a_fact():
    hidden = factories.model(name="Hidden", state="draft", context_tokens=1)
    change_by_hand(hidden, context_tokens=2)
    rumour = factories.unverified(name="Rumour", context_tokens=1, first_published_at=LONG_AGO)
    change_by_hand(rumour, context_tokens=2)
    model = known_model(name="Seen", use_for="a")
    change_by_hand(model, use_for="b", summary="c", notice="d")
    taken_back = known_model(name="Wrong", context_tokens=1)
    change_by_hand(taken_back, context_tokens=2)
    FieldChange.objects.filter(record_id=taken_back.pk).update(taken_back_at=datetime(2026, 11, 24, tzinfo=UTC))
    assert set(told()) == {("2020-01-01", "2 models", "New in the catalogue")}


def test_what_is_filled_in_on_the_day_on_which_a_model_is_added_is_no_correction():
    change_by_hand(factories.model(name="M", context_tokens=1), context_tokens=2)
    assert told() == [("2026-11-24", "M", "New in the catalogue")]


def test_what_changed_before_a_model_was_public_is_not_told():
    model = known_model(name="M", context_tokens=1)
    change_by_hand(model, context_tokens=2)
    assert "Facts changed" in {label for *_, label in told()}
    FieldChange.objects.update(at=datetime(2019, 1, 1, tzinfo=UTC))
    assert told() == [("2020-01-01", "M", "New in the catalogue")]


@pytest.mark.parametrize("form", TYPES)
def test_the_feed_can_be_read_and_names_every_change_once_and_for_good(form, client):
    model = known_model(name="A & <b>", context_tokens=1)
    factories.event(model=model, date="2026-03-01")
    change_by_hand(model, context_tokens=2)
    path = reverse(f"catalog:feed_{form}")
    response = client.get(path)
    assert response.headers["Content-Type"].startswith(TYPES[form])
    ids, titles = read(form, response.content)
    assert len(ids) == len(set(ids)) == 3
    assert all(name.startswith("tag:") for name in ids)
    assert "A & <b>: facts changed" in titles
    with time_machine.travel("2026-11-30 12:00", tick=False):
        later = client.get(path)
        assert read(form, later.content) == (ids, titles)
        assert later.content == response.content, "the moment of asking must not change it"
    page = client.get(reverse("catalog:changes")).content.decode()
    for address in (page, client.get(reverse("catalog:list")).content.decode()):
        assert f'type="{TYPES[form]}"' in address
        assert path in address


def read(form, content) -> tuple[list[str], list[str]]:
    if form == "json":
        items = json.loads(content)["items"]
        return [item["id"] for item in items], [item["title"] for item in items]
    root = etree.fromstring(content)
    items = root.findall(".//item") if form == "rss" else root.findall("{*}entry")
    name, title = ("guid", "title") if form == "rss" else ("{*}id", "{*}title")
    return [item.findtext(name) for item in items], [item.findtext(title) for item in items]


def test_pages_of_nothing_say_so(client):
    assert "No upcoming retirements." in text_of(client.get(reverse("catalog:retiring")))
    assert "No changes yet." in text_of(client.get(reverse("catalog:changes")))
    for form in TYPES:
        assert client.get(reverse(f"catalog:feed_{form}")).status_code == 200


def test_they_are_in_the_sitemap_and_linked_from_the_catalogue(client):
    factories.model(checked_on=DAY)
    sitemap, page = (client.get(path).content.decode() for path in ("/sitemap.xml?kind=pages", reverse("catalog:list")))
    for name in ("retiring", "changes", "charts"):
        assert f"{reverse(f'catalog:{name}')}</loc>" in sitemap
        assert f'href="{reverse(f"catalog:{name}")}"' in page


def test_new_prices_of_a_model_at_one_place_are_one_change():
    def price(meter, now, before, places="Host", name="Falcon 9", unit="USD per 1,000,000 tokens"):
        words = f"{meter}: {now} {unit}; before: {before} {unit}"
        period = PartialDate.parse("2026-11-24")
        key = f"price/{name}/{places}/{meter}"
        return CatalogueChange(period, name, f"/{name}/", "price", "New price", places, words, key)

    days = by_day_and_model(
        [
            price("Output", "3.96", "0.87"),
            price("Input", "1.32", "0.435"),
            price("Output", "4", "3", places="Other"),
            price("Output", "9", "8", name="Falcon 10"),
            price("Input", "9", "8", name="Falcon 10", unit="EUR per 1,000,000 tokens"),
        ]
    )
    [(_, [of_first, [of_second]])] = days
    assert [change.note for change in of_first] == [
        "via Host. Input from 0.435 to 1.32, output from 0.87 to 3.96 USD per 1,000,000 tokens",
        "via Other. Output: 4 USD per 1,000,000 tokens; before: 3 USD per 1,000,000 tokens",
    ]
    assert of_second.details.count("before: 8") == 2  # in sentences, as the units differ
