"""The preview beside a form: the page that readers would get of the typed text; it is not stored or cached."""

import pytest
from django.apps import apps
from django.test import Client

from articles.models import Article, Author
from publishing.content.publishable import State
from publishing.content.redirect import Redirect
from publishing.content.reference import Reference
from publishing.content.registry import publishable_models
from publishing.revisions.models import Revision
from publishing.search.entry import SearchEntry
from tests import factories
from tests.publishing.admin.test_admin import editor
from tests.publishing.admin.test_drafts import draft_over, full_article, sent_by_the_form
from tests.publishing.content.test_permissions import ARTICLES, change_url, form_of, sign_in

__all__ = ["editor"]

pytestmark = pytest.mark.django_db


def preview_url(record):
    return change_url(record).replace("/change/", "/preview/")


def preview(client, record, **changes):
    return client.post(preview_url(record), sent_by_the_form(client, record) | changes)


def everything() -> list:
    return [sorted(map(str, model._base_manager.values())) for model in apps.get_models()]


def test_preview_shows_what_is_typed_with_its_rows_and_tags_and_saves_nothing(editor):
    article = full_article()
    question = factories.question(question="Why so dear?")
    topic, other = factories.topic(name="Fresh topic"), factories.article(title="Read this too")
    form = sent_by_the_form(editor, article) | {
        "title": "Not saved",
        "slug": "elsewhere",
        "body": f'<p>See <a href="ref:articles.article/{other.pk}">that</a>.</p>',
        "topics": [topic.pk],
        "question_links-0-question": question.pk,
        "author_links-0-DELETE": "on",
    }
    first, second = (link.author.name for link in article.author_links.all())
    editor.get("/")  # fills the caches of the process
    before = everything()
    html = editor.post(preview_url(article), form).content.decode()
    assert everything() == before
    for words in ("Not saved", "Fresh topic", "Why so dear?", f'href="{other.get_absolute_url()}"', second):
        assert words in html, words
    assert first not in html
    assert "This version is not public" not in html
    assert '<base target="_blank">' in html
    assert 'content="noindex' in html
    for model in (Revision, Redirect):
        assert not model.objects.exists()
    assert Client().get("/articles/elsewhere/").status_code == 404


def test_preview_begins_from_the_draft_and_leaves_the_page_alone(editor):
    article = factories.article(title="Live")
    draft_over(article, title="Draft")
    assert "Draft" in preview(editor, article).content.decode()
    assert "Draft" not in Client().get(article.get_absolute_url()).content.decode()


def test_every_kind_of_record_has_a_preview(editor):
    for model in publishable_models():
        if not hasattr(model, "revisions"):
            continue
        for variant in factories.variants(model):
            record = factories.publishable(model, "kind", **variant)
            record.__class__ = record.search_kind()
            response = preview(editor, record, **{model.title_field: "Typed just now"})
            assert response.status_code == 200, record
            assert "Typed just now" in response.content.decode(), record


def test_what_is_not_stored_yet_has_a_preview_too(editor):
    html = editor.post(f"{ARTICLES}add/preview/", form_of(title="Brand new", body="", summary="")).content.decode()
    assert "Brand new" in html
    assert not Article.objects.exists()
    assert not SearchEntry.objects.exists()
    assert not Reference.objects.exists()
    response = editor.post("/admin/articles/author/add/preview/", {"name": ""})
    assert "Name: This field is required." in response.content.decode()
    assert not Author.objects.exists()


def test_what_is_wrong_is_said_above_the_page_without_it(editor):
    factories.article(slug="taken")
    article = full_article()
    html = preview(editor, article, title="Typed", canonical_url="x", slug="taken").content.decode()
    for words in (
        "Fields with errors are not shown.",
        "Original address: Enter a valid URL.",
        "Address: Another record already uses this address",
        "Typed",
    ):
        assert words in html, words


def test_a_row_that_stands_there_twice_is_said(editor):
    article = full_article()
    first = article.authors.first()
    html = preview(editor, article, title="Typed", **{"author_links-1-author": first.pk}).content.decode()
    assert "Typed" in html
    assert "Author of the article: Please correct the duplicate" in html


def test_an_incomplete_text_can_be_looked_at(editor):
    article = factories.article()
    response = preview(editor, article, title="", summary="", body="")
    assert response.status_code == 200
    assert "The form has errors" not in response.content.decode()


def test_preview_is_framed_by_the_admin_alone_and_kept_by_nobody(editor):
    response = preview(editor, factories.article())
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert "no-store" in response.headers["Cache-Control"]


def test_only_who_may_change_a_record_has_its_preview(client):
    person = sign_in(client, "Author")
    own = factories.article(state=State.DRAFT, owner=person)
    assert preview(client, own).status_code == 200
    for other in (factories.article(state=State.DRAFT), factories.article(), factories.author()):
        assert client.post(preview_url(other), form_of(title="x", name="x")).status_code == 403
    assert client.post("/admin/articles/topic/add/preview/", {"name": "x"}).status_code == 403
    assert client.get(preview_url(own)).status_code == 405
    client.logout()
    assert client.post(preview_url(own)).headers["Location"].startswith("/admin/login/")
