import json
from datetime import UTC, datetime

import pytest
from django.conf import settings

from articles.models import Article
from publishing.content.publishable import State
from tests import factories

pytestmark = pytest.mark.django_db
URL = "/api/v1/articles/"


def slugs(items):
    return [item["slug"] for item in items]


def test_list_has_what_is_published_without_the_bodies(client):
    author, topic = factories.author(name="Desk", role="Writes"), factories.topic(name="Costs")
    moment = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
    article = factories.article(
        title="Tokens", first_published_at=moment, authors=[author], topics=[topic], facts_checked_on="2026-11-20"
    )
    factories.article(state=State.DRAFT)
    body = client.get(URL).json()
    assert body["next"] is None
    (item,) = body["items"]
    changed = item.pop("last_changed_at")
    assert item.pop("content_changed_at") == changed
    assert datetime.fromisoformat(changed) == Article.objects.get(pk=article.pk).last_changed_at
    assert item == {
        "id": str(article.pk),
        "slug": "tokens",
        "kind": "article",
        "is_worked_example": False,
        "title": "Tokens",
        "summary": "Topics of the text.",
        "url": f"{settings.SITE_URL}/articles/tokens/",
        "authors": [
            {
                "slug": "desk",
                "name": "Desk",
                "role": "Writes",
                "kind": "person",
                "url": f"{settings.SITE_URL}/articles/authors/desk/",
            }
        ],
        "topics": [{"slug": "costs", "name": "Costs", "url": f"{settings.SITE_URL}/articles/topics/costs/"}],
        "published_at": "2026-11-24T12:30:00Z",
        "facts_checked_on": "2026-11-20",
    }


def test_times_are_utc_wherever_the_site_is(client, settings):
    settings.TIME_ZONE = "Asia/Kolkata"
    factories.article(first_published_at=datetime(2026, 11, 24, 12, 30, tzinfo=UTC))
    (item,) = client.get(URL).json()["items"]
    assert item["published_at"] == "2026-11-24T12:30:00Z"


def test_one_article_comes_with_its_body_and_absolute_addresses(client):
    question = factories.question()
    article = factories.article(body=f'<p><a href="ref:faq.question/{question.pk}">why</a></p>')
    article.question_links.create(question=question)
    body = client.get(f"{URL}{article.slug}/").json()
    assert f'href="{settings.SITE_URL}{question.get_absolute_url()}"' in body["body_html"]
    assert body["questions"] == [question.slug]


def test_hidden_neighbours_are_left_out(client):
    question, author, topic = factories.question(), factories.author(), factories.topic()
    article = factories.article(authors=[author], topics=[topic])
    article.question_links.create(question=question)
    for record in (question, author, topic):
        type(record).objects.filter(pk=record.pk).update(state=State.DRAFT)
    body = client.get(f"{URL}{article.slug}/").json()
    assert body["questions"] == body["authors"] == body["topics"] == []


def test_following_next_visits_every_article_once(client):
    made = {factories.article().slug for _ in range(7)}
    address, seen, pages = f"{URL}?limit=3", [], 0
    while address:
        response = client.get(address)
        address = response.json()["next"]
        if address:
            assert response.headers["Link"] == f'<{address}>; rel="next"'
        seen += slugs(response.json()["items"])
        pages += 1
    assert pages == 3
    assert len(seen) == 7
    assert set(seen) == made


def test_page_that_ends_with_the_last_article_has_no_next(client):
    for _ in range(3):
        factories.article()
    assert client.get(f"{URL}?limit=3").json()["next"] is None


def test_article_that_vanishes_meanwhile_makes_no_other_be_missed(client):
    made = [factories.article() for _ in range(4)]
    first = client.get(f"{URL}?limit=2").json()
    made[0].delete()
    made[1].delete()
    assert slugs(client.get(first["next"]).json()["items"]) == [made[2].slug, made[3].slug]


WRONG = ["limit=0", "limit=201", "limit=-1", "limit=x", "limit=", "after=x", "after=-1", "after=" + "9" * 30]


