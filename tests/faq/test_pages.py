import pytest
from django.db import IntegrityError, transaction

from faq.models import OtherWording
from publishing.content.publishable import State
from tests import factories

pytestmark = pytest.mark.django_db


def html_of(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


def test_list_groups_the_questions_by_topic_in_the_order_of_the_editor(client):
    last, first = factories.question_topic(name="Last", position=2), factories.question_topic(name="First", position=1)
    factories.question(question="C?", topic=last)
    factories.question(question="B?", topic=first, position=2)
    factories.question(question="A?", topic=first, position=1)
    html = html_of(client, "/faq/").partition("<main")[2]
    places = [html.index(words) for words in ("First</a></h2>", "A?", "B?", "Last</a></h2>", "C?")]
    assert places == sorted(places)


def test_list_has_the_answers_folded_and_a_search_for_questions_alone(client):
    question = factories.question(question="Is it dear?", answer="<p>It <em>depends</em>. On much.</p>")
    main = html_of(client, "/faq/").partition("<main")[2]
    assert ">It depends. On much.</span></summary>" in main
    assert "<em>depends</em>" in main.partition("<details")[2].partition("</details>")[0]
    assert f'href="{question.get_absolute_url()}"' in main
    assert '<input type="hidden" name="kind" value="faq.question">' in main
    assert "Is it dear?" in html_of(client, "/search/?q=dear&kind=faq.question").replace("<mark>", "").replace(
        "</mark>", ""
    )


def test_list_leaves_out_topics_that_are_hidden_or_have_no_question(client):
    factories.question_topic(name="Empty")
    hidden = factories.question(topic=factories.question_topic(name="Hidden", state=State.DRAFT))
    assert "Empty" not in html_of(client, "/faq/")
    assert "Hidden" not in html_of(client, "/faq/")
    assert "Hidden" not in html_of(client, hidden.get_absolute_url())


def test_page_shows_the_answer_its_topic_and_questions_beside_it(client):
    topic = factories.question_topic(name="Money")
    question = factories.question(question="Is it dear?", answer="<p>It <em>depends</em>.</p>", topic=topic)
    factories.question(question="Why so?", topic=topic)
    factories.question(question="Unrelated?")
    html = html_of(client, question.get_absolute_url())
    for words in ("Is it dear?", "<em>depends</em>", "Money", "Why so?"):
        assert words in html, words
    assert "Unrelated?" not in html


def test_topic_has_a_page_with_its_questions(client):
    topic = factories.question_topic(name="Money")
    factories.question(question="Is it dear?", topic=topic)
    factories.question(question="Unrelated?")
    html = html_of(client, topic.get_absolute_url())
    assert "Is it dear?" in html
    assert "Unrelated?" not in html


def test_other_wording_leads_to_the_one_page_of_its_question(client):
    question = factories.question()
    wording = OtherWording.objects.create(question=question, wording="What does it cost?")
    response = client.get(f"/faq/{wording.slug}/")
    assert response.status_code == 301
    assert response.headers["Location"] == question.get_absolute_url()
    question.state = State.DRAFT
    question.save()
    assert client.get(f"/faq/{wording.slug}/").status_code == 404


def test_other_wording_takes_no_address_that_a_question_has():
    question = factories.question(question="What does it cost?")
    one = OtherWording.objects.create(question=question, wording="What does it cost")
    two = OtherWording.objects.create(question=question, wording="What does it cost!")
    assert len({question.slug, one.slug, two.slug}) == 3


def test_question_that_takes_the_address_of_another_wording_is_shown_there(client):
    wording = OtherWording.objects.create(question=factories.question(), wording="What does it cost?")
    factories.question(question="The real one?", slug=wording.slug)
    assert "The real one?" in html_of(client, f"/faq/{wording.slug}/")


def test_same_wording_twice_is_refused_whatever_its_case():
    question = factories.question()
    OtherWording.objects.create(question=question, wording="How much?")
    with pytest.raises(IntegrityError), transaction.atomic():
        OtherWording.objects.create(question=question, wording="HOW MUCH?")


def test_archived_question_answers_410_and_its_other_wordings_lead_nowhere(client):
    question = factories.question()
    wording = OtherWording.objects.create(question=question, wording="How much?")
    question.state = State.ARCHIVED
    question.save()
    html_of(client, question.get_absolute_url(), 410)
    html_of(client, f"/faq/{wording.slug}/", 404)


def test_colleague_sees_a_draft_even_without_topic_and_text(admin_page):
    draft = factories.question(question="", answer="", state=State.DRAFT)
    type(draft).objects.update(topic=None)
    assert "This version is not public" in html_of(admin_page, draft.get_absolute_url())


def test_empty_list_says_so(client):
    assert "There are no questions here yet." in html_of(client, "/faq/")


def test_front_page_shows_the_first_questions_of_the_first_topics(client):
    factories.question(question="First of all?", topic=factories.question_topic(position=1))
    factories.question(question="In a hidden topic?", topic=factories.question_topic(state=State.DRAFT))
    html = html_of(client, "/")
    assert "First of all?" in html
    assert "In a hidden topic?" not in html


def test_questions_are_escaped(client):
    evil = "<script>alert(1)</script>"
    question = factories.question(question=evil, topic=factories.question_topic(name=evil))
    for path in ("/faq/", question.get_absolute_url(), question.topic.get_absolute_url(), "/"):
        assert evil not in html_of(client, path), path
