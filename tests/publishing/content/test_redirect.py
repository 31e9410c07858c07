import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import QuerySet

from articles.models import Article
from publishing.content.publishable import State
from publishing.content.redirect import Redirect
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def rename(record, slug):
    record.slug = slug
    record.save()


def test_changed_address_leads_to_the_new_one_at_once(client):
    article = factories.article(slug="old")
    rename(article, "new")
    response = client.get("/articles/old/?page=1&x=%C3%BC")
    assert response.status_code == 301
    assert response.headers["Location"] == "/articles/new/?page=1&x=%C3%BC"
    assert client.head("/articles/old/").status_code == 301


def test_several_changes_lead_to_the_last_address_in_one_step(client):
    article = factories.article(slug="one")
    for slug in ("two", "three"):
        rename(article, slug)
    for slug in ("one", "two"):
        assert client.get(f"/articles/{slug}/").headers["Location"] == "/articles/three/"


def test_address_that_comes_back_makes_no_loop(client):
    article = factories.article(slug="one")
    rename(article, "two")
    rename(article, "one")
    assert client.get("/articles/one/").status_code == 200
    assert client.get("/articles/two/").headers["Location"] == "/articles/one/"
    Article.objects.update(state=State.DRAFT)
    assert client.get("/articles/two/").status_code == 404
    assert client.get("/articles/one/").status_code == 404


def test_draft_renamed_to_and_fro_makes_no_loop(client):
    article = factories.article(slug="one")
    article.state = State.DRAFT
    for slug in ("two", "one", "two", "one"):
        rename(article, slug)
    article.state = State.PUBLISHED
    article.save()
    assert client.get("/articles/one/").status_code == 200
    assert client.get("/articles/two/").headers["Location"] == "/articles/one/"


def test_two_records_that_swap_their_addresses_stay_reachable(client):
    one, two = factories.article(slug="one", title="First"), factories.article(slug="two", title="Second")
    rename(one, "aside")
    rename(two, "one")
    rename(one, "two")
    assert b"Second" in client.get("/articles/one/").content
    assert b"First" in client.get("/articles/two/").content
    assert client.get("/articles/aside/").headers["Location"] == "/articles/two/"


def test_new_record_takes_over_an_old_address(client):
    rename(factories.article(slug="old"), "new")
    other = factories.article(slug="old", title="Successor")
    assert b"Successor" in client.get("/articles/old/").content
    other.state = State.DRAFT
    other.save()
    assert client.get("/articles/old/").status_code == 404


def test_record_made_in_bulk_takes_over_an_old_address():
    rename(factories.article(slug="old"), "new")
    Article.objects.bulk_create([Article(slug="old", title="T", summary="S", body="<p>B</p>", state=State.PUBLISHED)])
    assert not Redirect.objects.exists()


def test_address_of_a_draft_that_nobody_knew_leads_nowhere(client):
    article = factories.article(slug="old", state=State.DRAFT)
    rename(article, "new")
    article.state = State.PUBLISHED
    article.save()
    assert client.get("/articles/old/").status_code == 404
    assert not Redirect.objects.exists()


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.ARCHIVED])
def test_redirect_does_not_betray_a_record_that_is_hidden_now(client, state):
    article = factories.article(slug="old")
    rename(article, "secret-plan")
    Article.objects.update(state=state)
    response = client.get("/articles/old/")
    assert response.status_code == 404
    assert "secret-plan" not in response.headers.get("Location", "")


def test_redirect_to_a_deleted_record_leads_nowhere(client):
    article = factories.article(slug="old")
    rename(article, "new")
    article.delete()
    assert client.get("/articles/old/").status_code == 404


@pytest.mark.parametrize("write", ["update", "bulk_update", "update_fields"])
def test_address_changed_in_other_ways_leads_to_the_new_one_too(client, write):
    article = factories.article(slug="old")
    article.slug = "new"
    match write:
        case "update":
            Article.objects.filter(pk=article.pk).update(slug="new")
        case "bulk_update":
            Article.objects.bulk_update([article], ["slug"])
        case "update_fields":
            article.save(update_fields=["slug"])
    assert client.get("/articles/old/").headers["Location"] == "/articles/new/"


