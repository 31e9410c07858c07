"""Texts that no longer agree with the catalogue: on the start page, on their list, above their form."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import AIModel
from publishing.admin.needs_review import PER_PAGE
from publishing.quality.staleness import FactChange, compare_due, passages_of
from tests import factories
from tests.forms import values_of
from tests.inbox import part_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]
LIST = "/admin/publishing/needs-review/"


@pytest.fixture
def article():
    model = factories.publishable(AIModel, "Sample", context_tokens=128_000)
    body = f'<p>It reads <a href="fact:catalog.aimodel/{model.pk}/context_tokens">128,000 tokens</a> at once.</p>'
    article = factories.article(title="How much it reads", body=body)
    AIModel.objects.filter(pk=model.pk).update(context_tokens=200_000)
    return article


def sent(response) -> dict:
    """Return the data that the button on this page sends."""
    return {"seen": re.search(r'name="seen" value="(\w+)"', response.text)[1]}


def form_url(article, more="change/"):
    return f"/admin/articles/article/{article.pk}/{more}"


def test_an_editor_is_told_where_and_what(client, article):
    client.force_login(factories.user("Editor"))
    assert part_of(client.get("/admin/"), "Changed facts").count == 1
    for page in (client.get(LIST).text, client.get(form_url(article)).text):
        assert "It reads 128,000 tokens at once." in page
        assert "<del>128,000 tokens</del>" in page
        assert "<ins>200,000 tokens</ins>" in page


def test_still_correct_ends_it_and_stands_in_the_history(client, article):
    client.force_login(factories.user("Editor"))
    response = client.post(form_url(article, "still-correct/"), sent(client.get(LIST)) | {"back": "list"}, follow=True)
    assert response.redirect_chain[-1][0] == LIST
    assert "Nothing to review. Every page you can publish agrees with the catalogue." in response.text
    assert passages_of(article) == []
    assert "still correct" in LogEntry.objects.latest("pk").get_change_message()
    assert "The catalogue says otherwise" not in client.get(form_url(article)).text


@pytest.mark.parametrize("page", [LIST, None])
def test_still_correct_is_said_of_what_was_seen_alone(client, article, page):
    client.force_login(factories.user("Editor"))
    seen = sent(client.get(page or form_url(article)))
    AIModel.objects.update(context_tokens=300_000)
    for said in (seen, {}):
        response = client.post(form_url(article, "still-correct/"), said, follow=True)
        assert "More has changed since you opened" in response.text
        assert "<ins>300,000 tokens</ins>" in response.text
    client.post(form_url(article, "still-correct/"), sent(client.get(page or form_url(article))))
    assert passages_of(article) == []
    # A colleague who has the same list open presses the button too: that is no error.
    assert "still correct" in client.post(form_url(article, "still-correct/"), seen, follow=True).text


@pytest.mark.parametrize("is_changed_meanwhile", [False, True])
def test_whoever_publishes_stands_by_what_her_form_said(client, article, is_changed_meanwhile):
    client.force_login(factories.user("Editor"))
    form = values_of(client.get(form_url(article)).text, "article_form")
    if is_changed_meanwhile:
        AIModel.objects.update(context_tokens=300_000)
    form |= {"title": ["How much it reads now"], "_save": ["publish"]}
    client.post(form_url(article), form)
    article.refresh_from_db()
    assert article.title == "How much it reads now"
    changes = [change for passage in passages_of(article) for change in passage.changes]
    assert changes == (
        [FactChange("Context window", "128,000 tokens", "300,000 tokens")] if is_changed_meanwhile else []
    )


@pytest.mark.parametrize("role", ["Author", "Catalogue manager", ""])
def test_others_neither_see_nor_say_it(client, article, role):
    client.force_login(factories.user(role))
    assert "How much it reads" not in client.get("/admin/").text
    assert "It reads" not in client.get(LIST).text
    assert client.post(form_url(article, "still-correct/")).status_code == 403
    assert passages_of(article)


def test_nothing_is_said_by_looking(client, article):
    client.force_login(factories.user("Editor"))
    assert client.get(form_url(article, "still-correct/")).status_code == 405
    assert client.post(LIST).status_code == 405


def test_the_list_and_the_start_page_cost_as_many_queries_for_many_texts(client, django_assert_max_num_queries):
    client.force_login(factories.administrator())
    models = [factories.publishable(AIModel, f"Sample {n}", context_tokens=128_000) for n in range(3)]

    def make(number):
        for _ in range(number):
            links = [f'<a href="fact:catalog.aimodel/{model.pk}/context_tokens">128k</a>' for model in models]
            factories.article(body="".join(f"<p>It reads {link}.</p>" for link in links))
        AIModel.objects.update(context_tokens=AIModel.objects.first().context_tokens + 1)
        compare_due(60)

    make(2)
    counts = {}
    for path in (LIST, "/admin/"):
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counts[path] = len(queries)
    make(PER_PAGE)
    for path, count in counts.items():
        with django_assert_max_num_queries(count):
            response = client.get(path)
    assert part_of(response, "Changed facts").count == PER_PAGE + 2


def test_the_list_has_pages(client, monkeypatch, article):
    monkeypatch.setattr("publishing.admin.needs_review.PER_PAGE", 1)
    model = AIModel.objects.get()
    link = f'<a href="ref:catalog.aimodel/{model.pk}">Sample</a>'
    factories.article(title="Another", body=f"<p>We like {link}.</p>")
    AIModel.objects.update(name="New name")
    client.force_login(factories.user("Editor"))
    titles = []
    for number in (1, 2):
        page = client.get(LIST, {"page": number}).text
        assert f"Page {number} of 2, 2 texts" in page
        titles += re.findall(r'<h2 id="stale-1"><a href="[^"]+">([^<]+)</a>', page)
    assert sorted(titles) == ["Another", "How much it reads"]
