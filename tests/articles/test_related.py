import pytest

from articles.models import RelatedArticle, Topic
from articles.related import STORED, rebuild_related, related_to
from publishing.content.publishable import State
from tests import factories

pytestmark = pytest.mark.django_db


def titles(article):
    rebuild_related()
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
    # Three mentions of one record count once, so both share two records, and the newer one comes first.
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


def test_cost_is_two_queries(django_assert_num_queries):
    topic = factories.topic()
    article = factories.article(topics=[topic])
    for _ in range(6):
        factories.article(topics=[topic])
    rebuild_related()
    with django_assert_num_queries(2):
        assert len(related_to(article)) == 4


def test_saved_article_is_at_once_among_the_related_of_others(django_capture_on_commit_callbacks):
    question = factories.question()
    with django_capture_on_commit_callbacks(execute=True):
        article = factories.article(title="It", body=mention(question))
    with django_capture_on_commit_callbacks(execute=True):
        other = factories.article(title="Other", body=mention(question))
    assert related_to(article) == [other]
    assert related_to(other) == [article]
    with django_capture_on_commit_callbacks(execute=True):
        other.body = "<p>Something else.</p>"
        other.save()
    assert related_to(article) == related_to(other) == []


def test_saved_article_takes_no_place_from_others_with_more_in_common(django_capture_on_commit_callbacks):
    question, topic = factories.question(), factories.topic()
    article = factories.article(topics=[topic], body=mention(question))
    for _ in range(STORED):
        factories.article(topics=[topic], body=mention(question))
    rebuild_related()
    with django_capture_on_commit_callbacks(execute=True):
        factories.article(body=mention(question))
    assert RelatedArticle.objects.filter(article=article).count() == STORED
    assert set(RelatedArticle.objects.filter(article=article).values_list("in_common", flat=True)) == {2}


def test_rebuilding_follows_topics_and_writes_nothing_where_nothing_changed():
    topic = factories.topic()
    article, other = factories.article(topics=[topic]), factories.article(topics=[topic])
    rebuild_related()
    before = set(RelatedArticle.objects.values_list("pk", "article", "other", "in_common"))
    rebuild_related()
    assert set(RelatedArticle.objects.values_list("pk", "article", "other", "in_common")) == before
    Topic.objects.filter(pk=topic.pk).update(state=State.DRAFT)
    rebuild_related()
    assert related_to(article) == related_to(other) == []


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