def test_address_that_was_not_saved_makes_no_redirect():
    article = factories.article(slug="old")
    article.slug = "new"
    article.save(update_fields=["title"])
    assert not Redirect.objects.exists()


def test_an_address_that_no_reader_saw_makes_no_redirect_when_it_is_published_under_another():
    article = factories.article(slug="page-4", state=State.DRAFT)
    article.slug, article.state = "offer", State.PUBLISHED
    article.save()
    assert not Redirect.objects.exists()
    article.slug = "offers"
    article.save()
    assert Redirect.objects.get().path == "/articles/offer/"


def test_retired_address_answers_410(client):
    Redirect.objects.create(path="/articles/campaign/", is_gone=True)
    response = client.get("/articles/campaign/")
    assert response.status_code == 410
    assert b"This page was removed." in response.content


def test_archived_record_answers_410_once_it_had_been_published(client):
    known, unknown = factories.article(), factories.article(state=State.ARCHIVED)
    Article.objects.update(state=State.ARCHIVED)
    assert client.get(known.get_absolute_url()).status_code == 410
    assert client.get(unknown.get_absolute_url()).status_code == 404
    assert client.get(f"/api/v1/articles/{known.slug}/").status_code == 410
    assert client.get(f"/api/v1/articles/{unknown.slug}/").status_code == 404


def test_hand_made_redirects_that_follow_one_another_lead_to_the_end_at_once(client):
    factories.article(slug="end")
    Redirect.objects.create(path="/a/", new_path="/b/")
    Redirect.objects.create(path="/b/", new_path="/articles/end/")
    assert client.get("/a/").headers["Location"] == "/articles/end/"


def test_hand_made_loop_leads_nowhere(client):
    Redirect.objects.create(path="/a/", new_path="/b/")
    Redirect.objects.create(path="/b/", new_path="/c/")
    Redirect.objects.create(path="/c/", new_path="/a/")
    assert client.get("/a/").status_code == 404


def test_hand_made_loop_is_refused_in_the_form():
    Redirect.objects.create(path="/a/", new_path="/b/")
    with pytest.raises(ValidationError, match="leads back"):
        Redirect(path="/b/", new_path="/a/").full_clean()
    with pytest.raises(ValidationError, match="leads back"):
        Redirect(path="/c/", new_path="/c/").full_clean()


@pytest.mark.parametrize("new_path", ["https://example.com/", "//example.com/", "/\\example.com", "articles/"])
def test_redirect_leads_only_within_the_site(new_path):
    with pytest.raises(ValidationError):
        Redirect(path="/a/", new_path=new_path).full_clean()


@pytest.mark.parametrize("fields", [{}, {"is_gone": True, "new_path": "/b/"}])
def test_redirect_has_exactly_one_answer(fields):
    with pytest.raises(ValidationError):
        Redirect(path="/a/", **fields).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Redirect.objects.create(path="/a/", **fields)


def test_hits_are_counted_for_the_address_that_was_asked_for(client):
    factories.article(slug="end")
    asked = Redirect.objects.create(path="/a/", new_path="/b/")
    between = Redirect.objects.create(path="/b/", new_path="/articles/end/")
    for _ in range(3):
        client.get("/a/")
    asked.refresh_from_db()
    between.refresh_from_db()
    assert (asked.hits, between.hits) == (3, 0)
    assert asked.last_hit_at is not None


def test_reader_is_led_on_even_where_the_hit_cannot_be_counted(client, monkeypatch):
    rename(factories.article(slug="old"), "new")

    def refuse(*args, **changes):
        raise DatabaseError("The disk is full.")

    monkeypatch.setattr(QuerySet, "update", refuse)
    assert client.get("/articles/old/").headers["Location"] == "/articles/new/"


def test_only_reading_is_redirected(client):
    rename(factories.article(slug="old"), "new")
    assert client.post("/articles/old/").status_code == 405


@pytest.mark.parametrize("path", ["/%00/", "/articles/%00/", "/%ED%A0%80/", "/" + "a" * 5000 + "/"])
def test_odd_addresses_are_not_found(client, path):
    assert client.get(path).status_code == 404


def test_deleted_record_takes_the_redirects_to_it_out_of_the_way(client):
    article = factories.article(slug="old")
    rename(article, "new")
    article.delete()
    factories.article(slug="old", title="Later")
    assert b"Later" in client.get("/articles/old/").content
