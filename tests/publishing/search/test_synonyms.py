"""Synonyms, forms of words, spelling, the pages of the site among the results, and suggestions while typing."""

import pytest

from articles.models import Article
from publishing.search.highlight import Highlighter
from publishing.search.query import Query
from publishing.search.results import answer
from publishing.search.synonyms import site_pages
from publishing.search.words import root
from publishing.site.models import SiteSettings
from tests import factories
from tests.publishing.search.test_search import found, marked, model

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def pages(client, text: str) -> list[str]:
    return [page.address for page in client.get("/search/", {"q": text}).context["pages"]]


@pytest.mark.parametrize(
    "asked", ["retired", "retires", "retiring", "retirement", "sunset", "end-of-life", "end of life"]
)
def test_other_forms_and_synonyms_find_the_same(asked):
    factories.article(title="When models retire")
    factories.article(title="The life of the sun has no end")
    assert found(asked) == ["When models retire"]


@pytest.mark.parametrize("asked", ["insurance", "insurer", "banks", "supervisor"])
def test_regulated_buyers_find_what_is_written_for_them(asked):
    factories.question(question="What can we show our regulator?")
    assert found(asked) == ["What can we show our regulator?"]


def test_forms_have_one_root_and_short_words_stay_themselves():
    assert {root(word) for word in ("price", "prices", "priced", "pricing")} == {"pric"}
    assert {root(word) for word in ("deprecate", "deprecated", "deprecation")} == {"deprecat"}
    assert [root(word) for word in ("need", "string", "version", "three", "code")] == [
        *("need", "string", "version", "three", "code")
    ]
    assert marked(Highlighter(Query.parse("retirement fee")).segments("It retired at no cost")) == ["retired", "cost"]


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        *(("price", "/services/"), ("How much do you charge?", "/services/"), ("contact", "/contact/")),
        *(("phone", "/contact/"), ("api", "/api/"), ("retire", "/catalog/retiring/"), ("rss", "/articles/")),
        *(("which models retire soon", "/catalog/retiring/"), ("compare", "/catalog/compare/")),
        ("recently retired models", "/catalog/retiring/past/"),
    ],
)
def test_words_lead_to_the_page_of_the_site_that_answers(client, asked, address):
    assert pages(client, asked)[0] == address


@pytest.mark.django_db(transaction=True)
def test_pages_that_editors_write_are_found_while_they_are_public(client):
    SiteSettings().save()
    factories.article(title="About us", slug="about", kind="page")
    assert pages(client, "team") == ["/about/"]
    Article.objects.update(state="archived")
    assert pages(client, "team") == []


def test_the_pages_of_the_site_are_there(client, starter_content):
    written = {page.address for page in site_pages() if page.is_record}
    answers = {page.address: client.get(page.address).status_code for page in site_pages()}
    assert {address for address, status in answers.items() if status != 200} <= written


def test_a_misspelt_query_shows_the_results_of_the_other_spelling(client):
    factories.article(title="Hallucination")
    page = client.get("/search/", {"q": "halucination"}).content.decode()
    assert 'Did you mean <a href="?q=hallucination">' in page
    assert "/articles/hallucination/" in page


@pytest.mark.parametrize("asked", ["team", "charge", "latency", "sunset", "beach"])
def test_a_word_is_not_taken_for_another_word(asked):
    factories.article(title="Terms change: an agency and its subset at each bench")
    assert answer(asked, "", 0, 20).suggestion == ""


def test_the_newest_of_many_models_of_a_name_are_first():
    for number in range(1, 25):
        model(f"Acme {'x' * number}", released_on=f"20{10 + number}-01-01")
    assert found("acme")[:2] == [f"Acme {'x' * 24}", f"Acme {'x' * 23}"]


def test_suggestions_name_pages_and_records_that_are_public(client, django_assert_max_num_queries):
    factories.question(question="Can we keep a retired model?")
    factories.question(question="Retired in secret?", state="draft")
    with django_assert_max_num_queries(10):
        response = client.get("/search/suggest/", {"q": "retir"})
    names = [(one["name"], one["kind"]) for one in response.json()["results"]]
    assert names[0] == ("Upcoming retirements", "Page")
    assert names[-1] == ("Can we keep a retired model?", "Question")
    assert "must-revalidate" in response.headers["Cache-Control"]
    assert client.get("/search/suggest/", {"q": "r"}).json() == {"results": []}


def test_a_search_without_results_offers_the_contact_form_with_the_words(client):
    page = client.get("/search/", {"q": "iso & 27001"})
    address = "/contact/?searched=iso+%26+27001"
    assert f'href="{address}"' in page.content.decode()
    assert "I looked for “iso &amp; 27001” on your site." in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("liability", "What happens if something goes wrong?"),
        ("VAT", "What does a project cost, and how is it priced?"),
        ("GDPR", "Can we put personal data in a prompt?"),
        ("contract", "What does the contract promise about quality?"),
        ("DPA", "Do we need a data processing agreement?"),
        ("customer service", "3,080 customer messages: three quarters sorted without a person"),
    ],
)
def test_questions_of_buyers_are_answered_first(starter_content, asked, first):
    assert first in found(asked)[:2]


def test_services_come_before_models_for_a_price(starter_content):
    kinds = [hit.kind for hit in answer("price", "", 0, 20).hits[0:20]]
    assert kinds.count("Service") == 3
    assert "Service" not in kinds[kinds.index("Model") :]


@pytest.mark.parametrize(
    ("asked", "english"),
    [
        *(("Preise", "price"), ("prix", "price"), ("Kosten", "price"), ("Datenschutz", "privacy")),
        *(("confidentialité", "privacy"), ("Kontakt", "contact"), ("hébergement", "hosting"), ("Impressum", "imprint")),
        *(("Abkündigung", "retire"), ("fin de vie", "retire"), ("Modelle", "model"), ("Vertrag", "contract")),
        *(("le prix varie-t-il", "price varie"), ("l’hébergement", "hosting")),
        *(("wie viel kosten die Modelle", "price model"), ("quel est le prix des modèles", "price models")),
    ],
)
def test_german_and_french_words_find_what_the_english_ones_find(asked, english):
    factories.article(title="About the price of a model, privacy, contact, hosting, imprint, contract; varie")
    factories.article(title="When models retire")
    assert found(asked) == found(english) != []


def test_a_text_in_another_language_is_found_by_its_own_words():
    factories.article(title="Datenschutz bei Zebras")
    assert found("Datenschutz Zebras") == ["Datenschutz bei Zebras"]


def test_the_same_question_comes_first_and_before_the_pages_of_the_site(client):
    factories.question(question="Do we need AI for this?", slug="other")
    factories.question(question="Which models do you retire first of all?")
    same = factories.question(question="What happens when a model is retired?")
    page = client.get("/search/", {"q": "what happens if a model is retired"})
    assert page.context["page"].object_list[0].url == same.get_absolute_url()
    assert page.context["pages"] == []
    assert pages(client, "retire")[0] == "/catalog/retiring/"


def test_the_exact_version_is_listed_first():
    model("Zebra 3.1 Pro Preview", released_on="2026-05")
    model("Zebra 3 Pro Preview", released_on="2025-05")
    assert found("zebra 3 pro")[0] == "Zebra 3 Pro Preview"
