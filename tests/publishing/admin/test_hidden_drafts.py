"""Others' drafts stay hidden from an Author who sends their keys: in a text, in rows, by a copy, by a link."""

import pytest
from django.test import Client

from articles.models import Article, PlacedQuestion, ReadAlso
from publishing.content.publishable import State
from publishing.revisions.models import Action, Revision
from publishing.workflow.actions import ActionRequest, latest_content, perform_action
from publishing.workflow.share_link import ShareLink
from tests import factories
from tests.forms import values_of
from tests.publishing.content.test_permissions import change_url, sign_in

pytestmark = pytest.mark.django_db
SECRET = "zyxwsecret"


@pytest.fixture
def author(client):
    return sign_in(client, "Author")


@pytest.fixture
def hidden():
    """An article and a question that another user is writing."""
    return (
        factories.article(title=f"{SECRET} article", slug="hidden", state=State.DRAFT),
        factories.question(question=f"{SECRET} question?", slug="hidden", state=State.DRAFT),
    )


def typed(client, record):
    return values_of(client.get(change_url(record)).content, "article_form")


def naming(article, question):
    """Return form data that has both in the rows of an article."""
    return {
        "read_also_links-TOTAL_FORMS": "1",
        "read_also_links-0-other": str(article.pk),
        "read_also_links-0-position": "1",
        "question_links-TOTAL_FORMS": "1",
        "question_links-0-question": str(question.pk),
        "question_links-0-position": "1",
    }


def draft_with(owner, article, question):
    """Create a draft of `owner` in which an editor placed both."""
    own = factories.article(title="Own", state=State.DRAFT, owner=owner)
    ReadAlso.objects.create(article=own, other=article, position=1)
    PlacedQuestion.objects.create(article=own, question=question, position=1)
    return own


def test_what_is_said_before_publishing_names_no_draft_that_a_text_or_a_row_leads_to(client, author, hidden):
    article, question = hidden
    own = factories.article(state=State.DRAFT, owner=author)
    body = f'<p><a href="ref:articles.article/{article.pk}">a</a> <a href="ref:faq.question/{question.pk}">b</a></p>'
    values = typed(client, own) | {"body": body}
    page = client.post(change_url(own).replace("/change/", "/preflight/"), values).content.decode()
    assert page.count("“another user’s draft”") == 4  # each is named twice, with its link
    assert SECRET not in page
    placed = draft_with(author, article, question)
    assert SECRET not in client.get(change_url(placed)).content.decode()


def test_an_editor_reads_there_how_it_is_called(client, hidden):
    sign_in(client, "Editor")
    own = factories.article(state=State.DRAFT, body=f'<p><a href="ref:articles.article/{hidden[0].pk}">a</a></p>')
    assert f"“{SECRET} article”" in client.get(change_url(own)).content.decode()


@pytest.mark.parametrize("way", ["change", "preview", "autosave"])
def test_keys_of_drafts_in_rows_are_no_choice(way, client, author, hidden):
    own = factories.article(state=State.DRAFT, owner=author)
    values = typed(client, own) | naming(*hidden) | {"writer": author.pk, "_continue": "save"}
    page = client.post(change_url(own).replace("change/", f"{way}/"), values).content.decode()
    assert "Select a valid choice" in page
    assert SECRET not in page
    assert not ReadAlso.objects.filter(article=own).exists()


def test_rows_that_an_author_is_not_shown_stay_when_she_saves(client, author, hidden):
    own = draft_with(author, *hidden)
    values = typed(client, own)
    assert values["read_also_links-TOTAL_FORMS"] == ["0"]
    client.post(change_url(own), values | {"title": "Mine", "_continue": "save"})
    own.refresh_from_db()
    assert own.title == "Mine"
    assert [*own.read_also_links.values_list("other", flat=True)] == [hidden[0].pk]
    assert [*own.question_links.values_list("question", flat=True)] == [hidden[1].pk]


def test_copy_of_a_page_leaves_out_what_she_may_not_see(client, author, hidden):
    page = factories.article(title="Live")
    other = factories.article()
    for position, record in enumerate([hidden[0], other]):
        ReadAlso.objects.create(article=page, other=record, position=position)
    answer = client.post(change_url(page).replace("/change/", "/duplicate/"), follow=True)
    assert SECRET not in answer.content.decode()
    copy = Article.objects.latest("pk")
    assert [*copy.read_also_links.values_list("other", flat=True)] == [other.pk]


def test_link_of_an_author_leads_to_the_page_once_her_text_is_published(client, author):
    own = factories.article(title="Own", state=State.DRAFT, owner=author)
    client.post(change_url(own).replace("/change/", "/share/"), {"days": 30})
    path = ShareLink.objects.get().url
    assert Client().get(path).status_code == 200
    editor = factories.user("Editor")
    own.refresh_from_db()
    perform_action(own, ActionRequest(Action.PUBLISH, latest_content(own), author=editor))
    content = latest_content(own)
    content["fields"]["title"] = f"{SECRET} update"
    perform_action(own, ActionRequest(Action.SAVE, content, author=editor))
    answer = Client().get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, own.get_absolute_url())
    perform_action(own, ActionRequest(Action.UNPUBLISH, content, author=editor))
    assert Client().get(path).status_code == 404


def test_link_of_whoever_left_shows_no_draft_and_the_list_says_so(client):
    editor = sign_in(client, "Editor")
    article = factories.article(state=State.DRAFT)
    gone = factories.user("Editor")
    link = ShareLink.objects.create(record=article, author=gone, expires_at="2999-01-01T00:00Z")
    assert Client().get(link.url).status_code == 200
    gone.is_active = False
    gone.save()
    assert Client().get(link.url).status_code == 404
    assert editor.is_active
    assert "may no longer see drafts" in client.get(change_url(article).replace("/change/", "/share/")).content.decode()


def test_a_form_that_begins_from_no_version_keeps_its_text(client, author):
    own = factories.article(state=State.DRAFT, owner=author)
    values = typed(client, own) | {"title": "Typed", "token": f"{'9' * 5_000}/x", "_continue": "save"}
    assert client.post(change_url(own), values).status_code == 302
    assert Revision.objects.of(own).filter(content__fields__title="Typed", is_aside=True).exists()
