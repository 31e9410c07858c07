"""Comments on passages: threads, mentions and notifications, and who may read and write them."""

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publishing.content.publishable import State
from publishing.workflow.actions import token_of
from publishing.workflow.comment import Comment
from publishing.workflow.review import mentioned_in
from tests import factories
from tests.publishing.content.test_permissions import change_url, form_of
from tests.publishing.workflow.test_review import people, work

pytestmark = pytest.mark.django_db
__all__ = ["people"]
PASSAGE = {"field": "body", "quotation": "It is cheap.", "prefix": "Prices fell. ", "suffix": " Buy it."}


def comments_url(article):
    return f"/admin/articles/article/{article.pk}/comments/"


def comment(client, article, text, **values):
    return client.post(comments_url(article), {"text": text, **values})


@pytest.fixture
def article(people):
    return factories.article(title="Costs", state=State.DRAFT, owner=people[0])


def test_a_comment_on_a_passage_reaches_the_writer_with_its_quotation(client, people, article, mail_server):
    author, editor = people
    client.force_login(editor)
    page = comment(client, article, "Says who?", **PASSAGE)
    assert page.status_code == 200
    assert 'data-quotation="It is cheap."' in page.content.decode()
    assert 'data-prefix="Prices fell. "' in page.content.decode(), "spaces belong to the context"
    work()
    assert [message.to for message in mail.outbox] == [[author.email]]
    assert "“It is cheap.”" in mail.outbox[0].body
    client.force_login(author)
    assert "Comment by Emil: “Says who?”" in client.get("/admin/").content.decode()
    assert "Says who?" in client.get(change_url(article)).content.decode()


def test_a_reply_answers_and_a_resolved_thread_waits_for_nobody(client, people, article, mail_server):
    author, editor = people
    client.force_login(editor)
    comment(client, article, "Says who?", **PASSAGE)
    root = Comment.objects.get()
    work()
    mail.outbox.clear()
    client.force_login(author)
    comment(client, article, "The vendor.", parent=root.pk)
    assert "Comment by" not in client.get("/admin/").content.decode(), "the author has answered"
    work()
    assert [message.to for message in mail.outbox] == [[editor.email]]
    client.force_login(editor)
    page = client.post(f"{comments_url(article)}{root.pk}/resolve/").content.decode()
    assert "Resolved by Emil" in page
    assert "No open comments." in page
    comment(client, article, "Which page?", parent=root.pk)
    root.refresh_from_db()
    assert root.resolved_at is None, "a reply opens the thread again"
    client.post(f"{comments_url(article)}{root.pk}/resolve/")
    assert (
        "Resolved by" not in client.post(f"{comments_url(article)}{root.pk}/resolve/", {"reopen": 1}).content.decode()
    )


def test_a_mentioned_colleague_is_told_and_finds_it_on_the_dashboard(client, people, article, mail_server):
    author, _editor = people
    other = factories.user("Editor", first_name="Olga", last_name="Ott", email="olga@example.org")
    outsider = factories.user("Author", first_name="Oscar", email="oscar@example.org")
    client.force_login(author)
    comment(client, article, "Is that so, @Olga Ott? And you, @Oscar?", **PASSAGE)
    work()
    assert [message.to for message in mail.outbox] == [[other.email]], "others may not read the draft"
    client.force_login(other)
    assert "Comment by Anna" in client.get("/admin/").content.decode()
    client.force_login(outsider)
    assert "Comment by Anna" not in client.get("/admin/").content.decode()
    assert comment(client, article, "No.", **PASSAGE).status_code == 403
    assert client.get(comments_url(article)).status_code == 403


def test_the_longest_name_is_mentioned():
    anna, anna_b = (
        factories.user(username=name, first_name="Anna", last_name=last) for name, last in (("a", ""), ("b", "Berg"))
    )
    assert mentioned_in("Ask @anna berg.", [anna, anna_b]) == [anna_b]
    assert mentioned_in("Ask @Anna.", [anna, anna_b]) == [anna]
    assert mentioned_in("Ask anna@b.example or @Annabel", [anna, anna_b]) == []


def test_comments_that_do_not_belong_to_the_text_are_refused(client, people, article):
    elsewhere = factories.article(title="Other")
    client.force_login(people[1])
    comment(client, elsewhere, "There.", **PASSAGE)
    root = Comment.objects.get()
    assert comment(client, article, "Here.", parent=root.pk).status_code == 404
    assert client.post(f"{comments_url(article)}{root.pk}/resolve/").status_code == 404
    empty = comment(client, article, "", **PASSAGE)
    assert (empty.status_code, empty.content) == (400, b"This field is required.")
    assert comment(client, article, "x", **PASSAGE | {"quotation": "x" * 1001}).status_code == 400


def test_a_comment_on_a_text_without_versions_makes_no_conflict(client, people, article):
    client.force_login(people[0])
    article.refresh_from_db()
    form = form_of(article, title="Cheaper", token=token_of(article, None))
    comment(client, article, "So?", **PASSAGE)
    assert client.post(change_url(article), form).status_code == 302
    article.refresh_from_db()
    assert article.title == "Cheaper"


def test_twenty_threads_cost_as_many_queries_as_two(client, people, article):
    client.force_login(people[1])
    for number in range(2):
        comment(client, article, f"Comment {number}", **PASSAGE)
    with CaptureQueriesContext(connection) as few:
        client.get(comments_url(article))
    for number in range(18):
        comment(
            client, article, f"Comment {number}", parent=Comment.objects.first().pk if number % 2 else "", **PASSAGE
        )
    with CaptureQueriesContext(connection) as many:
        client.get(comments_url(article))
    assert len(many) == len(few)
