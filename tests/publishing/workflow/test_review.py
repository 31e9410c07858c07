"""Review: the thread of a text, an editor's decision, notifications by mail, and the lists of waiting texts."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from articles.models import Article
from publishing.accounts.mails import MOST_ATTEMPTS, queue_password_resets, send_queued_mail
from publishing.content.publishable import State
from publishing.revisions.models import Action, Revision
from publishing.workflow.comment import Comment
from tests import factories
from tests.inbox import part_of
from tests.publishing.content.test_permissions import change_url, form_of

pytestmark = pytest.mark.django_db
TASKS = {task.module_path: task for task in (send_queued_mail, queue_password_resets)}


def work():
    """Do the worker's job: run the waiting tasks."""
    while waiting := DBTaskResult.objects.ready().first():
        TASKS[waiting.task_path].call(*waiting.args_kwargs["args"])
        waiting.delete()


def review_url(article):
    return f"/admin/articles/article/{article.pk}/review/"


def say(client, article, text="", verdict="", seen=None):
    head = Revision.objects.head(article)
    seen = (str(head.pk) if head else "") if seen is None else seen
    return client.post(review_url(article), {"text": text, "verdict": verdict, "seen": seen})


@pytest.fixture
def people(db):
    return (
        factories.user("Author", first_name="Anna", email="anna@example.org"),
        factories.user("Editor", first_name="Emil", email="emil@example.org"),
    )


def submitted(client, author):
    article = factories.article(title="What it costs", state=State.DRAFT, owner=author)
    client.force_login(author)
    assert client.post(change_url(article), form_of(article, _continue="submit", note="Please")).status_code == 302
    article.refresh_from_db()
    return article


def test_submitting_mails_the_editors_and_stands_on_their_desk(client, people, mail_server):
    author, editor = people
    superuser = factories.administrator(email="root@example.org")
    factories.user("Catalogue manager", email="cora@example.org")
    article = submitted(client, author)
    assert not mail.outbox, "nothing is sent by the request"
    work()
    assert {message.to[0] for message in mail.outbox} == {editor.email, superuser.email}
    assert "Anna submitted a text" in mail.outbox[0].body
    assert f"/admin/articles/article/{article.pk}/change/" in mail.outbox[0].body
    client.force_login(editor)
    [item] = part_of(client.get("/admin/"), "Reviews").items
    assert (item.step, item.step_url, item.waiting_for) == ("Review", review_url(article), "any editor")


def test_a_named_reviewer_alone_is_mailed_and_named(client, people, mail_server):
    author, editor = people
    factories.user("Editor", first_name="Olga", email="olga@example.org")
    article = factories.article(title="Costs", state=State.DRAFT, owner=author)
    client.force_login(author)
    form = form_of(article, _continue="submit", reviewer=editor.pk)
    assert client.post(change_url(article), form).status_code == 302
    work()
    assert [message.to for message in mail.outbox] == [[editor.email]]
    assert "Waiting for Emil." in client.get(review_url(article)).content.decode()
    assert "waiting for Emil" in client.get("/admin/").content.decode()
    form = client.get(change_url(article))
    assert f'<option value="{editor.pk}" selected>Emil</option>' in form.text
    assert "waiting for Emil" in form.text
    client.force_login(editor)
    assert "Waiting for Emil" in client.get("/admin/").content.decode()
    client.force_login(author)
    outsider = form_of(article, _continue="save", reviewer=author.pk)
    assert client.post(change_url(article), outsider).status_code == 200, "authors may not be asked"


def test_another_reviewer_is_asked_by_saving(client, people, mail_server):
    author, editor = people
    olga = factories.user("Editor", first_name="Olga", email="olga@example.org")
    article = submitted(client, author)
    for person, subjects in ((editor, 1), (editor, 1), (olga, 2)):
        client.post(change_url(article), form_of(article, reviewer=person.pk))
        work()
        assert Revision.objects.submission(article).reviewer == person
        named = [message for message in mail.outbox if message.to == [person.email]]
        assert len(named) == subjects - (person == olga), "mailed once more only if it is another person"
    client.force_login(editor)
    assert part_of(client.get("/admin/"), "Reviews") is None


def test_an_approved_text_is_published_or_scheduled_on_its_review_page(client, people):
    author, editor = people
    client.force_login(editor)
    moment = (timezone.now() + timedelta(days=3)).replace(microsecond=0)
    for button, status in (("publish", "Published"), (f"schedule {moment.isoformat()}", "Scheduled")):
        article = submitted(client, author)
        client.force_login(editor)
        say(client, article, verdict="approved")
        page = client.get(review_url(article)).text
        assert "Approve and publish" not in page
        assert 'value="publish">Publish</button>' in page
        assert "Tomorrow 9:00" in page
        past = say(client, article, verdict="schedule 2020-01-01T09:00:00+00:00")
        assert "This date is past" in past.text
        assert say(client, article, verdict=button).status_code == 302
        article.refresh_from_db()
        assert article.status == status
        assert Comment.objects.of(article).count() == 1, "the approval, and no second one"
    assert article.publish_at == moment
    for unknown in ("schedule soon", "schedule", "nonsense"):
        assert "Press one of the buttons" in say(client, article, verdict=unknown).text