@pytest.mark.parametrize("query", WRONG)
def test_wrong_parameter_is_named(client, query):
    response = client.get(f"{URL}?{query}")
    assert response.status_code == 400
    assert set(response.json()["errors"]) == {query.split("=")[0]}


def test_unknown_parameter_is_named_rather_than_ignored(client):
    article = factories.article()
    for path in (URL, f"{URL}{article.slug}/"):
        response = client.get(f"{path}?topik=costs")
        assert response.status_code == 400
        assert response.json()["errors"] == {"topik": ["Unknown parameter."]}


def test_largest_number_that_every_json_reader_holds_is_no_error(client):
    assert client.get(f"{URL}?after={2**53 - 1}").json() == {"items": [], "next": None}
    assert client.get(f"{URL}?after={2**53}").status_code == 400


@pytest.mark.parametrize("kind", ["draft", "in_review"])
def test_what_is_not_published_is_not_found(admin_page, kind):
    article = factories.article(state=kind)
    # Signed in or not, the API shows what readers see.
    assert admin_page.get(f"{URL}{article.slug}/").status_code == 404


def test_description_of_the_api_names_the_articles(client):
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    operation = document["paths"]["/api/v1/articles/{slug}/"]["get"]
    assert operation["responses"]["410"] == {"$ref": "#/components/responses/Problem410"}
    problem = document["components"]["responses"]["Problem410"]["content"]["application/problem+json"]["schema"]["$ref"]
    assert problem.rpartition("/")[2] in document["components"]["schemas"]


def test_lists_are_narrowed_by_kind_topic_and_author(client):
    topic, author = factories.topic(name="Costs"), factories.author(name="Desk")
    factories.article(title="One", topics=[topic], authors=[author])
    factories.article(title="Two", topics=[topic])
    factories.article(title="Three", kind="service", authors=[author])

    def found(query):
        return slugs(client.get(f"{URL}?{query}").json()["items"])

    assert found("topic=costs") == ["one", "two"]
    assert found("author=desk") == ["one", "three"]
    assert found("author=desk&topic=costs") == ["one"]
    assert found("kind=service&kind=page") == ["three"]


@pytest.mark.parametrize("query", ["kind=poem", "kind=", "topic=nothing", "topic=", "author=%00", "topic=" + "x" * 300])
def test_a_filter_without_sense_is_refused_by_name(query, client):
    response = client.get(f"{URL}?{query}")
    assert response.status_code == 400
    assert set(response.json()["errors"]) == {query.split("=")[0]}


def test_a_hidden_topic_is_no_filter(client):
    factories.topic(name="Secret", state=State.DRAFT)
    assert client.get(f"{URL}?topic=secret").status_code == 400


def test_an_article_is_found_by_its_id_and_its_old_address_leads_to_the_present_one(client):
    article = factories.article(title="First", kind="service")
    article.slug = "second"
    article.save()
    assert client.get(f"{URL}{article.pk}/").json()["slug"] == "second"
    response = client.get(f"{URL}first/")
    assert response.status_code == 301
    assert response.headers["Location"] == f"{settings.SITE_URL}{URL}second/"
    Article.objects.update(state=State.ARCHIVED)
    for name in ("first", "second", article.pk):
        assert client.get(f"{URL}{name}/").status_code == 410


def test_api_and_markdown_state_the_same_columns(client):
    article = factories.article()
    body = client.get(f"{URL}{article.slug}/").json()
    text = client.get(article.markdown_url).content.decode()
    schema = client.get("/api/v1/openapi.json").json()["components"]["schemas"]["Article"]["properties"]
    assert "kind" in Article.stated_fields
    for name in Article.stated_fields:
        assert body[name] == getattr(article, name)
        assert f"\n{name}: {json.dumps(body[name])}\n" in text
        assert schema[name]["description"] == Article._meta.get_field(name).help_text
    assert schema["kind"]["enum"] == ["article", "service", "case_study", "page"]
