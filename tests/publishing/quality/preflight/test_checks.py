"""The findings of pre-flight in a record, and the places to which they lead."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from articles.models import Article, PlacedQuestion
from catalog.models import AIModel, LifecycleEvent
from catalog.rules.status import EventKind
from publishing.content.publishable import State
from publishing.content.redirect import Redirect
from publishing.content.registry import publishable_models
from publishing.images.models import Image
from publishing.quality.claims import finding
from publishing.quality.preflight.checking import preflight
from publishing.quality.preflight.rules import CHECKS, RULES
from publishing.revisions.snapshot import read
from tests import factories

pytestmark = pytest.mark.django_db


def rules(record, **fields) -> list[str]:
    return [finding.rule for finding in findings(record, **fields)]


def findings(record, **fields):
    content = read(record)
    return preflight(record, content | {"fields": content["fields"] | fields})


def retired_model(**fields):
    model = factories.publishable(AIModel, "Old", **fields)
    LifecycleEvent.objects.create(model=model, kind=EventKind.RETIRED, date="2024-01-01")
    return model


def test_a_whole_text_is_let_go():
    model = factories.publishable(AIModel, "Sample")
    image = factories.image()
    body = (
        f'<p>See <a href="ref:catalog.aimodel/{model.pk}">Sample</a>, <a href="/catalog/">the catalogue</a>, '
        f'<a href="https://example.com/">elsewhere</a> and <a href="#part">below</a>.</p><h2 id="part">Part</h2>'
        f'<h3 id="more">More</h3><figure><img src="ref:publishing.image/{image.pk}" alt=""></figure>'
        "<table><caption>Prices</caption><tbody><tr><th><p>a</p></th></tr><tr><td><p>1</p></td></tr></tbody></table>"
    )
    assert rules(factories.article(body=body)) == []
    assert rules(factories.question()) == []
    assert rules(factories.author()) == []


HEADLESS = "<table><caption>C</caption><tbody><tr><td><p>a</p></td></tr></tbody></table>"
TEXTS = {
    "<h3>c</h3>": ["heading_first"],
    "<h2>b</h2><h4>d</h4><h2>b</h2>": ["heading_skipped"],
    "<h2>b</h2><h2></h2>": ["heading_empty"],
    "<p>To be completed: the address.</p>": ["placeholder"],
    HEADLESS: ["table_headless"],
    "<table><tbody><tr><th><p>a</p></th><td><p>b</p></td></tr></tbody></table>": ["table_uncaptioned"],
    '<figure><img src="/media/x.png" alt=""></figure>': ["picture_undescribed"],
    '<figure><img src="ref:publishing.image/999" alt="x"></figure>': ["picture_gone"],
    '<p><a href="/articles/nowhere/">x</a></p>': ["link_dead"],
    '<p><a href="/no/such/place/?a=1#b">x</a></p>': ["link_dead"],
    '<p><a href="/articles/?page=99">x</a></p>': [],  # a fixed page exists, whatever its query
    '<p><a href="/faq">x</a></p>': [],  # which redirects to /faq/
    '<p><a href="ref:catalog.aimodel/999999">x</a></p>': ["link_gone"],
    '<p><a href="#nowhere">x</a></p>': ["anchor_dead"],
    '<p><a href="#sources">x</a></p>': [],
    '<p>Look <a href="https://example.com/">here</a>.</p>': ["link_words"],
    '<p><a href="mailto:a@example.com">write</a> <a href="tel:1">call</a></p>': [],
}


@pytest.mark.parametrize("body", TEXTS)
def test_text(body):
    assert rules(factories.article(), body=body) == TEXTS[body]


def test_a_finding_says_where_it_is():
    body = f"<table><caption>A</caption><tbody><tr><th><p>a</p></th></tr></tbody></table>{HEADLESS}"
    [finding] = findings(factories.article(), body=body)
    assert (finding.field, finding.tags, finding.index, finding.is_error) == ("body", "table", 1, True)


def test_links_by_the_own_host_are_links_of_this_site(settings):
    body = f'<p><a href="{settings.SITE_URL}/articles/nowhere/">x</a></p>'
    assert rules(factories.article(), body=body) == ["link_dead"]


def test_a_link_to_a_page_of_a_record_follows_what_readers_see():
    there, draft = factories.article(), factories.article(state=State.DRAFT)
    text = factories.article()
    assert rules(text, body=f'<p><a href="{there.get_absolute_url()}#part">x</a></p>') == []
    assert rules(text, body=f'<p><a href="{draft.get_absolute_url()}">x</a></p>') == ["link_dead"]
    assert rules(draft, body=f'<p><a href="{draft.get_absolute_url()}">itself</a></p>') == []
    Redirect.objects.create(path="/old/", new_path=there.get_absolute_url())
    Redirect.objects.create(path="/gone/", is_gone=True)
    assert rules(text, body='<p><a href="/old/">x</a><a href="/gone/">y</a></p>') == ["link_dead"]


HIDDEN = {
    "draft": {"state": State.DRAFT},
    "archived": {"state": State.ARCHIVED},
    "in the trash": {"deleted_at": timezone.now()},
    "scheduled": {"publish_at": timezone.now() + timedelta(days=1)},
    "expired": {"expire_at": timezone.now() - timedelta(days=1)},
}


@pytest.mark.parametrize("how", HIDDEN)
def test_a_link_to_what_readers_do_not_see(how):
    other = factories.question(**HIDDEN[how])
    assert rules(factories.article(), body=f'<p><a href="ref:faq.question/{other.pk}">x</a></p>') == ["link_hidden"]


def test_a_retired_model_is_said_to_be_so():
    model = retired_model()
    [finding] = findings(factories.article(), body=f'<p><a href="ref:catalog.aimodel/{model.pk}">Old</a></p>')
    assert finding.words == "“Old” leads to “Old aimodel”, which is retired since 1 January 2024."
    assert not finding.is_error


def test_what_is_said_against_a_record_is_said_once_for_all_that_a_text_cites_of_it():
    one, other = retired_model(name="One"), retired_model(name="Other")
    links = [
        f"ref:catalog.aimodel/{one.pk}",
        f"fact:catalog.aimodel/{one.pk}/status",
        f"ref:catalog.aimodel/{other.pk}",
    ]
    found = findings(factories.article(), body="".join(f'<p>“<a href="{link}">“It”</a>”</p>' for link in links))
    assert [finding.words for finding in found if finding.rule == "link_caution"] == [
        "“It” leads to “One”, which is retired since 1 January 2024.",
        "“It” leads to “Other”, which is retired since 1 January 2024.",
    ]


def test_what_is_chosen_beside_the_text_is_looked_at():
    article = factories.article(authors=[factories.author(state=State.DRAFT)], topics=[factories.topic()])
    PlacedQuestion.objects.create(article=article, question=factories.question(state=State.DRAFT))
    found = findings(article)
    assert [finding.rule for finding in found] == ["shown_hidden"] * 2
    assert [finding.words.split(" ")[0] for finding in found] == ["Author", "Question"]
    assert article.topics.update(state=State.ARCHIVED) == 1
    assert len(findings(article)) == 3


def test_pictures_are_described_by_their_record_or_in_the_text():
    undescribed = factories.image(alt="Needs alternative text: image 1 of guide")
    decoration = factories.image(alt="", is_decorative=True)
    text = factories.article()
    figure = '<figure><img src="ref:publishing.image/{}" alt="{}"></figure>'
    assert rules(text, body=figure.format(undescribed.pk, "A lighthouse")) == []
    assert rules(text, body=figure.format(undescribed.pk, "")) == ["picture_undescribed"]
    assert rules(text, body=figure.format(undescribed.pk, undescribed.alt)) == ["picture_undescribed"]
    assert rules(text, body=figure.format(decoration.pk, "")) == []
    assert rules(text, cover=undescribed.pk) == ["picture_undescribed"]
    assert Image.objects.count() == 2


def test_fields():
    other = factories.article(title="The Same")
    text = factories.article(title="the same")
    assert rules(text) == ["title_twice"]
    assert rules(text, title="x" * 61) == ["title_long"]
    assert rules(text, title="x" * 61, meta_title="short") == []
    assert rules(text, title="a", summary=" ") == ["description_missing"]
    assert rules(text, title="a", summary=" ", meta_description="Words.") == []
    assert rules(text, title="a", meta_description="x" * 156) == ["description_long"]
    assert rules(text, title=" ", body="") == ["title_missing", "text_missing"]
    assert rules(text, title="a", slug=other.slug) == ["address_taken"]
    Redirect.objects.create(path="/articles/free/", new_path="/faq/")
    assert rules(text, title="a", slug="free") == ["address_leads_on"]


def test_more_names_than_are_checked_are_said(monkeypatch):
    for module in ("names.mentions", "preflight.names"):
        monkeypatch.setattr(f"publishing.quality.{module}.MOST_NAMES", 2)
    factories.publishable(AIModel, "GPT-4")
    text = factories.article(body="<p>GPT-4, GPT-4.</p>")
    assert "names_many" in rules(text)
    assert "names_many" not in rules(text, body="<p>GPT-4.</p>")


def test_what_is_not_searched_for_claims_is_said():
    sentences = [f"The {number} currently cheapest model." for number in range(finding.MOST_SEARCHED // 30)]
    whole, cut = f"<p>{' '.join(sentences[:50] * 100)}</p>", f"<p>{' '.join(sentences)}</p>"
    text = factories.article()
    assert set(rules(text, body=whole)) == {"claim"}
    assert {"claim", "claims_cut"} <= set(rules(text, body=cut))


def test_the_call_to_action_leads_somewhere():
    text = factories.article()
    assert rules(text, call_address="/no/such/place/#part") == ["call_dead"]
    for address in ("", "/services/", text.get_absolute_url(), "https://example.com/", "mailto:a@example.com"):
        assert rules(text, call_address=address) == []


def test_nothing_is_written_by_looking():
    text = factories.article()
    findings(text, title="Other", body=HEADLESS)
    assert text.title != "Other"
    assert Article.objects.get(pk=text.pk).title == text.title


def test_every_rule_of_the_table_is_used_and_tested():
    files = {Path(check.__code__.co_filename) for check in CHECKS}
    used = {
        node.value
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
    }
    assert RULES.keys() <= used
    assert len(set(CHECKS)) == 20


def test_as_many_links_cost_as_many_queries(django_assert_max_num_queries):
    models = [factories.publishable(AIModel, f"M{number}") for number in range(12)]
    body = "".join(f'<p><a href="ref:catalog.aimodel/{model.pk}">x</a></p>' for model in models)
    body += "".join(f'<p><a href="{model.get_absolute_url()}">y</a></p>' for model in models)
    text = factories.article(body=body)
    with django_assert_max_num_queries(35):
        assert preflight(text, read(text)) == []


@pytest.mark.usefixtures("starter_content")
def test_the_starter_content_has_no_errors():
    records = [record for model in publishable_models() for record in model.objects.published()]
    assert records
    for record in records:
        content = read(record) if hasattr(record, "revised_rows") else None
        assert [finding.words for finding in preflight(record, content) if finding.is_error] == [], record