def test_changes_requested_go_back_to_the_author_with_the_words(client, people, mail_server):
    author, editor = people
    article = submitted(client, author)
    work()
    mail.outbox.clear()
    client.force_login(editor)
    assert say(client, article, "Say what it costs.", "changes").status_code == 302
    article.refresh_from_db()
    assert article.state == State.DRAFT
    assert Revision.objects.head(article).action == Action.RETURN
    assert part_of(client.get("/admin/"), "Reviews") is None
    work()
    assert [message.to for message in mail.outbox] == [[author.email]]
    assert "Say what it costs." in mail.outbox[0].body
    client.force_login(author)
    text = client.get("/admin/").content.decode()
    assert "Emil asks for changes: “Say what it costs.”" in text
    assert "changes requested by Emil" in client.get(change_url(article)).content.decode()
    # The author answers, edits and submits again: then the text waits for the editor.
    assert say(client, article, "It is free.").status_code == 302
    assert client.post(change_url(article), form_of(article, _continue="submit", title="Better")).status_code == 302
    assert part_of(client.get("/admin/"), "Reviews") is None


def test_author_hears_only_of_editors_and_editors_who_spoke_hear_of_her(client, people, mail_server):
    author, editor = people
    factories.user("Editor", email="other@example.org")
    article = submitted(client, author)
    client.force_login(editor)
    say(client, article, "A question.")
    work()
    mail.outbox.clear()
    client.force_login(author)
    say(client, article, "An answer.")
    work()
    assert [message.to for message in mail.outbox] == [[editor.email]]


def test_approval_publishes_nothing_and_is_of_that_version(client, people, mail_server):
    author, editor = people
    article = submitted(client, author)
    client.force_login(editor)
    assert say(client, article, verdict="approved").status_code == 302
    article.refresh_from_db()
    assert article.state == State.IN_REVIEW
    text = client.get(change_url(article)).content.decode()
    assert "approved by Emil" in text
    assert "changed since" not in text
    assert "approved already" in say(client, article, verdict="approved").content.decode()
    assert 'value="approved"' not in client.get(review_url(article)).content.decode()
    client.force_login(author)
    client.post(change_url(article), form_of(article, title="Other words"))
    assert "approved, but edited since, by Emil" in client.get(change_url(article)).content.decode()
    client.force_login(editor)
    client.post(change_url(article), form_of(article, title="Other words", _continue="publish"))
    text = client.get(change_url(article)).content.decode()
    assert "approved by Emil" not in text
    assert "edited since" not in text


def test_an_editor_approves_and_publishes_at_once_and_an_author_may_not(client, people):
    author, editor = people
    article = submitted(client, author)
    assert say(client, article, verdict="publish").status_code == 403
    client.force_login(editor)
    assert "Approve and publish" in client.get(review_url(article)).text
    assert say(client, article, verdict="publish").status_code == 302
    article.refresh_from_db()
    assert article.state == State.PUBLISHED
    assert Comment.objects.get().verdict == "approved"


def test_the_review_shows_the_text_and_what_changed_since_it_was_asked_for(client, people):
    author, editor = people
    article = submitted(client, author)
    client.force_login(editor)
    page = client.get(review_url(article)).content.decode()
    assert "Submitted by Anna" in page
    assert "unchanged since" in page
    client.post(change_url(article), form_of(article, title="What it really costs"))
    page = client.get(review_url(article)).content.decode()
    assert "Changed since it was submitted by Anna" in page
    assert "<ins>really" in page
    assert "&lt;h1" in page
    assert "What it really costs&lt;/h1&gt;" in page, "as readers would see it, in a frame"


def test_verdict_on_a_version_that_is_not_the_last_does_nothing(client, people):
    author, editor = people
    article = submitted(client, author)
    seen = str(Revision.objects.head(article).pk)
    client.post(change_url(article), form_of(article, title="Later"))
    client.force_login(editor)
    for verdict in ("approved", "changes"):
        response = say(client, article, "Words that are kept", verdict, seen=seen)
        assert response.status_code == 400
        assert "saved again since" in response.content.decode()
        assert "Words that are kept" in response.content.decode()
    assert not Comment.objects.exists()


