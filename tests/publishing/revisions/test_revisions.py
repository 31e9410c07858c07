"""Revisions: drafts over live pages, conflicts, and how old revisions read today."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError

from articles.models import Article, Detail
from faq.models import OtherWording, Question
from publishing.content.publishable import State
from publishing.content.redirect import Redirect
from publishing.content.registry import publishable_models
from publishing.content.retarget_links import retarget_texts
from publishing.content.revised import Revised
from publishing.revisions.models import Action, Revision, with_drafts
from publishing.revisions.snapshot import current, different, read, same, write
from publishing.workflow.actions import (
    ActionRequest,
    apply_update,
    create_record,
    latest_content,
    perform_action,
    token_of,
)
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.database]
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def full_article(**fields):
    """Create an article with every kind of row and tag."""
    article = factories.article(
        authors=[factories.author(), factories.author()], topics=[factories.topic(), factories.topic()], **fields
    )
    article.question_links.create(question=factories.question(), position=1)
    article.read_also_links.create(other=factories.article(), position=1)
    article.details.create(label="Client", value="A bank", position=1)
    return article


def changed(record, **fields) -> dict:
    content = latest_content(record)
    return content | {"fields": content["fields"] | fields}


def do(record, action, content=None, **options):
    return perform_action(record, ActionRequest(action, content or latest_content(record), **options))


def token(record):
    record.refresh_from_db()
    return token_of(record, Revision.objects.head(record))


def status(record) -> str:
    return with_drafts(type(record).objects.filter(pk=record.pk)).get().full_status


# Content -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "model", [model for model in publishable_models() if issubclass(model, Revised)], ids=lambda model: str(model)
)
def test_what_is_read_of_a_record_and_written_again_changes_nothing(model):
    record = factories.publishable(model, "kept")
    record = model.objects.get(pk=record.pk)
    content = read(record)
    write(record, content)
    assert read(model.objects.get(pk=record.pk)) == content


def test_every_relation_is_read_and_written_back():
    article = full_article(publish_at=NOON + timedelta(microseconds=7))
    article.refresh_from_db()
    content = read(article)
    authors, topics = list(article.authors.all()), list(article.topics.all())
    for relation in ("author_links", "question_links", "read_also_links", "details"):
        assert content["rows"][relation], relation
        getattr(article, relation).all().delete()
    article.topics.clear()
    write(article, content)
    assert same(read(article), content)
    assert [link.author for link in article.author_links.all()] == authors
    assert list(article.topics.all()) == topics
    assert (Detail.objects.get().label, article.publish_at) == ("Client", NOON + timedelta(microseconds=7))


def test_rows_that_stay_keep_their_address_and_two_may_change_places():
    question = factories.question()
    kept = OtherWording.objects.create(question=question, wording="How much is it?")
    content = read(question)
    content["rows"]["other_wordings"].append({"wording": "What is the price?"})
    write(question, content)
    assert [(other.pk == kept.pk, other.slug) for other in question.other_wordings.all()] == [
        (True, "how-much-is-it"),
        (False, "what-is-the-price"),
    ]
    article = full_article()
    content = read(article)
    first, second = content["rows"]["author_links"]
    first["author"], second["author"] = second["author"], first["author"]
    write(article, content)
    assert read(article)["rows"]["author_links"][0]["author"] == first["author"]


def test_what_a_model_gained_stays_and_what_it_lost_is_passed_over():
    article = full_article(summary="As it is.")
    content = read(article)
    content["rows"]["author_links"] = content["rows"]["author_links"][:1]
    content["rows"]["details"] = [{"label": "Client", "value": "A port", "position": 1, "colour": "red"}]
    content["fields"]["colour"] = "red"
    content["rows"]["videos"] = [{"address": "x"}]
    del content["fields"]["summary"], content["fields"]["meta_title"]
    Article.objects.filter(pk=article.pk).update(meta_title="Added later")
    do(article, Action.SAVE)
    old = Revision.objects.create(
        record=article, content=content, state="published", action=Action.SAVE, made_at=NOON, applied_at=NOON
    )
    do(article, Action.RESTORE, current(Article, old.content))
    do(article, Action.PUBLISH)
    article.refresh_from_db()
    assert (article.summary, article.meta_title) == ("As it is.", "Added later")
    assert article.author_links.count() == 1
    assert str(article.details.get()) == "Client: A port"


def test_what_a_revision_names_and_is_gone_is_left_out():
    article = full_article(cover=factories.image())
    content = read(article)
    author = article.authors.first()
    article.author_links.filter(author=author).delete()
    author.delete()
    cover = article.cover
    Article.objects.filter(pk=article.pk).update(cover=None)
    cover.delete()
    article.refresh_from_db()
    write(article, content)
    assert article.cover is None
    assert article.author_links.count() == 1


# Acts ----------------------------------------------------------------------------------------------


def test_editing_what_is_live_leaves_the_page_alone_until_it_is_published():
    article = full_article(title="Old", slug="old")
    do(article, Action.SAVE, changed(article, title="New", slug="new", body=""))
    assert Article.objects.get(pk=article.pk).title == "Old"
    assert status(article) == "Published, with unpublished changes"
    assert latest_content(article)["fields"]["title"] == "New"
    with pytest.raises(ValidationError):
        do(article, Action.PUBLISH)
    assert Article.objects.get(pk=article.pk).title == "Old"
    do(article, Action.PUBLISH, changed(article, body="<p>Words.</p>"))
    article.refresh_from_db()
    assert (article.title, status(article)) == ("New", "Published")
    assert Redirect.objects.get().path == "/articles/old/"


def test_a_draft_that_nobody_sees_is_its_row():
    article = factories.article(state=State.DRAFT)
    do(article, Action.SAVE, changed(article, title="Better"))
    article.refresh_from_db()
    assert (article.title, status(article)) == ("Better", "Draft")
    do(article, Action.SUBMIT)
    assert status(article) == "In review"
    do(article, Action.SAVE, changed(article, title="Best"))
    assert status(article) == "In review"
    do(article, Action.WITHDRAW)
    assert status(article) == "Draft"


def test_changes_of_a_live_page_can_wait_for_review():
    article = factories.article()
    do(article, Action.SUBMIT, changed(article, title="New"))
    assert status(article) == "Published, changes in review"
    do(article, Action.SAVE, changed(article, title="Newer"))
    assert status(article) == "Published, changes in review"
    do(article, Action.WITHDRAW)
    assert status(article) == "Published, with unpublished changes"


def test_first_save_keeps_what_stood_there_and_saving_nothing_keeps_nothing():
    article = factories.article(title="Old")
    do(article, Action.SAVE)
    do(article, Action.SAVE, changed(article, title="New"))
    do(article, Action.SAVE)
    actions = [(revision.action, revision.content["fields"]["title"]) for revision in Revision.objects.order_by("pk")]
    assert actions == [(Action.FOUND, "Old"), (Action.SAVE, "New")]


def test_taking_the_live_text_again_leaves_no_draft():
    article = factories.article(title="Old")
    live = read(article)
    do(article, Action.SAVE, changed(article, title="New"))
    do(article, Action.RESTORE, live)
    assert status(article) == "Published"


@pytest.mark.parametrize(("action", "words"), [(Action.UNPUBLISH, "Draft"), (Action.ARCHIVE, "Archived")])
def test_taking_off_the_site_keeps_the_latest_words(action, words):
    article = factories.article()
    do(article, Action.SCHEDULE, changed(article, title="Later"), go_live_at=NOON + timedelta(days=9999))
    do(article, action, changed(article, title="Newest"))
    article.refresh_from_db()
    assert (article.title, status(article)) == ("Newest", words)
    assert not Revision.objects.waiting().exists()


def test_new_record_is_begun_by_any_act():
    content = {"fields": {"title": "One", "summary": "Two.", "body": "<p>Three.</p>"}}
    article = create_record(Article(), ActionRequest(Action.PUBLISH, content)).record
    assert Article.objects.published().get() == article
    topic = create_record(type(factories.topic())(), ActionRequest(Action.SAVE, {"fields": {"name": "Draft"}})).record
    assert topic.state == State.DRAFT
    assert same(Revision.objects.head(topic).content, read(topic))


# Conflicts -----------------------------------------------------------------------------------------


def test_a_stale_save_is_kept_aside_and_nothing_else_happens():
    article = factories.article(title="Old")
    begun = token(article)
    one, other = factories.user("Editor"), factories.user("Editor")
    do(article, Action.PUBLISH, changed(article, title="Hers"), token=begun, author=one)
    outcome = do(article, Action.PUBLISH, changed(article, title="His"), token=begun, author=other)
    assert outcome.is_conflict
    article.refresh_from_db()
    assert article.title == "Hers"
    assert outcome.revision.content["fields"]["title"] == "His"
    assert outcome.revision.is_aside
    assert status(article) == "Published"
    assert Revision.objects.head(article).author == one


def test_a_change_by_other_code_is_noticed_and_kept():
    article = factories.article(title="Old")
    begun = token(article)
    Article.objects.filter(pk=article.pk).update(title="By an import")
    assert do(article, Action.SAVE, changed(article, title="Mine"), token=begun).is_conflict
    assert Revision.objects.head(article).content["fields"]["title"] == "By an import"
    assert Revision.objects.head(article).action == Action.FOUND


def test_ones_own_saves_one_after_the_other_and_what_only_moved_are_no_conflict():
    article = factories.article(title="Old")
    for title in ("One", "Two", "Three"):
        assert not do(article, Action.SAVE, changed(article, title=title), token=token(article)).is_conflict
    begun = token(article)
    Article.objects.filter(pk=article.pk).update(deleted_at=NOON)
    Article.objects.filter(pk=article.pk).update(deleted_at=None)
    assert not do(article, Action.SAVE, changed(article, title="Four"), token=begun).is_conflict


# Scheduled updates ---------------------------------------------------------------------------------


def test_an_update_goes_live_at_its_moment_and_later_drafts_stay_drafts():
    with time_machine.travel(NOON, tick=False) as clock:
        article = factories.article(title="Old")
        do(article, Action.SCHEDULE, changed(article, title="Approved"), go_live_at=NOON + HOUR)
        assert status(article) == "Published, update scheduled"
        do(article, Action.SAVE, changed(article, title="Not yet approved"))
        assert status(article) == "Published, update scheduled, with unpublished changes"
        (update,) = Revision.objects.waiting()
        clock.shift(HOUR - timedelta(seconds=1))
        assert not apply_update(update.pk)
        clock.shift(timedelta(seconds=1))
        assert [apply_update(update.pk), apply_update(update.pk)] == [True, False]
    article.refresh_from_db()
    assert article.title == "Approved"
    assert status(article) == "Published, with unpublished changes"
    assert latest_content(article)["fields"]["title"] == "Not yet approved"


def test_publishing_now_calls_off_what_was_scheduled_and_a_new_moment_replaces_the_old():
    article = factories.article()
    for hours in (1, 2):
        do(article, Action.SCHEDULE, changed(article, title=f"{hours}"), go_live_at=NOON + timedelta(days=9999))
    assert Revision.objects.waiting().get().content["fields"]["title"] == "2"
    do(article, Action.PUBLISH, changed(article, title="Now"))
    assert not Revision.objects.waiting().exists()


def test_a_form_opened_before_an_update_went_live_is_not_stale():
    with time_machine.travel(NOON, tick=False) as clock:
        article = factories.article()
        do(article, Action.SCHEDULE, changed(article, title="Approved"), go_live_at=NOON + HOUR)
        begun = token(article)
        clock.shift(HOUR)
        apply_update(Revision.objects.waiting().get().pk)
        assert not do(article, Action.SAVE, changed(article, title="More"), token=begun).is_conflict


def test_a_draft_leads_to_the_record_into_which_another_was_merged():
    one, other = factories.question(), factories.question()
    article = factories.article()
    link = '<p><a href="ref:faq.question/{}">why</a></p>'
    do(article, Action.SAVE, changed(article, body=link.format(one.pk)))
    unlike = factories.article()
    do(unlike, Action.SAVE, changed(unlike, body=link.format(f"{one.pk}0")))
    retarget_texts(one, other)
    assert latest_content(article)["fields"]["body"] == link.format(other.pk)
    assert latest_content(unlike)["fields"]["body"] == link.format(f"{one.pk}0")


def test_a_question_keeps_drafts_too():
    question = factories.question(question="Old?")
    do(question, Action.SAVE, changed(question, question="New?"))
    assert Question.objects.get(pk=question.pk).question == "Old?"
    assert different(latest_content(question), read(question)) == [("fields", "question")]
