"""The message about a changed address after saving."""

import pytest

from publishing.content.redirect import Redirect
from tests import factories
from tests.publishing.admin.test_admin import said
from tests.publishing.content.test_permissions import change_url, form_of, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    return factories.article(slug="old", title="Costs")


def save(client, article, action="publish", **changes):
    response = client.post(change_url(article), form_of(article, _continue=action, **changes), follow=True)
    assert response.redirect_chain, response.context["errors"]
    return said(response)[0]


def test_message_after_saving_says_where_the_old_address_leads(client, article):
    sign_in(client, "Editor")
    assert "/articles/old/ now redirects to /articles/new/." in save(client, article, slug="new")
    assert client.get("/articles/old/").headers["Location"] == "/articles/new/"


def test_nothing_is_said_of_an_address_that_stays_or_that_nobody_knew(client, article):
    sign_in(client, "Editor")
    assert "leads to" not in save(client, article, title="Costs more")
    draft = factories.article(slug="draft", state="draft")
    assert "leads to" not in save(client, draft, "save", slug="other")


def test_over_a_draft_the_redirect_comes_when_readers_see_it(client, article):
    sign_in(client, "Editor")
    assert "leads to" not in save(client, article, "save", slug="new")
    assert not Redirect.objects.exists()
    assert "/articles/old/ now redirects to /articles/new/." in save(client, article, slug="new")
