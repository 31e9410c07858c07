"""Every way of writing raises the version after the commit; hidden and rolled-back writes do not."""

import threading
from contextlib import suppress

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from articles.models import Article
from faq.models import Question
from ops.db.write_watcher import note_write, parse, watch
from ops.models import DueJob
from ops.page_cache.content_version import content_version
from ops.page_cache.write_detection import is_shown, unseen
from publishing.content.miss import Miss
from publishing.content.publishable import State
from publishing.content.redirect import Redirect
from publishing.revisions.models import Action, Revision
from publishing.workflow.actions import ActionRequest, create_record, latest_content, perform_action
from tests import factories

pytestmark = pytest.mark.database


class Fails(Exception):
    pass


@pytest.fixture
def committing(transactional_db, number):
    return number


def elsewhere(function):
    """Run it in a separate thread with its own connection."""
    found = []

    def run():
        try:
            found.append(function())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


def in_cursor(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def many_in_cursor(sql, rows):
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def after_close():
    connection.close()
    Question.objects.create(question="After close?")


def fails_after_commit():
    def fail():
        raise Fails

    with suppress(Fails), transaction.atomic():
        transaction.on_commit(fail)
        Question.objects.create(question="Does it fail?")


def test_every_way_of_writing_raises_the_number(committing):
    first, second = (Question.objects.create(question=f"Question {number}?") for number in (1, 2))
    manager = Question._base_manager
    ways = {
        "save": first.save,
        "update": lambda: manager.filter(pk=first.pk).update(question="Other?"),
        "create": lambda: Question.objects.create(question="New?"),
        "create a row": lambda: Redirect.objects.create(path="/old/", new_path="/new/"),
        "bulk_create": lambda: Question.objects.bulk_create([Question(question="One?"), Question(question="Two?")]),
        "bulk_update": lambda: manager.bulk_update([first, second], ["question"]),
        "get_or_create": lambda: Redirect.objects.get_or_create(path="/2/", defaults={"new_path": "/new/"}),
        "delete": second.delete,
        "queryset.delete": lambda: Question.objects.filter(question="New?").delete(),
        "raw cursor": lambda: in_cursor("UPDATE faq_question SET question = %s", "Raw?"),
        "raw in capitals": lambda: in_cursor('update "faq_question" set question = question'),
        "executemany": lambda: many_in_cursor("UPDATE faq_question SET question = %s", [["A?"], ["B?"]]),
        "new thread": lambda: elsewhere(first.save),
        "after close": after_close,
        "a later hook fails": fails_after_commit,
        "nested": nested,
    }
    missed = []
    for name, write in ways.items():
        before = content_version.current()
        write()
        if content_version.current() == before:
            missed.append(name)
    assert missed == []


def nested():
    before = content_version.current()
    with transaction.atomic():
        with transaction.atomic():
            Redirect.objects.create(path="/nested/", new_path="/new/")
        assert content_version.current() == before


def rolled_back():
    with suppress(Fails), transaction.atomic():
        Redirect.objects.create(path="/never/", new_path="/new/")
        raise Fails


def savepoint_rolled_back():
    with transaction.atomic():
        with suppress(Fails), transaction.atomic():
            Redirect.objects.create(path="/never/", new_path="/new/")
            raise Fails
        DueJob.objects.filter(name="other").update(error="")


def test_what_readers_cannot_see_does_not(committing):
    question = factories.question(question="Who?")
    job = DueJob.objects.create(name="job", claimed_at=timezone.now())
    Redirect.objects.create(path="/old/", new_path="/new/")
    user = factories.administrator()
    first_draft = factories.question(question="What?", state=State.DRAFT)
    content = latest_content(first_draft)
    new_draft = ActionRequest(Action.SAVE, {**content, "fields": {**content["fields"], "slug": "new-draft"}})
    quiet = {
        "read": lambda: list(Article.objects.all()),
        "count": Question.objects.count,
        "locked": locked,
        "rolled back": rolled_back,
        "savepoint rolled back": savepoint_rolled_back,
        "nothing found": lambda: Question._base_manager.filter(pk=0).update(question="Nobody"),
        "nothing to delete": lambda: Redirect.objects.filter(pk=0).delete(),
        "job": job.save,
        "hit": lambda: Redirect.objects.count_hit("/old/"),
        "missing": lambda: Miss.objects.add(Miss.Kind.ADDRESS, {"/gone/": (1, "")}),
        "sign in": lambda: (setattr(user, "last_login", timezone.now()), user.save(update_fields=["last_login"])),
        "first draft": lambda: perform_action(first_draft, edit(first_draft, Action.SAVE)),
        "first draft, submitted": lambda: perform_action(first_draft, edit(first_draft, Action.SUBMIT)),
        "new draft": lambda: create_record(Question(), new_draft),
        "draft over a live page": lambda: perform_action(question, edit(question, Action.SAVE)),
    }
    raised = []
    for name, write in quiet.items():
        before = content_version.current()
        write()
        if content_version.current() != before:
            raised.append(name)
    assert raised == []
    assert Revision.objects.drafts().exists()


def locked():
    with transaction.atomic():
        return list(Question._base_manager.select_for_update())


def edit(record, action, **values):
    content = latest_content(record)
    return ActionRequest(
        action, {**content, "fields": {**content["fields"], "question": "Who else?"}}, reason="A test.", **values
    )


@pytest.mark.parametrize(
    ("state", "action"),
    [
        (State.PUBLISHED, Action.PUBLISH),
        (State.PUBLISHED, Action.UNPUBLISH),
        (State.DRAFT, Action.PUBLISH),
        (State.IN_REVIEW, Action.ARCHIVE),
    ],
)
def test_what_readers_see_before_or_after_raises_the_number(state, action, committing):
    question = factories.question(question="Who?", state=state)
    before = content_version.current()
    perform_action(question, edit(question, action=action))
    assert content_version.current() > before


def test_a_page_that_readers_knew_raises_the_number_as_a_draft_too(committing):
    question = perform_action(known := factories.question(question="Who?"), edit(known, Action.UNPUBLISH)).record
    before = content_version.current()
    content = latest_content(question)
    fields = {**content["fields"], "question": "Who then?"}
    perform_action(question, ActionRequest(Action.SAVE, {**content, "fields": fields}))
    assert content_version.current() > before


def test_the_rest_of_a_transaction_with_an_unseen_write_is_seen(committing):
    before = content_version.current()
    with transaction.atomic():
        with unseen(), unseen():
            factories.question(question="Unseen?")
        assert content_version.current() == before
        Redirect.objects.create(path="/old/", new_path="/new/")
    assert content_version.current() > before


def test_number_rises_when_others_can_see_the_row(committing, monkeypatch):
    """Outside a transaction, SQLite commits `INSERT ... RETURNING` only once its rows are read."""
    seen, increase = [], content_version.increase

    def looking():
        seen.append(elsewhere(Redirect.objects.filter(path="/new-row/").exists))
        increase()

    monkeypatch.setattr(content_version, "increase", looking)
    in_cursor_returning("/new-row/")
    assert seen == [True]


def in_cursor_returning(path):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO publishing_redirect (path, new_path, is_gone, hits, created_at)"
            " VALUES (%s, '/x/', %s, 0, %s) RETURNING id, path",
            [path, False, timezone.now()],
        )
        row = cursor.fetchone()
        assert row[1] == path
        assert cursor.fetchone() is None


