from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.db.models import Q

from articles.models import Article
from ops.jobs.scheduler import run_due_jobs
from ops.models import DueJob
from publishing.admin.dashboard import dashboard_for
from publishing.content.miss import Miss
from publishing.content.publishable import State
from publishing.revisions.models import Action
from publishing.workflow.actions import ActionRequest, latest_content, perform_action
from tests import factories
from tests.inbox import part_of
from tests.plans import is_whole, prefer_indexes

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def editor():
    return factories.user("Editor")


def titles(records):
    return [str(record) for record in records]


def test_desk_shows_what_is_in_the_making_and_what_will_appear(editor):
    with time_machine.travel(NOON, tick=False) as clock:
        factories.article(title="Draft", state="draft")
        clock.shift(HOUR)
        factories.question(question="In review?", state="in_review", topic=factories.question_topic(name="Topic"))
        factories.article(title="Later", publish_at=NOON + 9 * HOUR)
        factories.article(title="Sooner", publish_at=NOON + 5 * HOUR)
        factories.article(title="Trashed", state="draft", deleted_at=NOON)
        dashboard = dashboard_for(editor)
    assert titles(dashboard.drafts) == ["In review?", "Draft"]
    assert [str(record) for _, record in dashboard.scheduled] == ["Sooner", "Later"]
    assert dashboard.scheduled[0][0] == NOON + 5 * HOUR


def test_each_list_has_eight_lines_at_most(editor):
    for _ in range(12):
        factories.article(state="draft")
        factories.article(publish_at=datetime.now(UTC) + HOUR)
    dashboard = dashboard_for(editor)
    assert len(dashboard.drafts) == len(dashboard.scheduled) == 8


def test_desk_shows_nothing_that_one_may_not_see():
    factories.article(state="draft")
    dashboard = dashboard_for(factories.user())
    assert dashboard.drafts == []


def test_number_of_queries_does_not_grow_with_the_records(editor, django_assert_max_num_queries):
    for number in range(10):
        factories.article(state="draft")
        factories.article(publish_at=datetime.now(UTC) + HOUR * (number + 1))
        factories.question()
    dashboard_for(editor)
    with django_assert_max_num_queries(30):
        dashboard_for(editor)


def test_start_page_leads_to_the_records_and_says_when_the_worker_is_silent(client, editor):
    draft = factories.article(title="Nearly done", state="draft")
    client.force_login(editor)
    text = client.get("/admin/").content.decode()
    assert f'href="/admin/articles/article/{draft.pk}/change/"' in text
    assert "Nearly done" in text
    assert "worker has not run" in text
    run_due_jobs()
    assert "worker has not run" not in client.get("/admin/").content.decode()


def test_inbox_of_a_quiet_site_says_that_nothing_waits(client, editor):
    run_due_jobs()
    client.force_login(editor)
    assert "Nothing waits for you." in client.get("/admin/").text


def test_inbox_holds_what_readers_missed_most_and_its_next_step(client, editor):
    Miss.objects.add(Miss.Kind.SEARCH, {"perplexity sonar": (3, ""), "once": (1, "")})
    Miss.objects.add(Miss.Kind.ADDRESS, {"/blog/old-post/": (9, "")})
    client.force_login(editor)
    part = next(part for part in client.get("/admin/").context["dashboard"].parts if part.title.startswith("Searches"))
    assert [(item.title, item.step) for item in part.items] == [
        ("/blog/old-post/", "Add redirect"),
        ("perplexity sonar", "Start a draft"),
        ("once", "Start a draft"),
    ]
    assert part.items[0].step_url == "/admin/publishing/redirect/add/?path=%2Fblog%2Fold-post%2F"
    client.force_login(factories.user("Author"))
    assert "perplexity" not in client.get("/admin/").text


def test_administrators_see_a_job_that_fails_and_run_it_again(client, editor):
    job = DueJob.objects.create(name="ops.jobs.tidy_up", claimed_at=datetime.now(UTC), error="OSError: full")
    client.force_login(editor)
    assert "OSError: full" not in client.get("/admin/").text
    assert client.post("/admin/publishing/run-again/", {"job": job.name}).status_code == 403
    client.force_login(factories.administrator())
    [item] = [item for item in part_of(client.get("/admin/"), "Problems").items if item.job]
    assert (item.title, item.note, item.step) == ("A job failed: tidy up", "OSError: full", "Run again")
    assert "runs the job again" in client.post("/admin/publishing/run-again/", {"job": item.job}, follow=True).text
    job.refresh_from_db()
    assert (job.error, job.claimed_at.year) == ("", 1970)


def test_names_on_the_desk_are_escaped(client, editor):
    factories.article(title="<script>alert(1)</script>", state="draft")
    client.force_login(editor)
    assert "<script>alert(1)" not in client.get("/admin/").content.decode()


def test_start_page_lists_what_one_has_done_oneself(client, editor):
    kept, gone, other = (factories.article(title=title) for title in ("Kept", "Gone", "By another"))
    LogEntry.objects.log_actions(editor.pk, [kept], CHANGE, single_object=True)
    LogEntry.objects.log_actions(editor.pk, [gone], DELETION, single_object=True)
    LogEntry.objects.log_actions(factories.user("Author").pk, [other], CHANGE, single_object=True)
    client.force_login(editor)
    text = client.get("/admin/").content.decode().partition("Recently changed by you")[2]
    assert f'<a href="/admin/articles/article/{kept.pk}/change/">Kept</a>' in text
    assert "Gone" in text
    assert f"/admin/articles/article/{gone.pk}/change/" not in text
    assert "By another" not in text


def test_of_drafts_over_texts_in_the_trash_none_is_shown(editor):
    for state in (State.PUBLISHED, State.ARCHIVED):
        article = factories.article(title=state)
        content = latest_content(article)
        perform_action(
            article, ActionRequest(Action.SAVE, content | {"fields": content["fields"] | {"title": f"New {state}"}})
        )
        Article.objects.filter(pk=article.pk).update(deleted_at=NOON if state == State.ARCHIVED else None)
    assert titles(dashboard_for(editor).drafts) == ["published"]


def test_texts_to_be_read_again_and_drafts_are_found_by_indexes():
    prefer_indexes()
    today = NOON.date()
    for wanted in (Q(review_by__lte=today), Q(public_from__gt=NOON), Q(state="draft")):
        assert not is_whole(Article.objects.filter(wanted).explain())
