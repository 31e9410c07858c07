from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from articles.models import Article
from catalog.models import AIModel
from publishing.desk import desk_for
from publishing.due import run_due
from tests import factories
from tests.plans import is_sorted, prefer_indexes

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def editor():
    return factories.user("Editor")


def titles(items):
    return [item.title for item in items]


def test_desk_shows_what_is_in_the_making_what_will_appear_and_what_changed(editor):
    with time_machine.travel(NOON, tick=False) as clock:
        factories.article(title="Draft", state="draft")
        clock.shift(HOUR)
        factories.question(question="In review?", state="in_review", topic=factories.question_topic(name="Topic"))
        factories.article(title="Later", publish_at=NOON + 9 * HOUR)
        factories.article(title="Sooner", publish_at=NOON + 5 * HOUR)
        factories.article(title="Trashed", state="draft", deleted_at=NOON)
        desk = desk_for(editor)
    assert titles(desk.drafts) == ["In review?", "Draft"]
    assert titles(desk.scheduled) == ["Sooner", "Later"]
    assert desk.scheduled[0].at == NOON + 5 * HOUR
    assert titles(desk.changed)[-1] == "Draft"
    assert "Trashed" not in titles(desk.changed)


def test_each_list_has_eight_lines_at_most(editor):
    for _ in range(12):
        factories.article(state="draft")
        factories.article(publish_at=datetime.now(UTC) + HOUR)
    desk = desk_for(editor)
    assert len(desk.drafts) == len(desk.scheduled) == len(desk.changed) == 8


def test_desk_shows_nothing_that_one_may_not_see():
    factories.article(state="draft")
    desk = desk_for(factories.user())
    assert desk.drafts == desk.changed == []


def test_number_of_queries_does_not_grow_with_the_records(editor, django_assert_max_num_queries):
    for number in range(10):
        factories.article(state="draft")
        factories.article(publish_at=datetime.now(UTC) + HOUR * (number + 1))
        factories.question()
    desk_for(editor)
    with django_assert_max_num_queries(40):
        desk_for(editor)


def test_start_page_leads_to_the_records_and_says_when_the_worker_is_silent(client, editor):
    draft = factories.article(title="Nearly done", state="draft")
    client.force_login(editor)
    text = client.get("/admin/").content.decode()
    assert f'href="/admin/articles/article/{draft.pk}/change/"' in text
    assert "Nearly done" in text
    assert "worker has not run" in text
    run_due()
    assert "worker has not run" not in client.get("/admin/").content.decode()


def test_names_on_the_desk_are_escaped(client, editor):
    factories.article(title="<script>alert(1)</script>", state="draft")
    client.force_login(editor)
    assert "<script>alert(1)" not in client.get("/admin/").content.decode()


@pytest.mark.parametrize("model", [AIModel, Article])
def test_what_changed_last_is_found_by_an_index(model):
    prefer_indexes()
    plan = model.objects.kept().recently_changed()[:8].explain()
    assert not is_sorted(plan), plan
