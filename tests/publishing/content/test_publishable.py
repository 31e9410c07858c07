from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.models import Article, Topic
from faq.models import Question
from publishing.content.publishable import State
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.database]
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def draft(**fields):
    return factories.article(state=State.DRAFT, **fields)


def test_scheduled_article_is_hidden_until_its_time_and_seen_from_that_moment_on():
    with time_machine.travel(NOON, tick=False) as clock:
        article = factories.article(publish_at=NOON + HOUR)
        assert article.status == "Scheduled"
        assert not Article.objects.published().exists()
        clock.move_to(NOON + HOUR)
        assert article.status == "Published"
        assert Article.objects.published().get() == article


def test_expired_article_is_hidden_from_its_last_moment_on():
    with time_machine.travel(NOON, tick=False) as clock:
        article = factories.article(expire_at=NOON + HOUR)
        assert Article.objects.published().exists()
        clock.move_to(NOON + HOUR)
        assert article.status == "Expired"
        assert not Article.objects.published().exists()


def test_published_at_another_moment_can_be_asked_for():
    with time_machine.travel(NOON, tick=False):
        article = factories.article(publish_at=NOON + HOUR)
        assert not Article.objects.published(at=NOON).exists()
        assert Article.objects.published(at=NOON + HOUR).get() == article


def test_trashed_record_is_neither_published_nor_kept():
    factories.article(deleted_at=timezone.now())
    factories.article(deleted_at=timezone.now(), publish_at=timezone.now() + HOUR)
    assert not Article.objects.published().exists()
    assert not Article.objects.not_trashed().exists()
    assert Article.objects.trashed().count() == 2
    assert {article.status for article in Article.objects.all()} == {"In the trash"}


def test_first_published_at_is_set_once():
    with time_machine.travel(NOON, tick=False) as clock:
        article = draft()
        assert article.first_published_at is None
        article.state = State.PUBLISHED
        article.save()
        clock.move_to(NOON + HOUR)
        article.title = "Another title"
        article.save()
        article.refresh_from_db()
        assert article.first_published_at == NOON
        assert article.last_changed_at == NOON + HOUR


def test_scheduled_article_is_first_published_at_its_time():
    with time_machine.travel(NOON, tick=False):
        assert factories.article(publish_at=NOON + HOUR).first_published_at == NOON + HOUR


def test_moved_schedule_moves_the_moment_of_first_publication():
    with time_machine.travel(NOON, tick=False):
        article = factories.article(publish_at=NOON + HOUR)
        article.publish_at = NOON + 2 * HOUR
        article.save(update_fields=["publish_at"])
        article.refresh_from_db()
        assert article.first_published_at == NOON + 2 * HOUR
        article.publish_at = None
        article.save()
        assert article.first_published_at == NOON


def test_scheduled_article_that_is_taken_back_before_its_time_was_never_published():
    with time_machine.travel(NOON, tick=False) as clock:
        saved, updated = factories.article(publish_at=NOON + HOUR), factories.article(publish_at=NOON + HOUR)
        saved.state = State.DRAFT
        saved.save()
        Article.objects.filter(pk=updated.pk).update(state=State.DRAFT)
        clock.move_to(NOON + 2 * HOUR)
        for article in (saved, updated):
            article.refresh_from_db()
            assert article.first_published_at is None


def test_published_article_that_is_taken_back_keeps_the_moment_when_readers_first_saw_it():
    with time_machine.travel(NOON, tick=False) as clock:
        article = factories.article()
        clock.move_to(NOON + HOUR)
        for state in (State.DRAFT, State.PUBLISHED):
            Article.objects.update(state=state)
        article.refresh_from_db()
        assert article.first_published_at == NOON


def test_update_that_publishes_sets_the_same_dates_as_save():
    with time_machine.travel(NOON, tick=False):
        now, later, both = draft(), draft(publish_at=NOON + HOUR), draft()
        Article.objects.filter(pk__in=[now.pk, later.pk]).update(state=State.PUBLISHED)
        Article.objects.filter(pk=both.pk).update(state=State.PUBLISHED, publish_at=NOON + 2 * HOUR)
        moments = dict(Article.objects.values_list("pk", "first_published_at"))
        assert moments == {now.pk: NOON, later.pk: NOON + HOUR, both.pk: NOON + 2 * HOUR}


def test_update_of_data_that_publishes_sets_the_date():
    with time_machine.travel(NOON, tick=False):
        topic = factories.topic(state=State.DRAFT)
        Topic.objects.update(state=State.PUBLISHED)
        topic.refresh_from_db()
        assert topic.first_published_at == NOON


def test_bulk_update_that_publishes_sets_the_same_dates_as_save():
    with time_machine.travel(NOON, tick=False):
        articles = [draft(), draft()]
        for article in articles:
            article.state = State.PUBLISHED
        Article.objects.bulk_update(articles, ["state"])
        assert set(Article.objects.values_list("first_published_at", flat=True)) == {NOON}


