"""Votes on answers: which are accepted, which are rejected, the data that is stored, and what editors see."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.utils.timezone import localdate

from faq import gaps, jobs
from faq.models import Question, Vote
from ops.http.urls import change_url
from ops.limits import counter_store
from publishing.content.publishable import State
from publishing.revisions.models import Action, Revision
from publishing.workflow.actions import ActionRequest, latest_content, perform_action
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.database]
FROM_HERE = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def question():
    return factories.question(question="Is it dear?", answer="<p>No.</p>")


def vote(client, question, address="203.0.113.9", headers=FROM_HERE, **words):
    question.refresh_from_db()
    body = {"seen": question.last_changed_at.isoformat(), "verdict": "no", "reason": "", "website": ""} | words
    path = f"{question.get_absolute_url()}helpful/"
    return client.post(path, urlencode(body), content_type=FORM, headers=headers, REMOTE_ADDR=address)


def rewrite(question, answer, action=Action.PUBLISH):
    content = latest_content(question)
    content["fields"]["answer"] = answer
    return perform_action(question, ActionRequest(action, content)).revision


def test_vote_is_counted_without_a_cookie_and_leads_to_thanks(client, question):
    page = client.get(question.get_absolute_url())
    assert f'action="{question.get_absolute_url()}helpful/"' in page.content.decode()
    assert "csrf" not in page.content.decode()
    response = vote(client, question, reason="  Which\r\nplan?\x00\u202e می\u200cخواهم ")
    assert (response.status_code, response.headers["Cache-Control"]) == (303, "no-store")
    thanks = client.get(response.headers["Location"])
    assert "Your vote was counted" in thanks.content.decode()
    assert not client.cookies
    assert not thanks.cookies
    kept = Vote.objects.get()
    assert (kept.question, kept.is_helpful, kept.reason) == (question, False, "Which\nplan? می\u200cخواهم")
    assert {field.name for field in Vote._meta.fields} == {
        "id", "question", "revision", "is_helpful", "reason", "voted_at"
    }  # fmt: skip


def test_votes_are_counted_per_version_and_a_draft_over_it_is_none(client, question):
    vote(client, question, "203.0.113.1")
    rewrite(question, "<p>A draft.</p>", Action.SAVE)
    vote(client, question, "203.0.113.2", verdict="yes")
    newest = rewrite(question, "<p>It costs 2 euro.</p>")
    vote(client, question, "203.0.113.3", verdict="yes")
    versions = question.votes.by_version()
    assert [(row["yes"], row["no"]) for row in versions] == [(1, 0), (1, 1)]
    assert versions[0]["revision_id"] == newest.pk
    assert Revision.objects.get(pk=versions[1]["revision_id"]).content["fields"]["answer"] == "<p>No.</p>"
    assert gaps.answers_voted_down() == []
    vote(client, question, "203.0.113.4")
    (found,) = gaps.answers_voted_down()
    assert (found.title, found.count, found.last_day) == (question.question, 1, localdate())


def test_most_voted_down_come_first_and_hidden_ones_not_at_all(client, django_assert_num_queries, monkeypatch):
    one, two, hidden = factories.question(), factories.question(), factories.question()
    for number, question in enumerate([one, two, two, hidden], start=1):
        vote(client, question, f"203.0.113.{number}")
    Question.objects.filter(pk=hidden.pk).update(state=State.ARCHIVED)
    with django_assert_num_queries(2):
        found = gaps.answers_voted_down()
    monkeypatch.setattr(gaps, "ENOUGH", 1)
    assert gaps.answers_voted_down() == found[:1]
    assert [(gap.title, gap.count, gap.url) for gap in found] == [
        (question.question, count, change_url(question)) for question, count in ((two, 2), (one, 1))
    ]


def test_one_vote_a_day_of_one_network_on_one_answer(client, question):
    with time_machine.travel(datetime(2026, 11, 24, 12, tzinfo=UTC)) as clock:
        assert vote(client, question, "2001:db8::1").status_code == 303
        again = vote(client, question, "2001:db8::2", reason="Because.")
        assert again.status_code == 409
        assert "One vote a day is counted" in again.content.decode()
        assert "Because." in again.content.decode()
        assert vote(client, factories.question(), "2001:db8::2").status_code == 303
        assert vote(client, question, "2001:db8:0:1::1").status_code == 303
        clock.shift(timedelta(days=1))
        assert vote(client, question, "2001:db8::1").status_code == 303


def test_vote_that_could_not_be_kept_can_be_sent_again(client, question, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(Vote.objects, "create", lambda **values: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            vote(client, question)
    assert vote(client, question).status_code == 303


def test_answer_that_changed_meanwhile_is_to_be_read_again(client, question):
    seen = question.last_changed_at.isoformat()
    rewrite(question, "<p>It costs 2 euro.</p>")
    response = vote(client, question, seen=seen, reason="It says nothing.")
    text = response.content.decode()
    assert response.status_code == 409
    assert "has changed since you opened it" in text
    assert "It says nothing." in text
    assert f'value="{question.last_changed_at.isoformat()}"' in text
    assert not Vote.objects.exists()


@pytest.mark.parametrize(
    ("words", "headers", "status", "said"),
    [
        ({"verdict": ""}, FROM_HERE, 422, "Choose yes or no."),
        ({"verdict": "perhaps"}, FROM_HERE, 422, "Choose yes or no."),
        ({"reason": "x" * 501}, FROM_HERE, 422, "The maximum is 500 characters; this has 501."),
        ({}, {"Origin": "https://elsewhere.example"}, 403, "the form came from another site"),
        ({}, {"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"}, 403, "the form came from another site"),
        ({}, {}, 403, "the form came from another site"),
        ({"website": "x"}, FROM_HERE, 400, "a hidden field was filled in"),
        ({"reason": "x" * 33_000}, FROM_HERE, 413, "reason is too long"),
        ({"seen": "<b>"}, FROM_HERE, 409, "has changed since"),
    ],
)
def test_what_is_not_counted_says_why_and_keeps_the_words(client, question, words, headers, status, said):
    response = vote(client, question, headers=headers, **{"reason": "Kept <b>"} | words)
    assert (response.status_code, response.headers["Cache-Control"]) == (status, "no-store")
    assert said in response.content.decode()
    if status not in {400, 413} and "reason" not in words:
        assert "Kept &lt;b&gt;" in response.content.decode()
    assert not Vote.objects.exists()
    assert vote(client, question).status_code == 303, "It may be sent again."


def test_too_many_from_one_network_are_told_so(client, question, monkeypatch, frozen_clock):
    monkeypatch.setattr("faq.views.VoteView.most_per_hour", 1)
    assert vote(client, question).status_code == 303
    response = vote(client, factories.question())
    assert (response.status_code, response.headers["Retry-After"]) == (429, "3600")


def test_where_nobody_can_count_everybody_may_vote(client, question, settings, monkeypatch, tmp_path):
    settings.CACHE_URL = ""
    monkeypatch.setattr(counter_store, "FILE", str(tmp_path / "missing" / "counts.sqlite3"))
    assert [vote(client, question).status_code for _ in range(2)] == [303, 303]


def test_what_readers_do_not_see_takes_no_votes(client, admin_page, question):
    path = f"{question.get_absolute_url()}helpful/"
    assert client.get(path).status_code == 200
    Question.objects.update(state=State.DRAFT)
    for shown in (path, f"{path}thanks/"):
        assert client.get(shown).status_code == 404
    assert vote(client, question).status_code == 404
    assert path not in admin_page.get(question.get_absolute_url()).content.decode()
    Question.objects.update(state=State.ARCHIVED)
    client.logout()
    assert client.get(path).status_code == 410


def test_old_reasons_are_forgotten_and_the_votes_stay(settings, question):
    settings.VOTE_REASON_DAYS = 30
    ages = {31: "", 29: "Young."}
    for days in ages:
        voted_at = datetime.now(UTC) - timedelta(days=days)
        Vote.objects.create(question=question, is_helpful=False, reason="Young.", voted_at=voted_at)
    jobs.delete_old_vote_reasons()
    assert list(Vote.objects.order_by("voted_at").values_list("reason", flat=True)) == list(ages.values())


# Editors -------------------------------------------------------------------------------------------


def test_editor_reads_counts_and_reasons_and_deletes_spam(client, question):
    vote(client, question, "203.0.113.1", reason="=1+1 <script>")
    vote(client, question, "203.0.113.2", verdict="yes")
    client.force_login(factories.user("Editor"))
    form = client.get(f"/admin/faq/question/{question.pk}/change/").content.decode()
    assert "Votes of readers" in form
    assert "“=1+1 &lt;script&gt;”" in form
    only = f"?question__id__exact={question.pk}&reason=yes"
    assert f"/admin/faq/vote/?question__id__exact={question.pk}" in form
    spam = Vote.objects.with_reason().get()
    listed = client.get(f"/admin/faq/vote/{only}").content.decode()
    assert "=1+1 &lt;script&gt;" in listed
    client.post("/admin/faq/vote/", {"action": "delete_selected", "_selected_action": [spam.pk], "post": "yes"})
    assert list(Vote.objects.values_list("is_helpful", flat=True)) == [True]


def test_author_sees_no_votes(client, question):
    person = factories.user("Author")
    Question.objects.update(owner=person, state=State.DRAFT, first_published_at=None)
    client.force_login(person)
    assert "Votes of readers" not in client.get(f"/admin/faq/question/{question.pk}/change/").content.decode()


def test_list_of_many_votes_costs_as_many_queries_as_of_few(client, django_assert_max_num_queries):
    client.force_login(factories.user("Editor"))
    for number in range(20):
        question = factories.question()
        Vote.objects.create(question=question, is_helpful=True, reason=f"Reason {number}.")
    client.get("/admin/faq/vote/")
    with django_assert_max_num_queries(14):
        assert "Reason 19." in client.get("/admin/faq/vote/").content.decode()
