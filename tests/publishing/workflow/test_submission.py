"""Submissions for review: whose turn it is in the inbox, what an approval is worth, and what the author hears."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.exceptions import ValidationError
from django_tasks_db.models import DBTaskResult

from articles.models import ArticleKind
from publishing.accounts.mails import send_queued_mail
from publishing.admin.dashboard import dashboard_for
from publishing.content.publishable import State
from publishing.revisions.models import Action, Revision
from publishing.workflow.actions import ActionRequest, apply_due_updates, latest_content, perform_action
from publishing.workflow.comment import Comment, Verdict
from publishing.workflow.review import add_comment
from publishing.workflow.submission import reviews_of, with_reviews
from tests import factories

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 12, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MAKERS = {
    **{kind: lambda kind=kind, **more: factories.article(kind=kind, **more) for kind in ArticleKind.values},
    "question": lambda **more: factories.question(topic=factories.question_topic(), **more),
    "author": factories.author,
    "topic": factories.topic,
    "question topic": factories.question_topic,
}


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def anna():
    return factories.user("Author", first_name="Anna", email="anna@example.org")


@pytest.fixture
def eddie():
    return factories.user("Editor", first_name="Eddie", email="eddie@example.org")


@pytest.fixture
def olga():
    return factories.user("Editor", first_name="Olga", email="olga@example.org")


def changed(record, title):
    content = latest_content(record)
    return content | {"fields": content["fields"] | {record.title_field: title}}


def do(record, action, by, **values):
    content = values.pop("content", None) or latest_content(record)
    outcome = perform_action(record, ActionRequest(action, content, author=by, **values))
    record.refresh_from_db()
    return outcome.revision


def approve(record, by, text=""):
    head = Revision.objects.head(record)
    return add_comment(record, by, text, Verdict.APPROVED, str(head.pk))


def inbox(person) -> list[tuple[str, str, str]]:
    """Return the part, the note and the step of each entry about reviews."""
    parts = ("Reviews", "Ready to publish", "Your submitted texts")
    shown = [part for part in dashboard_for(person).parts if part.title in parts]
    assert all(part.count == len(part.items) for part in shown)
    assert all(item.step and (item.step_url or item.url) for part in shown for item in part.items)
    return [(part.title, item.note, item.step) for part in shown for item in part.items]


def status_of(record) -> str:
    return with_reviews(type(record).objects.filter(pk=record.pk)).get().full_status


@pytest.mark.parametrize("is_live", [False, True], ids=["first", "update"])
@pytest.mark.parametrize("kind", MAKERS)
def test_an_approved_text_is_ready_to_publish_and_leaves_the_reviewer(kind, is_live, eddie, olga):
    record = MAKERS[kind](state=State.PUBLISHED if is_live else State.DRAFT)
    writer = factories.administrator(first_name="Wim")  # only editors change what readers have seen
    do(record, Action.SUBMIT, writer, content=changed(record, "Better"), reviewer=eddie)
    assert [step for *_, step in inbox(eddie)] == ["Review"]
    assert inbox(olga) == inbox(writer) == []
    approve(record, eddie)
    noun = record.search_kind()._meta.verbose_name.capitalize()
    ready = ("Ready to publish", f"{noun}, approved by Eddie", "Publish")
    assert inbox(eddie) == inbox(olga) == inbox(writer) == [ready]
    assert status_of(record) == ("Published, changes approved" if is_live else "Approved")
    do(record, Action.PUBLISH, olga)
    assert status_of(record) == "Published"
    assert inbox(eddie) == inbox(olga) == []
    assert inbox(writer) == [("Your submitted texts", "Published by Olga", "View page")]


def test_the_author_hears_of_approval_and_publication(clock, anna, eddie, mail_server):
    article = factories.article(title="Costs", state=State.DRAFT, owner=anna)
    do(article, Action.SUBMIT, anna)
    assert inbox(anna) == []
    approve(article, eddie)
    assert inbox(anna) == [("Your submitted texts", "Approved by Eddie", "Read review")]
    send_mails()
    do(article, Action.PUBLISH, eddie)
    assert inbox(anna) == [("Your submitted texts", "Published by Eddie", "View page")]
    send_mails()
    subjects = [message.subject for message in mail.outbox if message.to == [anna.email]]
    assert [subject.partition(" · ")[0] for subject in subjects] == ["Approved: Costs", "Published: Costs"]
    assert article.get_absolute_url() in mail.outbox[-1].body
    clock.shift(8 * DAY)
    assert inbox(anna) == []
    do(article, Action.PUBLISH, eddie, content=changed(article, "Corrected"))
    assert inbox(anna) == [], "that is not what she had submitted"


def test_who_publishes_an_own_text_hears_nothing(eddie, mail_server):
    article = factories.article(state=State.DRAFT, owner=eddie)
    do(article, Action.SUBMIT, eddie)
    do(article, Action.PUBLISH, eddie)
    send_mails()
    assert inbox(eddie) == []
    assert not mail.outbox


def test_the_author_hears_of_a_scheduled_first_version_and_of_its_day(clock, anna, eddie, mail_server):
    article = factories.article(title="Costs", state=State.DRAFT, owner=anna)
    do(article, Action.SUBMIT, anna)
    content = latest_content(article)
    content["fields"]["publish_at"] = (NOON + DAY).isoformat()
    do(article, Action.SCHEDULE, eddie, content=content)
    assert inbox(anna) == [("Your submitted texts", "Scheduled by Eddie for 3 Dec 2026, 12:00 UTC", "View")]
    send_mails()
    assert not mail.outbox
    clock.shift(DAY)
    assert inbox(anna) == [("Your submitted texts", "Published by Eddie", "View page")]
    send_mails()
    assert [message.subject.partition(" · ")[0] for message in mail.outbox] == ["Published: Costs"]


def test_a_scheduled_text_that_is_published_earlier_is_mailed_once(clock, anna, eddie, mail_server):
    article = factories.article(title="Costs", state=State.DRAFT, owner=anna)
    do(article, Action.SUBMIT, anna)
    content = latest_content(article)
    content["fields"]["publish_at"] = (NOON + DAY).isoformat()
    do(article, Action.SCHEDULE, eddie, content=content)
    content["fields"]["publish_at"] = None
    do(article, Action.PUBLISH, eddie, content=content)
    clock.shift(2 * DAY)
    send_mails()
    assert len([message for message in mail.outbox if message.to == [anna.email]]) == 1


def test_the_writer_hears_of_a_scheduled_update_when_it_is_live(clock, eddie, olga, mail_server):
    article = factories.article(title="Costs")
    do(article, Action.SUBMIT, olga, content=changed(article, "New"), reviewer=eddie)
    do(article, Action.SCHEDULE, eddie, go_live_at=NOON + DAY)
    assert inbox(olga) == [("Your submitted texts", "Scheduled by Eddie for 3 Dec 2026, 12:00 UTC", "View")]
    clock.shift(DAY)
    assert apply_due_updates() == 1
    assert inbox(olga) == [("Your submitted texts", "Published by Eddie", "View page")]
    send_mails()
    assert [message.subject.partition(" · ")[0] for message in mail.outbox] == ["Published: New"]


@pytest.mark.parametrize("action", [Action.UNPUBLISH, Action.ARCHIVE])
def test_a_publication_that_is_taken_back_is_no_news(action, anna, eddie):
    article = factories.article(state=State.DRAFT, owner=anna)
    do(article, Action.SUBMIT, anna)
    do(article, Action.PUBLISH, eddie)
    do(article, action, eddie)
    assert inbox(anna) == []


def test_an_edit_after_approval_is_reviewed_again(anna, eddie, olga):
    article = factories.article(state=State.DRAFT, owner=anna)
    do(article, Action.SUBMIT, anna, reviewer=eddie)
    approve(article, eddie)
    do(article, Action.SAVE, anna)
    assert status_of(article) == "Approved", "nothing changed"
    do(article, Action.SAVE, anna, content=changed(article, "Other"), form_session="s", is_autosave=True)
    assert status_of(article) == "In review"
    assert inbox(eddie) == [("Reviews", "Article, changed since it was approved", "Review")]
    assert inbox(olga) == inbox(anna) == []
    approve(article, eddie)
    assert status_of(article) == "Approved"


def test_a_new_submission_asks_again(anna, eddie, olga):
    article = factories.article(state=State.DRAFT, owner=anna)
    do(article, Action.SUBMIT, anna, reviewer=eddie)
    approve(article, eddie)
    do(article, Action.WITHDRAW, anna)
    assert inbox(eddie) == inbox(anna) == []
    do(article, Action.SUBMIT, anna, reviewer=olga)
    assert inbox(eddie) == []
    assert inbox(olga) == [("Reviews", "Article, in review", "Review")]


def test_an_approval_is_stored_as_the_previous_version_of_the_program_reads_it(anna, eddie):
    article = factories.article(state=State.DRAFT, owner=anna)
    do(article, Action.SUBMIT, anna)
    approval = approve(article, eddie)
    article.refresh_from_db()
    head = Revision.objects.head(article)
    assert (article.state, head.state, head.action) == (State.IN_REVIEW, State.IN_REVIEW, Action.SUBMIT)
    assert approval.revision == head


def test_a_text_waits_for_the_person_asked_and_for_all_if_that_person_left(anna, eddie, olga):
    article = factories.article(state=State.DRAFT, owner=anna)
    do(article, Action.SUBMIT, anna, reviewer=eddie)
    assert reviews_of([article])[article].waiting_for == "Eddie"
    eddie.is_active = False
    eddie.save()
    assert reviews_of([article])[article].waiting_for == "any editor"
    assert [step for *_, step in inbox(olga)] == ["Review"]


def test_who_submits_to_any_editor_is_not_asked(eddie, olga):
    article = factories.article(state=State.DRAFT, owner=eddie)
    do(article, Action.SUBMIT, eddie)
    assert inbox(eddie) == []
    assert [step for *_, step in inbox(olga)] == ["Review"]


def test_comments_in_the_text_are_the_reason_for_changes(anna, eddie):
    article = factories.article(state=State.DRAFT, owner=anna)
    add_comment(article, eddie, "From an earlier round")
    do(article, Action.SUBMIT, anna)
    seen = str(Revision.objects.head(article).pk)
    add_comment(article, anna, "My own")
    with pytest.raises(ValidationError, match="Enter a comment first"):
        add_comment(article, eddie, "", Verdict.CHANGES, seen)
    for passage in ("One", "Two"):
        add_comment(article, eddie, "Why?", field="body", quotation=passage)
    assert add_comment(article, eddie, " ", Verdict.CHANGES, seen).text == "See the 2 comments on the text."
    assert inbox(anna) == [("Reviews", "Eddie asks for changes: “See the 2 comments on the text.”", "Revise")]


def test_comments_on_an_autosaved_version_survive_the_next_autosave(anna, eddie):
    article = factories.article(state=State.DRAFT, owner=anna)
    do(article, Action.SUBMIT, anna)
    for step, title in enumerate(("One", "Two"), 1):
        values = {"form_session": "s", "step": step, "is_autosave": True}
        do(article, Action.SAVE, anna, content=changed(article, title), **values)
        add_comment(article, eddie, title)
    assert [comment.text for comment in Comment.objects.in_order()] == ["One", "Two"]


def test_reviews_of_texts_cost_as_many_queries_for_twenty_as_for_two(eddie, anna, django_assert_num_queries):
    articles = [factories.article(state=State.DRAFT, owner=anna) for _ in range(20)]
    for article in articles:
        do(article, Action.SUBMIT, anna, reviewer=eddie)
        approve(article, eddie)
    ContentType.objects.get_for_model(articles[0])
    for number in (2, 20):
        with django_assert_num_queries(4):  # two, and the permissions of one reviewer
            reviews_of(articles[:number])


def send_mails():
    """Send the mails that are due."""
    while waiting := DBTaskResult.objects.ready().first():
        send_queued_mail.call(*waiting.args_kwargs["args"])
        waiting.delete()
