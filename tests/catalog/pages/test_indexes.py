"""Lists of vendors, providers, series and modalities."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from catalog.documents.sync.stamping import stamp
from publishing.content.publishable import State
from tests.catalog import factories

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def rows(client, path: str) -> dict[str, list[str]]:
    """Return the cells beside each name."""
    stamp()
    response = client.get(path)
    assert response.status_code == 200
    page = html.document_fromstring(response.content.decode())
    for label in page.xpath('//span[@class="table__label"]'):
        label.text = ""
    return {
        row.xpath("string(th)"): [cell.text_content().strip() for cell in row.xpath("td")]
        for row in page.xpath("//tbody/tr")
    }


@pytest.fixture
def catalogue():
    vendor, hidden = factories.vendor(name="Acme", country="France"), factories.vendor(name="Bolt", state=State.DRAFT)
    text, image = factories.modality(name="Text", description="Words."), factories.modality(name="Image")
    series = factories.family(name="Alpha", vendor=vendor)
    factories.model(family=factories.family(name="Beta", vendor=hidden))
    factories.unverified(family=factories.family(name="ChatBeta", vendor=vendor))
    cloud = factories.provider(name="Cumulus", kind="cloud", country="Germany")
    factories.provider(name="Zed", kind="host", country="United States")
    factories.provider(name="Hidden", state=State.DRAFT)
    for number in range(2):
        model = factories.model(
            vendors=[vendor], family=series, input_modalities=[text, image], output_modalities=[text]
        )
        factories.offering(model=model, provider=cloud, api_id=f"id-{number}")
    factories.model(vendors=[vendor], existence="unverified", notice="Named in an article.")


def test_indexes_name_all_public_records_with_their_numbers_of_listed_models(client, catalogue):
    read = "models of"
    assert rows(client, "/catalog/vendors/") == {"Acme": ["France", f"2 {read} Acme"]}
    assert rows(client, "/catalog/families/") == {"Alpha": ["Acme", "2"], "Beta": ["unknown", "1"]}
    assert rows(client, "/catalog/modalities/") == {
        "Image": ["unknown", f"2 {read} Image", "0"],
        "Text": ["Words.", f"2 {read} Text", f"2 {read} Text"],
    }
    assert rows(client, "/catalog/providers/") == {
        "Cumulus": ["Cloud", "Germany", f"2 {read} Cumulus"],
        "Zed": ["Host", "United States", "0"],
    }


def test_a_family_without_models_has_a_page_but_is_in_no_list(client, catalogue):
    page = client.get("/catalog/families/chatbeta/").content.decode()
    assert 'href="/catalog/?q=ChatBeta"' in page
    vendor = client.get("/catalog/vendors/acme/").content.decode()
    assert "/catalog/families/alpha/" in vendor
    assert "/catalog/families/chatbeta/" not in vendor


def test_providers_are_filtered_by_kind_and_country(client, catalogue):
    assert [*rows(client, "/catalog/providers/?kind=cloud&region=")] == ["Cumulus"]
    assert [*rows(client, "/catalog/providers/?kind=&region=us")] == ["Zed"]
    assert [*rows(client, "/catalog/providers/?kind=cloud&region=us")] == []
    assert client.get("/catalog/providers/?kind=baker").status_code == 400


@pytest.mark.parametrize("name", ["vendors", "families", "modalities", "providers"])
def test_an_index_is_in_the_sitemap_and_costs_the_same_queries_for_more_rows(client, name):
    vendor, counts = factories.vendor(), []
    make = {
        "vendors": factories.vendor,
        "families": lambda: factories.model(family=factories.family(vendor=vendor)),
        "modalities": factories.modality,
        "providers": factories.provider,
    }[name]
    for number in (2, 20):
        for _ in range(number):
            make()
        stamp()
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/catalog/{name}/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert f"/catalog/{name}/</loc>" in client.get("/sitemap.xml?kind=pages").content.decode()
