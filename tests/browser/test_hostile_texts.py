"""Hostile HTML on every write path: none of its scripts runs, even without a Content-Security-Policy."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from articles.models import Article
from publishing.content.publishable import State
from tests import factories
from tests.publishing.richtext.xss_payloads import PAYLOADS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RAN = "window.__xss === 1"
TEMPTATIONS = """
for (const element of document.querySelectorAll("main *")) {
  for (const type of ["click", "mouseover", "pointerenter", "focus", "toggle", "mouseenter", "wheel", "dblclick"]) {
    element.dispatchEvent(new Event(type, { bubbles: true, cancelable: true }));
  }
}
"""


def by_save(articles):
    for article, payload in articles:
        article.body = payload
        article.save()


def by_update(articles):
    for article, payload in articles:
        Article.objects.filter(pk=article.pk).update(body=payload)


def by_bulk_create(articles):
    for article, _ in articles:
        article.delete()
    Article.objects.bulk_create(
        Article(title=article.title, slug=article.slug, summary="x", body=payload, state=State.PUBLISHED)
        for article, payload in articles
    )


def by_bulk_update(articles):
    for article, payload in articles:
        article.body = payload
    Article.objects.bulk_update([article for article, _ in articles], ["body"])


def by_the_form(articles):
    client = Client()
    client.force_login(factories.administrator())
    for article, payload in articles:
        form = {"title": article.title, "slug": article.slug, "summary": "x", "_continue": "publish"}
        form |= {"kind": "article", "reason": "A test"}
        form["body"] = sendable(payload)
        for prefix in ("author_links", "details", "question_links", "read_also_links"):
            form |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
        address = reverse("admin:articles_article_change", args=[article.pk])
        response = client.post(address, form)
        if asked := re.search(r'name="problems_seen" value="([^"]*)"', response.content.decode()):
            response = client.post(address, form | {"problems_seen": unescape(asked[1]), "reason": "A test."})
        # A payload that is empty after cleaning cannot be published, and the form says so.
        assert response.status_code == 302 or "Required for publishing" in response.content.decode()


def sendable(payload: str) -> str:
    """Return the text as it arrives in UTF-8, which cannot encode half of a surrogate pair."""
    return payload.encode(errors="replace").decode()


@pytest.fixture
def trusting_page(chromium, live_server):
    """A page that bypasses the Content-Security-Policy, so that only the sanitiser protects it."""
    context = chromium.new_context(base_url=live_server.url, bypass_csp=True)
    yield context.new_page()
    context.close()


@pytest.mark.journey
def test_no_script_of_a_body_runs(trusting_page):
    """Each different body that a write path stored is opened once: equal bodies make equal pages."""
    page = trusting_page
    opened = set()
    for write in (by_save, by_update, by_bulk_create, by_bulk_update, by_the_form):
        Article.objects.all().delete()
        payloads = [f"<p>Words.</p>{payload}" for _, payload in PAYLOADS]
        articles = [(factories.article(), payload) for payload in payloads]
        write(articles)
        for (name, _), (article, _) in zip(PAYLOADS, articles, strict=True):
            stored = Article.objects.get(slug=article.slug)
            if stored.body in opened:
                continue
            opened.add(stored.body)
            page.goto(stored.get_absolute_url(), wait_until="load")
            page.evaluate(TEMPTATIONS)
            assert not page.evaluate(RAN), f"{write.__name__}: {name}"
            assert "Words." in page.locator("main").inner_text()


def test_the_payloads_do_run_where_nobody_cleans_them(trusting_page):
    """The control: without payloads that do run, the test above would prove nothing."""
    ran = 0
    page = trusting_page
    page.goto("/healthz")
    for _, payload in PAYLOADS:
        page.set_content(f"<main>{payload}</main>", wait_until="load")
        page.evaluate(TEMPTATIONS)
        ran += page.evaluate(RAN)
        page.evaluate("window.__xss = 0")
    assert ran >= 35


def test_hostile_html_that_came_past_the_field_runs_neither_on_the_page_nor_in_the_editor(editor_page, db):
    article = factories.article()
    everything = "<p>Words.</p>" + "".join(sendable(payload).replace("\x00", "") for _, payload in PAYLOADS)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE articles_article SET body = %s WHERE id = %s", [everything, article.pk])
    page = editor_page
    page.goto(article.get_absolute_url())
    page.evaluate(TEMPTATIONS)
    assert not page.evaluate(RAN)
    page.goto(reverse("admin:articles_article_change", args=[article.pk]))
    page.locator(".ProseMirror[contenteditable]").wait_for()
    assert not page.evaluate(RAN)
