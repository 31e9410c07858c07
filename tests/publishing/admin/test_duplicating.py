"""A copy of a text: its content and rows, an address of its own, and its owner."""

import pytest

from articles.models import Article, Service
from faq.models import Question
from publishing.content.publishable import State
from publishing.revisions.models import Revision
from tests import factories
from tests.publishing.content.test_permissions import change_url, form_of

pytestmark = pytest.mark.django_db


def duplicate(client, record):
    kind = record.search_kind()._meta
    return client.post(f"/admin/{kind.app_label}/{kind.model_name}/{record.pk}/duplicate/")


@pytest.fixture
def editor(client):
    person = factories.user("Editor")
    client.force_login(person)
    return person


def test_copy_says_the_same_and_is_a_draft_of_its_own(client, editor):
    topic, author = factories.topic(), factories.author()
    question, other = factories.question(), factories.article()
    article = factories.article(title="What it costs", topics=[topic], authors=[author], owner=factories.user("Author"))
    article.question_links.create(question=question, position=1)
    article.read_also_links.create(other=other, position=1)
    response = duplicate(client, article)
    copy = Article.objects.latest("pk")
    assert response.headers["Location"] == change_url(copy)
    assert (copy.title, copy.body, copy.state, copy.owner) == (article.title, article.body, State.DRAFT, editor)
    assert copy.slug not in {"", article.slug}
    assert copy.first_published_at is None
    assert [*copy.topics.all()] == [topic]
    assert [link.author for link in copy.author_links.all()] == [author]
    assert [link.question for link in copy.question_links.all()] == [question]
    assert [link.other for link in copy.read_also_links.all()] == [other]
    assert article.author_links.count() == 1, "the rows of the first stay with it"
    assert Revision.objects.head(copy).note == "Copy of “What it costs”"


def test_a_copied_page_does_not_enter_the_footer(client, editor):
    duplicate(client, factories.article(kind="page", title="About us"))
    assert [*Article.objects.order_by("pk").values_list("show_in_footer", flat=True)] == [True, False]


def test_every_kind_of_text_has_its_button(client, editor):
    service = Service.objects.create(title="A service", summary="S", body="<p>b</p>", state=State.PUBLISHED)
    service.details.create(label="For", value="Banks", position=1)
    duplicate(client, service)
    copy = Article.objects.latest("pk")
    assert (copy.kind, [str(row.value) for row in copy.details.all()]) == ("service", ["Banks"])
    question = factories.question(question="Why?")
    duplicate(client, question)
    assert Question.objects.latest("pk").topic == question.topic
    assert "Duplicate" in client.get(change_url(question)).content.decode()
    assert "Duplicate" not in client.get(change_url(factories.topic())).content.decode()


def test_editor_copies_the_draft_and_an_author_what_readers_see(client, editor):
    article = factories.article(title="Public words")
    client.post(change_url(article), form_of(article, title="Secret words"))
    duplicate(client, article)
    assert Article.objects.latest("pk").title == "Secret words"
    author = factories.user("Author")
    client.force_login(author)
    duplicate(client, article)
    copy = Article.objects.latest("pk")
    assert (copy.title, copy.owner, copy.state) == ("Public words", author, State.DRAFT)


def test_author_copies_no_draft_of_others(client, editor):
    draft = factories.article(state=State.DRAFT, owner=editor)
    client.force_login(factories.user("Author"))
    assert duplicate(client, draft).status_code == 403
    assert Article.objects.count() == 1


def test_what_lies_in_the_trash_is_not_copied(client, editor):
    article = factories.article(deleted_at="2026-01-01T00:00Z")
    assert duplicate(client, article).status_code == 403
