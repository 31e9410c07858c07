from datetime import UTC, datetime

import pytest
from django.conf import settings

from faq.models import OtherWording, Question
from publishing.content.publishable import State
from tests import factories

pytestmark = pytest.mark.django_db
URL = "/api/v1/questions/"


def test_list_has_the_answers_too(client):
    topic = factories.question_topic(name="Money")
    question = factories.question(
        question="Is it dear?", topic=topic, first_published_at=datetime(2026, 11, 24, 12, tzinfo=UTC)
    )
    OtherWording.objects.create(question=question, wording="How much?")
    (item,) = client.get(URL).json()["items"]
    changed = item.pop("last_changed_at")
    assert datetime.fromisoformat(changed) == Question.objects.get().last_changed_at
    assert item == {
        "id": str(question.pk),
        "slug": "is-it-dear",
        "question": "Is it dear?",
        "other_wordings": ["How much?"],
        "answer_html": "<p>An answer.</p>",
        "topic": {"slug": "money", "name": "Money", "url": f"{settings.SITE_URL}/faq/topics/money/"},
        "url": f"{settings.SITE_URL}/faq/is-it-dear/",
        "published_at": "2026-11-24T12:00:00Z",
        "content_changed_at": changed,
        "facts_checked_on": None,
    }
    detail = client.get(f"{URL}is-it-dear/").json()
    detail.pop("last_changed_at")
    assert detail == item


def test_hidden_topic_is_null(client):
    question = factories.question(topic=factories.question_topic(state=State.DRAFT))
    assert client.get(f"{URL}{question.slug}/").json()["topic"] is None


def test_references_are_absolute_and_looked_up_once_for_all_answers(client, django_assert_max_num_queries):
    target = factories.question(answer="<p>Plain.</p>")
    for _ in range(20):
        factories.question(answer=f'<p><a href="ref:faq.question/{target.pk}">why</a></p>')
    with django_assert_max_num_queries(6):
        items = client.get(URL).json()["items"]
    links = [item for item in items if f'href="{settings.SITE_URL}{target.get_absolute_url()}"' in item["answer_html"]]
    assert len(links) == 20


def test_next_keeps_going_to_the_end(client):
    for _ in range(5):
        factories.question()
    address, count = f"{URL}?limit=2", 0
    while address:
        body = client.get(address).json()
        count += len(body["items"])
        address = body["next"]
    assert count == 5


def test_archived_question_is_gone(client):
    question = factories.question()
    Question.objects.update(state=State.ARCHIVED)
    response = client.get(f"{URL}{question.slug}/")
    assert response.status_code == 410
    assert response.json()["status"] == 410


def test_another_wording_leads_to_its_question(client):
    question = factories.question()
    wording = OtherWording.objects.create(question=question, wording="How much?")
    response = client.get(f"{URL}{wording.slug}/")
    assert response.status_code == 301
    assert response.headers["Location"] == f"{settings.SITE_URL}{URL}{question.slug}/"
    Question.objects.update(state=State.DRAFT)
    assert client.get(f"{URL}{wording.slug}/").status_code == 404


def test_questions_are_narrowed_by_topic(client):
    factories.question(question="One?", topic=factories.question_topic(name="Money"))
    factories.question(question="Two?", topic=factories.question_topic(name="Time"))
    assert [item["slug"] for item in client.get(f"{URL}?topic=money").json()["items"]] == ["one"]