def test_every_way_to_write_marks_the_moment_of_change():
    with time_machine.travel(NOON, tick=False) as clock:
        article = factories.article()
        for step, write in enumerate(
            [
                lambda: article.save(),
                lambda: article.save(update_fields=["title"]),
                lambda: Article.objects.update(title="New"),
                lambda: Article.objects.bulk_update([article], ["title"]),
            ],
            start=1,
        ):
            clock.move_to(NOON + step * HOUR)
            write()
            article.refresh_from_db()
            assert article.last_changed_at == NOON + step * HOUR, f"step {step}"


def test_save_of_some_fields_writes_no_other():
    article = factories.article(title="Old", summary="Old")
    article.title = article.summary = "New"
    article.save(update_fields=["title"])
    article.refresh_from_db()
    assert (article.title, article.summary) == ("New", "Old")


def test_bulk_create_fills_addresses_dates_and_states():
    made = Article.objects.bulk_create(
        Article(title="The same title", summary="S", body="<p>B</p>", state=State.PUBLISHED) for _ in range(3)
    )
    assert [article.slug for article in made] == ["the-same-title", "the-same-title-2", "the-same-title-3"]
    assert Article.objects.published().filter(first_published_at__isnull=False).count() == 3


def test_address_follows_from_the_title_and_avoids_those_that_are_taken():
    assert [draft(title="Cost & time").slug for _ in range(3)] == ["cost-time", "cost-time-2", "cost-time-3"]


def test_address_avoids_one_that_lies_in_the_trash():
    factories.article(title="Twice", deleted_at=timezone.now())
    assert draft(title="Twice").slug == "twice-2"


def test_untitled_draft_can_be_saved_and_shown():
    article = Article.objects.create()
    assert article.slug == "article"
    assert str(article) == "Untitled article"
    assert Article.objects.create().slug == "article-2"


def test_address_stays_when_the_title_changes():
    article = factories.article(title="First")
    article.title = "Second"
    article.save()
    assert article.slug == "first"


@pytest.mark.parametrize("name", ["title", "summary", "body"])
def test_incomplete_article_cannot_be_published_whichever_way_it_is_written(name):
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.article(**{name: ""})
    article = draft(**{name: ""})
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(state=State.PUBLISHED)
    article.state = State.PUBLISHED
    with pytest.raises(ValidationError) as problem:
        article.full_clean()
    assert name in problem.value.message_dict
    assert "Constraint" not in str(problem.value)


def test_body_of_empty_paragraphs_counts_as_empty():
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.article(body="<p></p><p> </p>")


def test_published_question_needs_a_topic():
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.create(question="Why?", answer="<p>So.</p>", state=State.PUBLISHED)
    with pytest.raises(ValidationError, match="A topic is required"):
        Question(question="Why?", answer="<p>So.</p>", state=State.PUBLISHED).full_clean()


def test_complete_article_without_an_address_passes_the_check_and_gets_one():
    article = Article(title="No address", summary="S", body="<p>B</p>", state=State.PUBLISHED)
    article.full_clean()
    article.save()
    assert article.slug == "no-address"


def test_article_cannot_expire_before_it_is_published():
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.article(publish_at=now, expire_at=now)
    with pytest.raises(ValidationError, match="Enter a date after") as problem:
        Article(title="T", publish_at=now, expire_at=now - HOUR).full_clean()
    assert "Constraint" not in str(problem.value)


def test_two_records_cannot_share_an_address():
    factories.article(slug="one")
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.article(slug="one")


def test_tag_names_are_one_whatever_their_case():
    factories.topic(name="Language models")
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.topic(name="LANGUAGE MODELS")


def test_tag_is_found_by_its_name_in_any_case():
    topic = factories.topic(name="Costs")
    article = factories.article(topics=["COSTS", "Brand new"])
    assert set(article.topics.all()) == {topic, Topic.objects.get(name="Brand new")}


@pytest.mark.parametrize("role", ["Author", "Editor", "Catalogue manager"])
def test_signed_in_colleague_sees_own_drafts_but_no_trash(role):
    person = factories.user(role)
    kept, trashed = draft(owner=person), draft(owner=person, deleted_at=timezone.now())
    assert kept in Article.objects.visible_to(person)
    assert trashed not in Article.objects.visible_to(person)


@pytest.mark.parametrize(("role", "is_seen"), [("Author", False), ("Editor", True), ("Catalogue manager", False)])
def test_drafts_of_others_are_for_those_who_may_publish(role, is_seen):
    for kept in (draft(), draft(owner=factories.user("Author")), factories.article(state=State.IN_REVIEW)):
        assert (kept in Article.objects.visible_to(factories.user(role))) == is_seen
    archived = factories.article(state=State.ARCHIVED)
    assert archived in Article.objects.visible_to(factories.user(role))


def test_account_without_permissions_sees_what_readers_see():
    draft()
    outsider = factories.user()
    customer = factories.administrator()
    customer.is_staff = False
    assert not Article.objects.visible_to(outsider).exists()
    assert not Article.objects.visible_to(customer).exists()


def test_owner_who_leaves_takes_no_article_along():
    owner = factories.user()
    article = factories.article(owner=owner)
    owner.delete()
    article.refresh_from_db()
    assert article.owner is None
