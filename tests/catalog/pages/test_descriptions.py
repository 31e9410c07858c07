"""Each page of the catalogue has a description that says something, from the facts of today. Stage: test."""

import re
from html import unescape

import pytest
import time_machine

from catalog.models import AIModel, Family, Modality, Provider, Vendor
from tests.catalog import factories

pytestmark = pytest.mark.django_db
SHORTEST = 35  # letters


def description_of(client, record) -> str:
    page = client.get(record.get_absolute_url()).content.decode()
    return unescape(re.search(r'<meta name="description" content="([^"]*)"', page)[1])


def test_each_record_of_the_first_catalogue_has_one_of_its_own(client, starter_content):
    descriptions = {}
    for model in (AIModel, Vendor, Provider, Family, Modality):
        for record in model.objects.published():
            descriptions[record.get_absolute_url()] = description_of(client, record)
    assert len(descriptions) > 50
    assert not {address: words for address, words in descriptions.items() if len(words) < SHORTEST}
    assert len(set(descriptions.values())) == len(descriptions)


@time_machine.travel("2026-11-25")
def test_that_of_a_model_names_prices_limits_and_last_day(client):
    vendor = factories.vendor(name="Maker")
    model = factories.model(name="Falcon 9", context_tokens=128_000, released_on="2026-01-02", summary="")
    model.vendors.add(vendor)
    assert description_of(client, model) == (
        "Falcon 9 by Maker: price and status unknown. Context window 128,000 tokens. Released 2 January 2026."
    )


def test_unverified_names_have_their_notice(client):
    notice = "Named in an article; no source of its maker was found."
    model = factories.unverified(name="Rumour 1", notice=notice)
    assert description_of(client, model) == f"Rumour 1: {notice}"


def test_lists_name_their_first_models(client):
    vendor = factories.vendor(name="Maker", country="Norway")
    assert description_of(client, vendor) == "AI models made by Maker, Norway: none is on record yet."
    for number in range(1, 5):
        factories.model(name=f"Falcon {number}", released_on=f"2026-0{number}-01").vendors.add(vendor)
    found = description_of(client, vendor)
    assert found.startswith("4 AI models by Maker, Norway, with prices, limits and last days: ")
    assert found.endswith("Falcon 4, Falcon 3, Falcon 2 and more.")


def test_abbreviations_stay_in_capitals(client):
    pdf = factories.modality(name="PDF")
    factories.model(name="Falcon 9", input_modalities=[pdf])
    assert description_of(client, pdf) == "1 AI model with PDF input, with prices and last days: Falcon 9."
