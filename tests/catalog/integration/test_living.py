"""A change of the catalogue, from its announcement to every form of the text and the editors' review list."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import AIModel
from tests import factories as people
from tests.catalog import factories
from tests.catalog.admin.test_impact import action, form_of, sent_on
from tests.catalog.feeds import SMALL, small, take_over
from tests.inbox import part_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]
REVIEW = "/admin/publishing/needs-review/"


def addresses(article) -> list[str]:
    return [
        article.get_absolute_url(),
        article.markdown_url,
        *(f"/articles/feed.{form}" for form in ("rss", "atom", "json")),
        f"/api/v1/articles/{article.slug}/",
    ]


def told(client, article, words: str) -> list[str]:
    """Return the addresses at which this article's text contains these words."""
    return [path for path in addresses(article) if words in client.get(path).text]


@pytest.fixture
def editor(client):
    person = people.administrator()
    return lambda: client.force_login(person)


def about(model):
    body = f'<p>It reads <a href="fact:catalog.aimodel/{model.pk}/context_tokens">100,000 tokens</a> at once.</p>'
    return people.article(title="About Alpha", body=body)


def check_review(client):
    assert part_of(client.get("/admin/"), "Changed facts").count == 1
    page = client.get(REVIEW).text
    assert "It reads 100,000 tokens at once." in page
    assert "<del>100,000 tokens</del>" in page
    assert "<ins>200,000 tokens</ins>" in page


def test_a_context_changed_by_hand(client, editor):
    model = factories.model(name="Alpha 1", context_tokens=100_000)
    article = about(model)
    assert told(client, article, "100,000 tokens") == addresses(article)
    editor()
    path = reverse("admin:catalog_aimodel_change", args=[model.pk])
    page = client.post(path, form_of(model, context_tokens=200_000)).text
    assert "This change affects 1 article." in page
    assert "About Alpha" in page
    assert told(client, article, "200,000 tokens") == []
    client.post(path, sent_on(page) | {"_save": "yes"})
    assert told(client, article, "200,000 tokens") == addresses(article)
    assert told(client, article, "100,000 tokens") == []
    check_review(client)


def test_a_context_changed_by_an_import(client, editor):
    take_over(SMALL)
    article = about(AIModel.objects.get(slug="alpha-1"))
    run = take_over(small(**{"models__acme/alpha-1__limit__context": 200_000}), holds=True)
    editor()
    report = client.get(reverse("admin:catalog_importrun_change", args=[run.pk])).text
    assert "would change pages" in report
    assert "100,000 tokens → 200,000 tokens" in report
    held = reverse("admin:catalog_heldrecord_changelist")
    assert "This change affects 1 article." in client.post(held, action("apply", run.held.get())).text
    assert told(client, article, "200,000 tokens") == []
    client.post(held, action("apply", run.held.get(), impact_seen="yes"))
    assert told(client, article, "200,000 tokens") == addresses(article)
    check_review(client)


def test_forty_facts_add_one_query_to_every_form(client):
    models = [factories.model(context_tokens=1_000 + place, licence="MIT") for place in range(10)]
    for model in models:
        factories.price(amount="1", offering=factories.offering(model=model))
        model.events.create(kind="released", date="2025-01-01")
    names = ("context_tokens", "licence", "input_price", "released_on")
    facts = "".join(
        f'<p><a href="fact:catalog.aimodel/{model.pk}/{name}">x</a></p>' for model in models for name in names
    )

    def queries(body):
        article = people.article(body=body)
        found = {}
        for path in addresses(article):
            client.get(path)
            with CaptureQueriesContext(connection) as captured:
                text = client.get(path).text
            key = re.sub(rf"{article.slug}", "…", path)
            found[key] = len(captured)
            if body == facts:
                assert text.count("1,00") >= 10, path
        article.delete()
        return found

    plain, rich = queries("<p>Words.</p>"), queries(facts)
    # The models with their documents, and whether all is stamped.
    assert {path: count - plain[path] for path, count in rich.items()} == dict.fromkeys(plain, 1)
