"""The right page is first on the whole starter content, for queries of which many were answered wrongly before."""

import json
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings
from lxml import html

from publishing.site.models import SiteSettings

pytestmark = [pytest.mark.django_db, pytest.mark.whole, pytest.mark.usefixtures("whole_starter")]

HERE = Path(__file__).parent
KNOWN = json.loads((HERE / "known_queries.json").read_text())
BUYERS = json.loads((HERE / "buyers_queries.json").read_text())
LEAST_FIRST, LEAST_AMONG_THREE = 0.85, 0.95  # shares of the queries of a part in a language
LINKS = "//*[contains(@class, 'site-pages__title') or contains(@class, 'search-hit__link')]/@href"


def addresses(query: str) -> list[str]:
    """Return the addresses of the results page in its order, each once."""
    page = html.document_fromstring(Client().get("/search/", {"q": query}).text)
    return list(dict.fromkeys(page.xpath(LINKS)))


@pytest.fixture(scope="module")
def whole_starter(module_db, tmp_path_factory):
    """The starter content with the snapshot of models.dev, which other tests go without."""
    snapshot = settings.BASE_DIR / "catalog" / "starter" / "models_dev.json"
    with override_settings(CATALOG_SNAPSHOT=str(snapshot), MEDIA_ROOT=tmp_path_factory.mktemp("starter")):
        call_command("load_starter", verbosity=0)
        SiteSettings.objects.store_menus()  # otherwise after the commit
        yield


@pytest.mark.parametrize("entry", KNOWN, ids=[entry["query"] for entry in KNOWN])
def test_a_known_query_leads_to_its_page_first(entry):
    assert addresses(entry["query"])[0] in entry["right"]


# Queries by people who did not know the code, each of its parts written before the rules that it measured first.
@pytest.mark.parametrize(
    ("part", "languages"),
    [
        *(product(["open", "closed", "fresh", "wide"], ["en", "de", "fr"])),
        ("last", "en de fr"),  # together: one of 18 in English is not among three
    ],
)
def test_what_buyers_search_for_leads_to_its_page(part, languages):
    asked = [one for one in BUYERS if one["part"] == part and one.get("language", "en") in languages.split()]
    found = [(one["right"], addresses(one["query"])[:3]) for one in asked]
    first = sum(not set(shown[:1]).isdisjoint(right) for right, shown in found)
    among_three = sum(not set(shown).isdisjoint(right) for right, shown in found)
    assert (first >= LEAST_FIRST * len(asked), among_three >= LEAST_AMONG_THREE * len(asked)) == (True, True), (
        f"{part}, {languages}: {first} first and {among_three} among three of {len(asked)}"
    )
