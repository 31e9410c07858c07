import pytest

from articles.related import related_to
from publishing.models import State
from tests import factories

pytestmark = pytest.mark.django_db


def titles(article):
    return [other.title for other in related_to(article)]


def mention(*records):
    return "".join(f'<p><a href="ref:{record._meta.label_lower}/{record.pk}">it</a></p>' for record in records)


def test_chosen_texts_come_first_in_the_editors_order_then_those_with_most_in_common():
    topic, other_topic, question = factories.topic(), factories.topic(), factories.question()
    article = factories.article(title="It", topics=[topic, other_topic], body=mention(question))
    factories.article(title="Both topics", topics=[topic, other_topic])
    factories.article(title="Topic and mention", topics=[topic], body=mention(question, question) + mention(question))
    factories.article(title="Only mention", body=mention(question))
    factories.article(title="Nothing in common")
    for position, title in ((2, "Second"), (1, "First")):
        article.read_also_links.create(other=factories.article(title=title), position=position)
    # Three mentions of one record count once, so both have two things in common, and the newer one comes first.
    assert titles(article) == ["First", "Second", "Topic and mention", "Both topics"]


def test_a_text_is_there_once_and_never_itself():
    topic, question = factories.topic(), factories.question()
    article = factories.article(title="It", topics=[topic], body=mention(question))
    other = factories.article(title="Other", topics=[topic], body=mention(question))
    article.read_also_links.create(other=other)
    for one in (article, other):
        one.question_links.create(question=question)
    assert titles(article) == ["Other"]
    assert titles(other) == ["It"]


def test_a_placed_question_is_something_in_common_and_a_shared_picture_is_not():
    question, image = factories.question(), factories.image()
    figure = f'<figure><img src="ref:publishing.image/{image.pk}" alt="A"></figure>'
    article, same_question = factories.article(body=figure), factories.article(title="Same question")
    factories.article(title="Same picture", body=figure)
    for one in (article, same_question):
        one.question_links.create(question=question)
    assert titles(article) == ["Same question"]


def test_hidden_texts_and_hidden_topics_relate_nothing():
    topic, hidden_topic = factories.topic(), factories.topic(state=State.DRAFT)
    article = factories.article(topics=[topic, hidden_topic])
    factories.article(title="Draft", topics=[topic], state=State.DRAFT)
    factories.article(title="By a hidden topic", topics=[hidden_topic])
    article.read_also_links.create(other=factories.article(title="Chosen draft", state=State.DRAFT))
    assert titles(article) == []


def test_plain_page_shows_only_what_was_chosen_for_it_and_is_offered_nowhere():
    topic = factories.topic()
    page = factories.article(title="Page", kind="page", topics=[topic])
    article = factories.article(title="Article", topics=[topic])
    assert titles(page) == titles(article) == []
    page.read_also_links.create(other=article)
    assert titles(page) == ["Article"]


def test_cost_is_one_query(django_assert_num_queries):
    topic = factories.topic()
    article = factories.article(topics=[topic])
    related_to(article)  # content types are looked up once
    for _ in range(6):
        factories.article(topics=[topic])
    with django_assert_num_queries(1):
        assert len(related_to(article)) == 4


def test_card_shows_title_kind_standfirst_and_date_as_they_are_today(client):
    article, other = factories.article(), factories.article(kind="case_study", title="Old", standfirst="Old words.")
    article.read_also_links.create(other=other)
    type(other).objects.filter(pk=other.pk).update(title="New title", standfirst="New words.")
    html = client.get(article.get_absolute_url()).content.decode()
    card = html[html.index('id="read-also"') :]
    for words in ("New title", "New words.", "Case study", f"{other.first_published_at:%-d %B %Y}"):
        assert words in card
    assert "Old" not in card


def test_author_is_shown_with_role_and_picture(client):
    author = factories.author(name="Editorial desk", role="Writes", picture=factories.image())
    article = factories.article(authors=[author])
    html = client.get(article.get_absolute_url()).content.decode()
    assert author.picture.file.url in html
    assert "Writes" in html
