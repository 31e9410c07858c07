"""Share links to drafts for people without an account: who creates them, what they show, and that they expire."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from articles.models import Article, Author
from publishing.content.publishable import State
from publishing.revisions.models import Action, Revision
from publishing.workflow.actions import ActionRequest, latest_content, perform_action
from publishing.workflow.share_link import ShareLink
from tests import factories
from tests.publishing.admin.test_admin import editor, said
from tests.publishing.admin.test_drafts import draft_over
from tests.publishing.content.test_permissions import change_url, sign_in

__all__ = ["editor"]

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def share_url(record):
    return change_url(record).replace("/change/", "/share/")


def share(client, record, *, days=7):
    """Create a share link in the admin; return its path."""
    response = client.post(share_url(record), {"days": days}, follow=True)
    assert response.status_code == 200
    return re.search(r'value="http://[^/"]+(/preview/[^"]+)"', response.content.decode())[1]


@pytest.fixture
def stranger():
    """A function that opens an address without an account."""
    return lambda path: Client().get(path)


def test_link_shows_the_draft_over_a_live_page_and_follows_what_is_saved(editor, stranger):
    article = factories.article(title="Published words")
    draft_over(article, title="First draft")
    path = share(editor, article)
    response = stranger(path)
    html = response.content.decode()
    assert response.status_code == 200
    assert "First draft" in html
    assert "Published words" not in html
    assert "Shared by" in html
    assert '<meta name="robots" content="noindex' in html
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert not response.cookies
    draft_over(article, title="Second draft")
    assert "Second draft" in stranger(path).content.decode()
    assert "Published words" in stranger(article.get_absolute_url()).content.decode()


@pytest.mark.parametrize("make", [factories.question, factories.author, factories.topic, factories.question_topic])
def test_every_kind_of_draft_can_be_shared(make, editor, stranger):
    record = make(state=State.DRAFT)
    path = share(editor, record)
    assert str(record) in stranger(path).content.decode()
    assert stranger(record.get_absolute_url()).status_code == 404


def test_once_published_the_link_leads_to_the_page(editor, stranger):
    article = factories.article(state=State.DRAFT, title="Soon")
    path = share(editor, article)
    assert "Soon" in stranger(path).content.decode()
    perform_action(article, ActionRequest(Action.PUBLISH, latest_content(article)))
    response = stranger(path)
    assert (response.status_code, response.headers["Location"]) == (302, article.get_absolute_url())
    assert response.headers["Cache-Control"] == "no-store"
    draft_over(article, title="Next draft")
    assert "Next draft" in stranger(path).content.decode()


def test_bad_expired_and_revoked_links_are_not_found_in_the_very_same_words(editor, stranger, client):
    article = factories.article(state=State.DRAFT)
    with time_machine.travel(NOON, tick=False) as clock:
        revoked = share(editor, article, days=7)
        editor.post(f"{share_url(article)}revoke/")
        expired = share(editor, article, days=1)
        clock.shift(timedelta(days=1))
        alive = share(editor, article, days=7)
        other = factories.article(state=State.DRAFT)
        gone = share(editor, other)
        Article.objects.filter(pk=other.pk).update(deleted_at=NOON)
        archived = factories.article(state=State.DRAFT)
        ended = share(editor, archived)
        Article.objects.filter(pk=archived.pk).update(state=State.ARCHIVED)
        editor.logout()
        number, _, signature = alive.strip("/").rpartition("/")[2].partition(".")
        paths = [expired, revoked, gone, ended]
        paths += [f"/preview/{token}/" for token in (number, f"{int(number) + 1}.{signature}", f"{number}.x", ".", "é")]
        answers = [client.get(path, headers={"X-Request-ID": "the-same-for-all"}) for path in paths]
        assert stranger(alive).status_code == 200
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1
    assert answers[0].headers["Cache-Control"] == "no-store"


def test_token_of_another_secret_or_purpose_opens_nothing(editor, stranger, settings):
    path = share(editor, factories.article(state=State.DRAFT))
    settings.SECRET_KEY = "another secret of the same length as before"
    assert stranger(path).status_code == 404


def test_no_secret_is_stored(editor):
    path = share(editor, factories.article(state=State.DRAFT))
    signature = path.strip("/").rpartition(".")[2]
    row = ShareLink.objects.values().get()
    assert signature not in str(row)


def test_reading_a_link_changes_nothing(editor, stranger):
    article = factories.article(title="Live")
    draft_over(article, title="Draft", slug="elsewhere")
    path = share(editor, article)
    before = [*Article.objects.values(), *Revision.objects.values()]
    assert stranger(path).status_code == 200
    assert [*Article.objects.values(), *Revision.objects.values()] == before
    assert stranger("/articles/elsewhere/").status_code == 404


def test_a_signed_in_reader_sees_by_the_link_what_the_client_sees(editor, stranger):
    article = factories.article(state=State.DRAFT, authors=[factories.author(state=State.DRAFT, name="Hidden desk")])
    path = share(editor, article)
    assert "Hidden desk" not in editor.get(path).content.decode()


def test_author_shares_her_own_draft_and_nobody_elses(client, stranger):
    person = sign_in(client, "Author")
    own = factories.article(state=State.DRAFT, owner=person)
    assert stranger(share(client, own)).status_code == 200
    for other in (factories.article(state=State.DRAFT), factories.article(), factories.author()):
        assert client.get(share_url(other)).status_code == 403
        assert client.post(share_url(other), {"days": 7}).status_code == 403
        foreign = ShareLink.objects.create(record=other, expires_at="2999-01-01T00:00Z")
        assert client.post(f"{share_url(other)}revoke/").status_code == 403
        assert ShareLink.objects.filter(pk=foreign.pk).exists()
    assert client.get(f"{share_url(own)}revoke/").status_code == 405
    assert "revoked" in said(client.post(f"{share_url(own)}revoke/", follow=True))[0]
    client.logout()
    assert client.get(share_url(own)).headers["Location"].startswith("/admin/login/")


def test_page_shows_the_one_valid_link_and_offers_another_once_it_has_ended(editor):
    article = factories.article(state=State.DRAFT)
    assert "Select a valid choice" in editor.post(share_url(article), {"days": 999}).content.decode()
    path = share(editor, article)
    assert share(editor, article, days=30) == path
    html = editor.get(share_url(article)).content.decode()
    assert "Valid until " in html
    assert "Create link" not in html
    editor.post(f"{share_url(article)}revoke/")
    html = editor.get(share_url(article)).content.decode()
    assert "/preview/" not in html
    assert "Create link" in html
    assert share(editor, article) != path


def test_links_go_with_their_record(editor):
    author = factories.author(state=State.DRAFT)
    share(editor, author)
    Author.objects.get().delete()
    assert not ShareLink.objects.exists()
    assert not Revision.objects.exists()


def test_crawlers_are_told_to_leave_links_alone(client):
    assert "Disallow: /preview/\n" in client.get("/robots.txt").content.decode()


def test_a_link_lost_with_its_database_opens_none_that_was_given_its_key(stranger):
    article = factories.article(state=State.DRAFT)
    editor = factories.user("Editor")
    lost = ShareLink.objects.create(record=article, author=editor, expires_at="2999-01-01T00:00Z")
    path = lost.url
    assert stranger(path).status_code == 200
    ShareLink.objects.all().delete()
    other = factories.article(state=State.DRAFT)
    made = ShareLink.objects.create(pk=lost.pk, record=other, author=editor, expires_at="2999-01-01T00:00Z")
    assert stranger(path).status_code == 404
    assert stranger(ShareLink.objects.get().url).status_code == 200
    assert made.url == ShareLink.objects.get().url
