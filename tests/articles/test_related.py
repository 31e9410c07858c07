import pytest

from articles.models import Article
from articles.related import related_to, with_parts
from publishing.content.publishable import State
from tests import factories

pytestmark = pytest.mark.django_db


def titles(article):
    return [other.title for other in related_to(with_parts(Article.objects.all()).get(pk=article.pk))]


def test_chosen_texts_come_first_in_the_editors_order_then_those_that_share_most_topics():
    one, two, three = (factories.topic() for _ in range(3))
    article = factories.article(title="It", topics=[one, two, three])
    for title, topics in (("Older", [one]), ("All", [one, two, three]), ("Newer", [three]), ("Two", [one, two])):
        factories.article(title=title, topics=topics)
    factories.article(title="Nothing in common", topics=[factories.topic()])
    assert titles(article) == ["All", "Two", "Newer", "Older"]
    for position, title in ((2, "Second"), (1, "First")):
        article.read_also_links.create(other=factories.article(title=title), position=position)
    assert titles(article) == ["First", "Second", "All", "Two"]


def test_a_text_is_there_once_and_never_itself():
    topic = factories.topic()
    article = factories.article(title="It", topics=[topic])
    other = factories.article(title="Other", topics=[topic])
    article.read_also_links.create(other=other)
    assert titles(article) == ["Other"]
    assert titles(other) == ["It"]


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


def test_cost_does_not_grow_with_the_number_of_texts(django_assert_num_queries):
    topic = factories.topic()
    article = factories.article(topics=[topic])
    for _ in range(6):
        factories.article(topics=[topic])
    article = with_parts(Article.objects.all()).get(pk=article.pk)
    with django_assert_num_queries(1):
        assert len(related_to(article)) == 4


def test_card_shows_title_kind_summary_and_date_as_they_are_today(client):
    article, other = factories.article(), factories.article(kind="case_study", title="Old", summary="Old words.")
    article.read_also_links.create(other=other)
    type(other).objects.filter(pk=other.pk).update(title="New title", summary="New words.")
    html = client.get(article.get_absolute_url()).content.decode()
    card = html[html.index('id="read-also"') :]
    for words in ("New title", "New words.", "Case study", f"{other.first_published_at:%-d %b %Y}"):
        assert words in card
    assert "Old" not in card


def test_author_is_shown_with_role_and_picture(client):
    author = factories.author(name="Editorial desk", role="Writes", picture=factories.image())
    article = factories.article(authors=[author])
    html = client.get(article.get_absolute_url()).content.decode()
    assert author.picture.file.url in html
    assert "Writes" in html
