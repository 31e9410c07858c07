"""Searches that the catalogue answers by a page."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict

from catalog.browse.filters import Filters
from catalog.browse.order import ORDERS
from catalog.integration.search import model_named, pages_of
from catalog.models import Modality
from catalog.rules.search_intent import vocabulary
from publishing.search.query import Query
from tests.catalog import factories

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def addresses(text: str) -> list[str]:
    return [page.address for page in pages_of(Query.parse(text))]


@pytest.fixture
def models():
    vendor = factories.vendor(name="Zeppelin")
    family = factories.family(name="Zebra", vendor=vendor)
    fields = {"vendors": [vendor], "family": family}
    factories.model(name="Zebra 3 Pro Preview", released_on="2025-01", **fields)
    factories.model(name="Zebra 3.1 Pro", released_on="2026-01", **fields)
    factories.model(name="Zebra Image 2", released_on="2026-02", **fields)
    factories.model(name="Okapi 2", released_on="2025-03", vendors=[vendor])
    factories.provider(name="Microsoft Savanna", slug="savanna")
    factories.vendor(name="Steppe")
    factories.provider(name="Steppe")


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("zebra 3.1 pro price", "/catalog/models/zebra-3-1-pro/#offerings"),
        ("zebra 3 pro", "/catalog/models/zebra-3-pro-preview/"),
        ("context of zebra 3 pro", "/catalog/models/zebra-3-pro-preview/#facts"),
        ("when does okapi 2 end", "/catalog/models/okapi-2/#history"),
        ("okapi 2 replacement", "/catalog/models/okapi-2/#alternatives"),
        ("Okapi 2 Preis", "/catalog/models/okapi-2/#offerings"),
        ("compare okapi 2 and zebra 3.1", "/catalog/compare/?m=okapi-2&m=zebra-3-1-pro"),
        ("okapi 2 vs zebra", "/catalog/compare/?m=okapi-2&m=zebra-image-2"),
        ("zebra prices", "/catalog/families/zebra/"),
        ("cheapest zebra", "/catalog/?q=Zebra&sort=price"),
        ("zeppelin vision models", "/catalog/?vendor=zeppelin&input=image"),
        ("savanna prices", "/catalog/providers/savanna/"),
        ("steppe models", "/catalog/vendors/steppe/"),
        ("steppe prices", "/catalog/providers/steppe/"),
        ("cheapest steppe model", "/catalog/?vendor=steppe&sort=price"),
        ("does zeppelin keep our data okapi 2", "/catalog/models/okapi-2/#data"),
        ("okapi 2 price quickly", "/catalog/models/okapi-2/#offerings"),
        ("savanna vision models quickly", "/catalog/?input=image&provider=savanna"),
        ("models that retire in the next 6 months", "/catalog/retiring/"),
        ("okapi 2 price at savanna", "/catalog/models/okapi-2/#offerings"),
        ("zebra image price", "/catalog/?q=Zebra&output=image&sort=price"),
        ("does zebra 3.1 pro support images", "/catalog/models/zebra-3-1-pro/#facts"),
        ("transcribe phone calls", "/catalog/?input=audio&output=text"),
        ("cheapest model", "/catalog/?sort=price"),
        ("compare language models", "/catalog/compare/"),
    ],
)
def test_a_search_leads_to_the_page_that_answers(models, asked, first):
    assert addresses(asked)[0] == first


@pytest.mark.parametrize(
    "asked", ["zebra 4 price", "okapi 2.1", "compare okapi 2 and gnu 7", "price", "zebra crossing"]
)
def test_what_the_catalogue_does_not_have_is_not_answered(models, asked):
    assert not any("zebra" in address or "okapi" in address for address in addresses(asked))


def test_a_word_in_the_names_of_many_companies_is_no_name():
    for animal in ("Eland", "Gnu", "Kudu", "Oryx"):
        factories.provider(name=f"{animal} Plan")
    assert addresses("plan models") == []
    assert addresses("oryx models") == ["/catalog/providers/oryx-plan/"]


def test_other_names_lead_to_vendors_and_models():
    factories.vendor(name="OpenAI")
    factories.model(name="GPT-5 mini", released_on="2025-08")
    factories.model(name="chatgpt-image-latest", released_on="2025-12")
    assert addresses("open ai models")[0] == "/catalog/vendors/openai/"
    assert (
        addresses("chatgpt 5 mini price")
        == addresses("chat gpt mini 5 price")
        == ["/catalog/models/gpt-5-mini/#offerings"]
    )


def test_records_that_readers_do_not_see_are_no_answer():
    factories.model(name="Zebra 9", state="draft")
    factories.unverified(name="Zebra 8")
    factories.provider(name="Savanna", state="draft")
    assert addresses("zebra 9 price") == addresses("zebra 8 price") == addresses("savanna prices") == []


def test_without_a_version_the_latest_model_is_meant():
    factories.model(name="Zebra 5", released_on="2026-01")
    factories.model(name="Zebra 4", released_on="2026-05")
    assert [found and found.name for found in map(model_named, ("zebra", "zebra 5"))] == ["Zebra 4", "Zebra 5"]


def test_another_name_leads_to_its_model():
    record = factories.model(name="Zebra Large")
    factories.alias(model=record, text="zbr-large-2409")
    assert addresses("zbr-large-2409 price") == ["/catalog/models/zebra-large/#offerings"]


def test_the_answer_is_first_on_the_page_and_a_misspelling_is_answered_too(client, models):
    assert client.get("/search/", {"q": "okapi 2 price"}).context["pages"][0].title == "Okapi 2: providers and prices"
    assert addresses("zebar 3 pro price") == ["/catalog/models/zebra-3-pro-preview/#offerings"]
    page = client.get("/search/", {"q": "zebar 3 pro"})
    assert page.context["answer"].suggestion == "zebra 3 pro"
    assert page.context["pages"][0].address == "/catalog/models/zebra-3-pro-preview/"
    assert addresses("zebar 4 price") == [], "another version is no misspelling"


def test_a_title_counts_more_than_another_name_that_is_as_close():
    factories.model(name="Zebra 3 Pro Preview", released_on="2025-01")
    factories.alias(model=factories.model(name="Striped Pro", released_on="2026-01"), text="zebra-3-pro-image")
    assert addresses("zebra 3 pro") == ["/catalog/models/zebra-3-pro-preview/"]


def test_a_search_for_many_models_asks_as_often_as_for_few(models, django_assert_max_num_queries):
    for number in range(20):
        factories.model(name=f"Zebra 3.1 Pro {number}")
    addresses("zebra 3.1 pro price")
    with django_assert_max_num_queries(3):
        addresses("zebra 3.1 pro price")
    with django_assert_max_num_queries(0):
        addresses("how do we start")


def test_filters_orders_and_places_exist(starter_content):
    template = (
        Path("templates/catalog/model.html").read_text() + Path("templates/catalog/_alternatives.html").read_text()
    )
    places = set(re.findall(r'id="([\w-]+)"', template))
    modalities = set(Modality.objects.values_list("slug", flat=True))
    for meaning in vocabulary().values():
        if meaning.aspect:
            assert meaning.aspect.anchor in places
        for name, value in meaning.filter.where if meaning.filter else ():
            assert value in modalities or name not in {"input", "output"}
            assert Filters.parse(QueryDict(f"{name}={value}")).pairs() == [(name, value)]
        if meaning.order:
            assert dict(meaning.order.where)["sort"] in ORDERS


@pytest.mark.parametrize("asked", ["cheapest vision model", "mistral vision models", "cheapest claude", "EU hosted"])
def test_the_filtered_list_is_a_page_with_models(starter_content, client, asked):
    [first, *_] = addresses(asked)
    page = client.get(first)
    assert page.status_code == 200
    assert parse_qs(urlsplit(first).query)
    assert "No models match" not in page.text
