"""Scheduled updates of live pages go live at their time, exactly once, in any process."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from articles.models import Article
from catalog.models import AIModel
from faq.models import Question
from ops.jobs import scheduler as due
from ops.jobs.scheduler import run_due_jobs
from publishing.admin.dashboard import dashboard_for
from publishing.content.publishable import State
from publishing.content.redirect import Redirect
from publishing.quality.staleness import FactChange, passages_of
from publishing.revisions.models import Action, Revision
from publishing.search.entry import SearchEntry
from publishing.workflow import actions
from publishing.workflow.actions import ActionRequest, apply_due_updates, latest_content, perform_action
from tests import factories

pytestmark = pytest.mark.database

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def schedule(record, at, **fields):
    content = latest_content(record)
    content |= {"fields": content["fields"] | fields}
    return perform_action(record, ActionRequest(Action.SCHEDULE, content, go_live_at=at)).revision


@pytest.mark.django_db
def test_run_due_lets_an_update_go_live_at_its_moment_with_all_that_follows(client):
    with time_machine.travel(NOON, tick=False) as clock:
        article = factories.article(title="Old words", slug="old")
        schedule(article, NOON + HOUR, title="Fresh words", slug="fresh", body="<p>Quixotic.</p>")
        run_due_jobs()
        assert "Old words" in client.get("/articles/old/").content.decode()
        clock.shift(HOUR)
        run_due_jobs()
        assert "Fresh words" in client.get("/articles/fresh/").content.decode()
        assert client.get("/articles/old/")["Location"] == "/articles/fresh/"
        assert "Fresh words" in client.get("/search/?q=quixotic").content.decode()
        article.refresh_from_db()
        changed_at = article.last_changed_at
        clock.shift(HOUR)
        run_due_jobs()
        article.refresh_from_db()
    assert article.last_changed_at == changed_at
    assert article.first_published_at == NOON
    assert Revision.objects.get(action=Action.SCHEDULE).applied_at == NOON + HOUR


@pytest.mark.django_db
def test_what_the_catalogue_learnt_while_an_update_waited_is_to_be_looked_at():
    with time_machine.travel(NOON, tick=False) as clock:
        cited, named, still = (
            factories.publishable(AIModel, name, context_tokens=1_000) for name in ("Cited", "Named", "Still")
        )
        article = factories.article()
        fact = "<p>It reads <a href='fact:catalog.aimodel/{}/context_tokens'>1,000 tokens</a>.</p>"
        name = f'<p>So does <a href="ref:catalog.aimodel/{named.pk}">Named</a>.</p>'
        schedule(article, NOON + HOUR, body=fact.format(cited.pk) + name + fact.format(still.pk))
        AIModel.objects.filter(pk=cited.pk).update(context_tokens=2_000)
        named.events.create(kind="retired", date="2026-11-01")
        clock.shift(HOUR)
        apply_due_updates()
        article.refresh_from_db()
        changes = {change for passage in passages_of(article) for change in passage.changes}
    assert changes == {
        FactChange("Context window", "1,000 tokens", "2,000 tokens"),
        FactChange("Status", "", "retired"),
    }
    assert "known" not in Revision.objects.get(action=Action.SCHEDULE).content


@pytest.mark.django_db
def test_an_update_that_cannot_go_live_is_said_and_keeps_no_other_from_it(client, caplog):
    editor = factories.user("Editor")
    with time_machine.travel(NOON, tick=False) as clock:
        bad, good = factories.article(title="Bad"), factories.question()
        update = schedule(bad, NOON + HOUR, slug="wanted")
        schedule(good, NOON + HOUR, question="New?")
        factories.article(slug="wanted")
        clock.shift(2 * HOUR)
        assert "2 scheduled updates are overdue" in [item.title for item in dashboard_for(editor).parts[0].items]
        for _ in range(2):
            clock.shift(HOUR)
            assert run_due_jobs() == []
        dashboard = dashboard_for(editor)
        client.force_login(editor)
        page = client.get("/admin/").content.decode()
        form = client.get(f"/admin/articles/article/{bad.pk}/change/").content.decode()
    update.refresh_from_db()
    assert "Another record already uses this address" in update.problem
    assert (update.applied_at, Question.objects.get().question) == (None, "New?")
    [problem] = [item for item in dashboard.parts[0].items if item.step]
    assert (problem.title, problem.note.partition(": ")[2]) == ("Bad", update.problem)
    for text in (page, form):
        assert "could not be published: Another record already uses this address" in text
    assert caplog.text.count("could not go live") == 1


@pytest.mark.django_db
def test_desk_lists_drafts_over_live_pages_and_updates_for_those_who_may_publish(client):
    with time_machine.travel(NOON, tick=False):
        article, other = factories.article(title="Live"), factories.article(title="Other")
        schedule(other, NOON + HOUR, title="Planned")
        content = latest_content(article)
        perform_action(
            article, ActionRequest(Action.SUBMIT, content | {"fields": content["fields"] | {"title": "Written anew"}})
        )
        dashboard = dashboard_for(factories.user("Editor"))
        of_an_author = dashboard_for(factories.user("Author"))
    assert [(str(draft), draft.full_status) for draft in dashboard.drafts] == [("Live", "Published, changes in review")]
    assert [(str(record), moment) for moment, record in dashboard.scheduled] == [("Other", NOON + HOUR)]
    assert of_an_author.drafts == of_an_author.scheduled == []


@pytest.mark.django_db
def test_start_page_says_that_an_update_is_overdue(client):
    client.force_login(factories.user("Editor"))
    with time_machine.travel(NOON, tick=False) as clock:
        schedule(factories.article(), NOON + HOUR, title="New")
        assert "update is overdue" not in client.get("/admin/").content.decode()
        clock.shift(2 * HOUR)
        assert "1 scheduled update is overdue" in client.get("/admin/").content.decode()
        run_due_jobs()
        assert "update is overdue" not in client.get("/admin/").content.decode()


@pytest.mark.django_db
def test_what_lies_in_the_trash_does_not_go_live():
    with time_machine.travel(NOON, tick=False) as clock:
        article = factories.article(title="Old")
        schedule(article, NOON + HOUR, title="New")
        Article.objects.update(deleted_at=NOON)
        clock.shift(HOUR)
        assert apply_due_updates() == 0
    assert Article.objects.get().title == "Old"


@pytest.mark.django_db
def test_an_author_or_topic_that_nobody_sees_yet_goes_live_at_its_moment():
    with time_machine.travel(NOON, tick=False) as clock:
        author = factories.author(state=State.DRAFT)
        schedule(author, NOON + HOUR, name="Desk")
        clock.shift(HOUR)
        run_due_jobs()
    author.refresh_from_db()
    assert (author.state, author.name) == (State.PUBLISHED, "Desk")


def at_once(work):
    """Run `work` in four threads that start together; return what each returned."""
    start, results = threading.Barrier(4), []

    def run():
        try:
            start.wait()
            results.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["the worker's job, claimed", "the updates themselves, unclaimed"])
def test_four_at_once_let_each_update_go_live_once(way, monkeypatch):
    applied = []
    write = actions.write
    monkeypatch.setattr(actions, "write", lambda row, content: (applied.append(row.pk), write(row, content)))
    articles = [factories.article(title=f"Old {number}", slug=f"old-{number}") for number in range(6)]
    moment = datetime.now(UTC) + timedelta(days=1)
    for number, article in enumerate(articles):
        schedule(article, moment, title=f"New {number}", slug=f"new-{number}")
    applied.clear()
    Revision.objects.update(go_live_at=moment - timedelta(days=2))
    monkeypatch.setattr(due, "jobs", {name: job for name, job in due.jobs.items() if "updates" in name})
    results = at_once(run_due_jobs if way.startswith("the worker") else apply_due_updates)
    assert sorted(applied) == sorted(article.pk for article in articles)
    assert len(results) == 4
    assert results == [[]] * 4 if way.startswith("the worker") else sum(results) == 6
    assert sorted(Article.objects.values_list("slug", flat=True)) == [f"new-{number}" for number in range(6)]
    assert Redirect.objects.count() == 6
    assert not Revision.objects.waiting().exists()
    assert Revision.objects.exclude(applied_at=None).filter(action=Action.SCHEDULE).count() == 6
    assert SearchEntry.objects.count() == 6
