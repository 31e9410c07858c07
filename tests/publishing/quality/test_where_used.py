import pytest

from catalog.models import AIModel
from publishing.content.publishable import State
from publishing.quality.where_used import published_texts_about
from tests import factories

pytestmark = pytest.mark.django_db


def mention(record):
    return f'<p><a href="ref:{record._meta.label_lower}/{record.pk}">it</a></p>'


@pytest.fixture
def model():
    return factories.publishable(AIModel, "Sample")


def shown(record):
    return [(kind, [str(text) for text in texts]) for kind, texts in published_texts_about(record)]


def test_texts_are_grouped_by_kind_what_was_done_first(model):
    for kind, title in (("article", "Old"), ("article", "New"), ("service", "Offer"), ("case_study", "Case")):
        factories.article(kind=kind, title=title, body=mention(model) * 2)
    factories.question(question="What is it?", answer=mention(model))
    factories.article(title="Of something else")
    assert shown(model) == [
        ("Case studies", ["Case"]),
        ("Services", ["Offer"]),
        ("Articles", ["New", "Old"]),
        ("Questions", ["What is it?"]),
    ]


def test_only_what_readers_may_see_is_named(model):
    for state in set(State) - {State.PUBLISHED}:
        factories.article(state=state, body=mention(model))
    assert shown(model) == []


def test_question_is_used_by_texts_that_place_it_or_mention_it_each_once_and_not_by_itself():
    question = factories.question()
    question.answer = mention(question)
    question.save()
    both = factories.article(title="Both", body=mention(question))
    placing = factories.article(title="Placing")
    for article in (both, placing):
        article.question_links.create(question=question)
    assert shown(question) == [("Articles", ["Placing", "Both"])]
    factories.article(title="Example", kind="case_study", is_worked_example=True, body=mention(question))
    assert ("Worked examples", ["Example"]) in shown(question)


def test_one_query_however_many_texts(model, django_assert_num_queries):
    published_texts_about(model)  # content types are looked up once
    for _ in range(5):
        factories.article(body=mention(model))
        factories.question(answer=mention(model))
    with django_assert_num_queries(1):
        [str(text) + text.get_absolute_url() for _, texts in published_texts_about(model) for text in texts]


def test_pages_of_model_and_question_name_them(client, model):
    question = factories.question()
    article = factories.article(title="The article", body=mention(model) + mention(question))
    for record in (model, question):
        html = client.get(record.get_absolute_url()).content.decode()
        assert "Mentioned in" in html
        assert article.get_absolute_url() in html