def test_rows_of_returning_can_be_read_in_every_way(committing):
    sql = "UPDATE faq_question SET question = question RETURNING question"
    Question.objects.bulk_create(Question(question=f"{number}?") for number in range(5))
    with connection.cursor() as cursor:
        cursor.execute(sql)
        assert len(cursor.fetchmany(2)) == 2
        assert len(cursor.fetchone()) == 1
        assert len(list(cursor)) == 2
        cursor.execute(sql)
        assert len(cursor.fetchall()) == 5


def test_of_many_rows_those_before_an_error_count(committing):
    before = content_version.current()
    rows = [["/a/"], ["/a/"]]
    with pytest.raises(IntegrityError):
        many_in_cursor(
            "INSERT INTO publishing_redirect (path, new_path, is_gone, hits, created_at)"
            " VALUES (%s, '/x/', FALSE, 0, '2026-01-01 00:00:00+00:00')",
            rows,
        )
    assert Redirect.objects.filter(path="/a/").exists() <= (content_version.current() > before)


def test_one_transaction_is_one_raise(committing, monkeypatch):
    count, increase = [], content_version.increase
    monkeypatch.setattr(content_version, "increase", lambda: (count.append(1), increase()))
    with transaction.atomic():
        for number in range(20):
            Redirect.objects.create(path=f"/{number}/", new_path="/new/")
    assert len(count) == 1


def test_driver_itself_is_not_seen_and_can_be_told_of(committing):
    before = content_version.current()
    note_write()
    assert content_version.current() > before
    with transaction.atomic():
        before = content_version.current()
        note_write()
        assert content_version.current() == before
    assert content_version.current() > before


def test_wrapper_of_a_test_is_not_taken_for_ours(db):
    with connection.execute_wrapper(lambda execute, *given: execute(*given)):
        connection.ensure_connection()
    assert connection.execute_wrappers.count(watch) == 1


