"""Pages of sections: what readers, search, Markdown and the API get, and that a long page costs no more queries."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html as lxml_html

from articles.models import Article, ArticleKind
from articles.sections.schema import TYPES
from catalog.history.merge import merge
from catalog.models import AIModel
from publishing.content.publishable import State
from publishing.content.reference import Reference
from publishing.revisions.models import Action
from publishing.revisions.snapshot import read
from publishing.search.results import answer
from publishing.workflow.actions import ActionRequest, perform_action
from tests import factories
from tests.catalog import factories as catalog

pytestmark = pytest.mark.django_db


def each_type(model=None) -> list[dict]:
    """Return a section of each type, with records; the text cites `model`."""
    image, person, question = (
        factories.image(),
        factories.author(name="Desk One"),
        factories.question(question="Why so?"),
    )
    text = factories.article(title="Some study", kind=ArticleKind.CASE_STUDY)
    fact = f'<p>It reads <a href="fact:catalog.aimodel/{model.pk}/context_tokens">8</a>.</p>' if model else ""
    link = {"button_label": "Ask us", "button_address": "/contact/"}
    return [
        {"type": "hero", "title": "Hero title", "text": "Hero text", **link, "image": image.pk, "image_alt": "A desk"},
        {"type": "text", "title": "Text title", "body": f"<h3>Inner</h3>{fact}", "image": image.pk},
        {"type": "features", "title": "Features title", "items": [{"title": "Feature one", "address": "/faq/"}]},
        {"type": "quotes", "title": "Quotes title", "items": [{"name": "Client", "quote": "Well done."}]},
        {"type": "steps", "title": "Steps title", "items": [{"title": "Step one", "duration": "duration of 2 days"}]},
        {
            "type": "pricing",
            "title": "Prices",
            "items": [{"name": "Plan", "price": "9,000 €", "includes": "A\nB", **link}],
        },
        {"type": "people", "title": "People title", "people": [person.pk]},
        {"type": "questions", "title": "Questions title", "questions": [question.pk]},
        {"type": "texts", "title": "Texts title", "show": "chosen", "texts": [text.pk]},
        {
            "type": "catalogue",
            "title": "Catalogue title",
            "show": "own",
            "body": "<p>Cell</p>",
        },
        {"type": "call", "title": "Call title", **link},
    ]


def landing(sections, **fields) -> Article:
    return factories.article(kind=ArticleKind.PAGE, slug="landing", sections=sections, **fields)


WORDS = (
    *(
        "Hero title",
        "Hero text",
        "Ask us",
        "Text title",
        "Inner",
        "Feature one",
        "Well done.",
        "Step one",
        "duration of 2 days",
    ),
    *("9,000 €", "Desk One", "Why so?", "Some study", "Cell", "Call title"),
)


def test_every_representation_has_every_section(client):
    sections = each_type()
    assert [section["type"] for section in sections] == [*TYPES]
    article = landing(sections)
    html, markdown = client.get("/landing/").text, client.get("/landing.md").text
    for words in WORDS:
        assert words in html, words
        assert words in markdown, words
    assert html.count("<h1") == 1
    assert 'alt="A desk"' in html
    assert "[Ask us](" in markdown
    (hit,) = answer("duration of 2 days", "", 0, 5).hits[0:1]
    assert hit.url == "/landing/"
    found = client.get("/api/v1/articles/landing/").json()
    assert "Step one" in found["body_html"]
    assert [section["type"] for section in found["sections"]] == [*TYPES]
    assert found["sections"][6]["people"] == ["desk-one"]
    assert found["sections"][0]["image"].startswith("http")
    assert Reference.objects.filter(source_id=article.pk, field="body").count() == 5


def test_records_that_are_not_public_are_left_out(client):
    sections = each_type()
    landing(sections)
    for name in ("Desk One", "Some study", "Why so?"):
        assert name in client.get("/landing/").text
    factories.Author.objects.update(state=State.DRAFT)
    factories.Question.objects.update(state=State.DRAFT)
    Article.objects.exclude(kind=ArticleKind.PAGE).update(state=State.DRAFT)
    html = client.get("/landing/").text
    for words in ("Desk One", "Some study", "Why so?", "People title", "Questions title", "Texts title"):
        assert words not in html
    client.get("/api/v1/articles/landing/").json()


def test_more_sections_cost_no_more_queries(client):
    shows = [
        *({"type": "catalogue", "title": "C", "show": show} for show in ("current_models", "retirements", "measured")),
        *({"type": "texts", "title": "T", "show": show} for show in ("articles", "services", "case_studies")),
        {"type": "questions", "title": "Q"},
        {"type": "hero", "title": "H", "show": "retirements"},
    ]
    catalog.event(model=catalog.model(), kind="retired", date="2999-01-15")
    factories.article(kind=ArticleKind.SERVICE)
    article = landing([*each_type(), *shows])
    counts = []
    for sections in (article.sections, [*each_type(), *each_type(), *shows, *shows]):
        article.sections = sections
        article.save()
        client.get("/landing/")
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/landing/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_merged_model_is_replaced_in_sections_and_their_drafts():
    model, other = catalog.model(name="Old"), catalog.model(name="New")
    article = landing(each_type(model))
    content = read(article)
    content["fields"]["summary"] = "Another."
    draft = perform_action(article, ActionRequest(Action.SAVE, content)).revision
    merge(AIModel, other.pk, [model.pk], factories.administrator())
    article.refresh_from_db()
    draft.refresh_from_db()
    for body in (article.body, article.sections[1]["body"], draft.content["fields"]["sections"][1]["body"]):
        assert f"fact:catalog.aimodel/{other.pk}/" in body
        assert f"fact:catalog.aimodel/{model.pk}/" not in body


def test_steps_are_drawn_on_a_scale_in_weeks(client):
    items = [
        {"title": "Call"},
        {"title": "Test", "weeks": 4},
        {"title": "Build", "duration": "by week 9 to 16", "after": 4, "weeks": 12},
    ]
    landing([{"type": "steps", "title": "How", "weeks": 16, "items": items}])
    html = client.get("/landing/").text
    assert re.findall(r'viewBox="0 0 16 1".*<rect x="(\d+)" width="(\d+)"', html) == [("0", "4"), ("4", "12")]
    assert html.count("steps__track--on") == 1
    assert re.findall(r'<path d="([^"]+)"', html) == ["M4 0H9V1H4Z"]
    Article.objects.all().delete()
    landing([{"type": "steps", "title": "How", "items": items}])
    assert "<rect" not in client.get("/landing/").text


def test_hero_links_to_a_result_below_its_buttons(client):
    landing(
        [
            {
                "type": "hero",
                "title": "We",
                "proof_label": "No AI? Of 10, 9 were right",
                "proof_address": "/case-studies/",
            }
        ]
    )
    html = client.get("/landing/").text.partition("hero__proof")[2]
    assert html.startswith('">No AI? ')
    assert '<a href="/case-studies/">Of 10, 9 were right</a>' in html


def test_page_says_how_well_the_catalogue_is_documented(client):
    landing([{"type": "catalogue", "title": "Our system", "show": "upkeep"}])
    assert "Our system" not in client.get("/landing/").text
    model = catalog.model(released_on="2025-01-01")
    catalog.evidence(model=model, fact="licence")
    for kind, date in (("deprecated", "2025-11-01"), ("retired", "2026-01-01")):
        catalog.event(model=model, kind=kind, date=date)
    text = " ".join(client.get("/landing/").text.split())
    assert "Our system" in text
    assert "with the vendor’s notice, 61 days before the end" in text
    catalog.model(checked_on="2026-11-01")  # read at its sources, as in the starter
    assert "checked by" not in client.get("/landing/").text
    catalog.checked_by_firm(catalog.model())
    assert "1 of them checked by Vitrine</a>, the others as their named" in client.get("/landing/").text


def test_an_alternative_text_is_escaped_once_and_what_is_not_shown_is_nowhere(client):
    picture = factories.image(alt="Tom & Jerry's")
    hero = {"type": "hero", "title": "Hero", "image": picture.pk, "image_alt": 'R&D team\'s "best"'}
    hidden = {"type": "catalogue", "title": "Now", "show": "current_models", "body": "<p>Zebrafish</p>"}
    landing([hero, hidden, {"type": "text", "title": "Text", "image": picture.pk}])
    page = lxml_html.fromstring(client.get("/landing/").text)
    assert page.xpath("//main//figure//img/@alt") == ['R&D team\'s "best"', "Tom & Jerry's"]
    for address in ("/landing/", "/landing.md", "/api/v1/articles/landing/"):
        assert "Zebrafish" not in client.get(address).text.split('"sections"')[0], address
    assert answer("zebrafish", "", 0, 5).total == 0