@pytest.mark.parametrize("verdict", ["", "changes"])
def test_nothing_said_is_refused_in_words(client, people, verdict):
    author, editor = people
    article = submitted(client, author)
    client.force_login(editor)
    url = review_url(article).replace("review", "comments")
    for response in (say(client, article, " \u200b ", verdict), client.post(url, {"text": "\u200b", "field": "body"})):
        assert response.status_code == 400
        assert "Enter a comment first" in response.content.decode()


def test_a_text_that_is_not_in_review_cannot_be_judged(client, people):
    author, editor = people
    article = factories.article(state=State.DRAFT, owner=author)
    client.force_login(editor)
    assert "nothing to decide" in say(client, article, "No", "changes").content.decode()
    assert "Request changes" not in client.get(review_url(article)).content.decode()
    Article.objects.filter(pk=article.pk).update(state=State.IN_REVIEW, deleted_at=timezone.now())
    assert "nothing to decide" in say(client, article, "Yes", "approved").content.decode()


def test_changes_of_a_live_page_are_reviewed_while_readers_see_it(client, people, mail_server):
    _, editor = people
    colleague = factories.user("Editor", email="cleo@example.org")
    article = factories.article(title="Live", owner=colleague)
    client.force_login(colleague)
    client.post(change_url(article), form_of(article, title="New", _continue="submit"))
    client.force_login(editor)
    assert part_of(client.get("/admin/"), "Reviews").count == 1
    assert say(client, article, "Not yet.", "changes").status_code == 302
    assert Article.objects.published().get().title == "Live"
    head = Revision.objects.head(article)
    assert (head.state, head.content["fields"]["title"], head.is_draft) == (State.DRAFT, "New", True)
    client.force_login(colleague)
    assert "asks for changes" in client.get("/admin/").content.decode()


def test_a_record_from_before_there_were_versions_can_be_judged(client, people):
    author, editor = people
    article = factories.article(state=State.IN_REVIEW, owner=author)
    client.force_login(editor)
    assert say(client, article, verdict="approved", seen="").status_code == 302
    assert Comment.objects.get().revision.action == Action.FOUND


def test_comments_of_others_are_not_for_an_author(client, people):
    author, editor = people
    article = factories.article(state=State.DRAFT, owner=editor)
    client.force_login(author)
    assert client.get(review_url(article)).status_code == 403
    assert say(client, article, "Mine").status_code == 403
    own = factories.article(state=State.DRAFT, owner=author)
    for verdict in ("approved", "changes"):
        assert say(client, own, "Mine", verdict).status_code == 403
    assert not Comment.objects.exists()


# Mail ----------------------------------------------------------------------------------------------------


def test_server_that_fails_loses_no_letter_and_none_is_sent_twice(client, people, mail_server, monkeypatch):
    author, editor = people
    submitted(client, author)
    monkeypatch.setattr("django.core.mail.EmailMessage.send", lambda self: (_ for _ in ()).throw(OSError("down")))
    work()
    waiting = DBTaskResult.objects.get()
    assert timedelta(seconds=50) < waiting.run_after - timezone.now() <= timedelta(minutes=1)
    assert waiting.args_kwargs["args"][-1] == 1  # attempts
    monkeypatch.undo()
    DBTaskResult.objects.update(run_after=timezone.now())
    work()
    work()
    assert [message.to for message in mail.outbox] == [[editor.email]]


def test_without_a_mail_server_letters_wait_and_are_given_up_in_the_end(client, people):
    submitted(client, people[0])
    work()
    waiting = DBTaskResult.objects.get()
    waiting.delete()
    send_queued_mail.call(*waiting.args_kwargs["args"][:-1], MOST_ATTEMPTS)
    assert not DBTaskResult.objects.exists()


@pytest.mark.parametrize("change", ["published", "withdrawn", "trashed", "left", "demoted"])
def test_what_is_over_is_not_mailed(client, people, mail_server, change):
    author, editor = people
    article = submitted(client, author)
    if change == "published":
        client.force_login(editor)
        client.post(change_url(article), form_of(article, _continue="publish"))
    elif change == "withdrawn":
        client.post(change_url(article), form_of(article, _continue="withdraw"))
    elif change == "trashed":
        Article.objects.update(deleted_at=timezone.now())
    elif change == "left":
        type(editor).objects.filter(pk=editor.pk).update(is_active=False)
    else:
        editor.groups.clear()
    work()
    assert [message.to for message in mail.outbox] == ([[author.email]] if change == "published" else [])
    assert not DBTaskResult.objects.exists()


def test_line_breaks_in_a_title_do_not_reach_the_head_of_a_mail(client, people, mail_server):
    author, _ = people
    article = submitted(client, author)
    Revision.objects.of(article).filter(action=Action.SUBMIT).update(
        content=Revision.objects.head(article).content | {"fields": {"title": "One\nBcc: all@example.org"}}
    )
    work()
    assert "\n" not in mail.outbox[0].subject
    assert mail.outbox[0].bcc == []