@pytest.mark.parametrize(
    ("sql", "is_content"),
    [
        ('SELECT 1 FROM "faq_question"', False),
        ("  \n select 1", False),
        ("(SELECT 1) UNION ALL (SELECT 2)", False),
        ('INSERT OR IGNORE INTO "faq_question" VALUES (1)', True),
        ('INSERT INTO "public"."faq_question" VALUES (1)', True),
        ('INSERT INTO "django_session" VALUES (1)', False),
        ("DELETE FROM django_session; DELETE FROM faq_question", True),
        ("DELETE FROM django_session;", False),
        ("WITH x AS (SELECT 1) SELECT * FROM x", False),
        ("WITH x AS (DELETE FROM faq_question RETURNING 1) SELECT * FROM x", True),
        ("TRUNCATE faq_question, django_session", True),
        ('TRUNCATE "django_session", "faq_question"', True),
        ("ALTER TABLE faq_question ADD x int", True),
        ("/* why */ UPDATE faq_question SET x = 1", True),
        ('UPDATE "publishing_redirect" SET "hits" = 1, "last_hit_at" = NULL WHERE "path" = 2', False),
        ('UPDATE "publishing_redirect" SET "hits" = 1, "path" = 2', True),
        ("UPDATE publishing_redirect SET hits = 1, path = 'x'", True),
        ("UPDATE publishing_redirect SET (hits, path) = (1, 'x')", True),
        ('DELETE FROM "publishing_redirect"', True),
        (b"UPDATE x", True),
        ("SAVEPOINT x", False),
        ("BEGIN IMMEDIATE", False),
        ("COMMIT", True),
        ("end transaction", True),
        ("SELECT 1;", False),
        ("SELECT 1; UPDATE faq_question SET x = 1", True),
        ("", True),
    ],
)
def test_what_a_statement_changes(sql, is_content):
    write = parse(sql)
    assert (write is not None and is_shown(write)) is is_content


# Tables whose rows readers never see. A new table has to be listed here deliberately.
UNSEEN = {
    "admin.LogEntry",
    *("auth.Group", "auth.Group_permissions", "auth.Permission"),
    *("auth.User", "auth.User_groups", "auth.User_user_permissions"),
    *("axes.AccessAttempt", "axes.AccessAttemptExpiration", "axes.AccessFailureLog", "axes.AccessLog"),
    *("catalog.FeedEntry", "catalog.FeedMark", "catalog.FeedState"),
    *("catalog.HeldRecord", "catalog.ImportRun", "catalog.ImportedRecord", "catalog.TableImport"),
    *("catalog.ModelSummary", "catalog.ModelPeriod", "catalog.OfferingSummary", "catalog.OfferingPeriod"),
    *("catalog.TimelineEntry", "catalog.FacetCount"),
    "django_tasks_database.DBTaskResult",
    "enquiries.Enquiry",
    "faq.Vote",
    "otp_totp.TOTPDevice",
    *(
        "publishing.Claim",
        "publishing.Comment",
        "publishing.Comment_mentioned",
        "publishing.CompiledText",
        "publishing.DismissedGap",
    ),
    *(
        "ops.DueJob",
        "publishing.Miss",
        "publishing.PageView",
        "publishing.NameRule",
        "publishing.Preferences",
        "publishing.Presence",
    ),
    *("publishing.Partner", "publishing.PartnerKey", "publishing.RecoveryCode", "publishing.Revision"),
    *("publishing.ShareLink", "publishing.TextSweep"),
    "rest_framework_api_key.APIKey",
    "sessions.Session",
}
SEEN = {
    *("articles.Article", "articles.ArticleAuthor", "articles.ArticleTopic", "articles.Author", "articles.Detail"),
    *("articles.PlacedQuestion", "articles.ReadAlso", "articles.Topic"),
    *("catalog.AIModel", "catalog.Alias", "catalog.BenchmarkResult", "catalog.Evidence", "catalog.Family"),
    *("catalog.FieldChange", "catalog.LifecycleEvent", "catalog.MergedRecord", "catalog.Modality"),
    *("catalog.ModelInputModality", "catalog.ModelOutputModality", "catalog.ModelVendor", "catalog.Offering"),
    *("catalog.Price", "catalog.Provider", "catalog.Source", "catalog.Vendor", "catalog.Weights"),
    "contenttypes.ContentType",
    *("faq.OtherWording", "faq.Question", "faq.QuestionTopic"),
    *("publishing.Image", "publishing.Redirect", "publishing.Reference", "publishing.SearchEntry"),
    *("publishing.SearchText", "publishing.SearchWord", "publishing.SiteLink", "publishing.SiteSettings"),
    "publishing.Snippet",
    *("taggit.Tag", "taggit.TaggedItem"),
}


def test_of_every_table_somebody_has_said_whether_readers_see_it():
    said = {label for app in apps.get_app_configs() for label in getattr(app, "unseen_models", ())}
    assert said == UNSEEN
    models = apps.get_models(include_auto_created=True)
    assert {model._meta.label for model in models if not model._meta.proxy} == UNSEEN | SEEN
