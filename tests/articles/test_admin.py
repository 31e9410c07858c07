import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article, Topic
from publishing.content.publishable import State
from publishing.content.redirect import Redirect
from tests import factories

pytestmark = pytest.mark.django_db
ADD = "/admin/articles/article/add/"


def form_of(**changes):
    values = {
        "kind": "article",
        "title": "A title",
        "summary": "Two sentences.",
        "body": "<p>Words.</p>",
        "_continue": "publish",
        "slug": "",
    }
    for prefix in ("author_links", "details", "question_links", "read_also_links"):
        values |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return values | changes


def rows(prefix, *values):
    filled = {f"{prefix}-{number}-{name}": value for number, row in enumerate(values) for name, value in row.items()}
    return {f"{prefix}-TOTAL_FORMS": len(values), **filled}


def saved(response):
    assert response.status_code == 302, [response.context["errors"], response.context["adminform"].form.errors]
    return Article.objects.order_by("-pk").first()


def test_article_is_written_whole_in_one_form(admin_page, client):
    topics = [factories.topic(name="Costs"), factories.topic(name="Speed")]
    author, question, other, cover = factories.author(), factories.question(), factories.article(), factories.image()
    form = form_of(topics=[topic.pk for topic in topics], cover=cover.pk, facts_checked_on="2026-11-20")
    form |= rows("author_links", {"author": author.pk, "position": 1})
    form |= rows("question_links", {"question": question.pk, "position": 1})
    form |= rows("read_also_links", {"other": other.pk, "position": 1})
    article = saved(admin_page.post(ADD, form))
    assert set(article.topics.all()) == set(topics)
    assert list(article.authors.all()) == [author]
    assert list(article.questions.all()) == [question]
    assert list(article.read_also.all()) == [other]
    html = client.get(article.get_absolute_url()).content.decode()
    for words in ("A title", "Costs", "Speed", author.name, question.question, other.title):
        assert words in html, words


def test_form_shows_the_topics_that_were_chosen_and_lets_go_of_them(admin_page):
    topic = factories.topic(name="Costs")
    article = factories.article(topics=[topic])
    url = f"/admin/articles/article/{article.pk}/change/"
    assert f'<option value="{topic.pk}" selected>Costs</option>' in admin_page.get(url).content.decode()
    saved(admin_page.post(url, form_of(title=article.title, slug=article.slug)))
    assert not article.topics.exists()


def test_topic_is_chosen_from_those_that_exist_and_not_from_the_trash(admin_page):
    trashed = factories.topic(name="Old", deleted_at="2026-01-01T00:00Z")
    for value in (trashed.pk, 999):
        response = admin_page.post(ADD, form_of(topics=[value]))
        assert "topics" in response.context["adminform"].form.errors
    assert Topic.objects.count() == 1


def test_hostile_text_is_cleaned_on_its_way_through_the_form(admin_page):
    article = saved(admin_page.post(ADD, form_of(body='<p onclick="x()">a</p><script>alert(1)</script>')))
    assert article.body == "<p>a</p>"


def test_text_that_is_nothing_once_cleaned_cannot_be_published(admin_page):
    response = admin_page.post(ADD, form_of(body="<script>alert(1)</script><p></p>"))
    assert "body" in response.context["adminform"].form.errors


@pytest.mark.parametrize("slug", ["with space", "slash/slash", "ümlaut", "<b>", "a" * 101])
def test_address_that_cannot_stand_in_an_address_is_refused(admin_page, slug):
    assert "slug" in admin_page.post(ADD, form_of(slug=slug)).context["adminform"].form.errors


def test_address_that_is_taken_is_refused_in_words(admin_page):
    factories.article(slug="taken", deleted_at="2026-01-01T00:00Z")
    errors = admin_page.post(ADD, form_of(slug="taken")).context["adminform"].form.errors
    assert "perhaps one in the trash" in str(errors["slug"])


def test_dates_in_the_wrong_order_are_refused_in_words(admin_page):
    dates = {"publish_at_0": "2036-12-24", "publish_at_1": "12:00", "expire_at_0": "2036-12-23", "expire_at_1": "12:00"}
    errors = admin_page.post(ADD, form_of(_continue="schedule", **dates)).context["adminform"].form.errors
    assert "Enter a date after" in str(errors["expire_at"])
    assert "Constraint" not in str(errors)


def test_same_author_twice_is_refused(admin_page):
    author = factories.author()
    form = form_of() | rows("author_links", *[{"author": author.pk, "position": 1}] * 2)
    response = admin_page.post(ADD, form)
    assert response.status_code == 200
    assert not Article.objects.exists()


def test_article_that_recommends_itself_is_refused_in_words(admin_page):
    article = factories.article()
    form = form_of(title=article.title, slug=article.slug)
    form |= rows("read_also_links", {"other": article.pk, "position": 1})
    response = admin_page.post(f"/admin/articles/article/{article.pk}/change/", form)
    assert response.status_code == 200
    assert not article.read_also_links.exists()


def test_changed_address_leads_to_the_new_one(admin_page, client):
    article = factories.article(slug="old")
    saved(admin_page.post(f"/admin/articles/article/{article.pk}/change/", form_of(title=article.title, slug="new")))
    assert client.get("/articles/old/").headers["Location"] == "/articles/new/"
    assert Redirect.objects.count() == 1


def test_page_of_a_draft_is_one_step_away(admin_page):
    article = factories.article(state=State.DRAFT)
    html = admin_page.get(f"/admin/articles/article/{article.pk}/change/").content.decode()
    assert f'href="{article.get_absolute_url()}"' in html
    assert article.title in admin_page.get(article.get_absolute_url()).content.decode()


def test_list_shows_states_that_follow_from_dates(admin_page):
    factories.article(title="Later", publish_at="2999-01-01T00:00Z")
    factories.article(title="Over", expire_at="2001-01-01T00:00Z", publish_at="2000-01-01T00:00Z")
    html = admin_page.get("/admin/articles/article/").content.decode()
    assert "Scheduled" in html
    assert "Expired" in html


QUERIES = ["q=tokens", "state__exact=draft", "trash=yes", "first_published_at__year=2026", "o=1.2.3.4"]


@pytest.mark.parametrize("query", QUERIES)
def test_list_can_be_searched_filtered_and_sorted(admin_page, query):
    topic, author = factories.topic(), factories.author()
    factories.article(topics=[topic], authors=[author])
    for more in ("", f"&topics__id__exact={topic.pk}", f"&authors__id__exact={author.pk}"):
        assert admin_page.get(f"/admin/articles/article/?{query}{more}").status_code == 200


def test_list_costs_as_many_queries_for_twenty_rows_as_for_two(admin_page):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            admin_page.get("/admin/articles/article/")
        return len(captured)

    for _ in range(2):
        factories.article(topics=[factories.topic()])
    queries()
    few = queries()
    for _ in range(18):
        factories.article(topics=[factories.topic()])
    assert queries() == few
