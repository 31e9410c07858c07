"""Regressions: holes once found by an attacker or an unlucky editor."""

from datetime import UTC, datetime

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from articles.models import Article, ArticleKind
from ops.http.urls import change_url
from publishing.content.redirect import Redirect
from publishing.content.registry import publishable_models
from publishing.site.models import SiteLink, SiteSettings
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.whole
def test_every_record_of_the_starter_content_can_be_moved_to_the_trash(starter_content, admin_page):
    for model in publishable_models():
        if not admin.site.is_registered(model):
            continue
        for record in model.objects.all():
            path = change_url(record).replace("/change/", "/delete/")
            assert admin_page.get(path).status_code == 200, path


def test_a_very_long_user_name_is_refused_in_words(client):
    response = client.post("/admin/login/", {"username": "x" * 300, "password": "y"})
    assert response.status_code == 200
    assert "at most 150 characters" in response.content.decode()


@pytest.mark.parametrize(("zone", "day"), [("America/New_York", "9999-12-31"), ("Asia/Tokyo", "0001-01-01")])
def test_a_date_at_the_end_of_the_calendar_does_not_lose_the_form(zone, day, admin_page, settings):
    settings.TIME_ZONE = zone
    form = {"kind": "article", "title": "Kept", "expire_at_0": day, "expire_at_1": "23:59"}
    for prefix in ("author_links", "details", "question_links", "read_also_links"):
        form |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    response = admin_page.post("/admin/articles/article/add/", form)
    assert response.status_code == 200
    assert ">\nKept</textarea>" in response.content.decode()


def test_an_address_taken_a_moment_before_is_made_anew(monkeypatch):
    factories.article(title="Same title")
    late = Article(title="Same title", summary="x", body="<p>x</p>")
    late.slug = late.made_slug = "same-title"  # as if it was made before the other existed
    late.save()
    assert late.slug == "same-title-2"


def test_an_address_chosen_by_the_editor_is_not_changed_behind_her_back():
    factories.article(slug="taken")
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.article(slug="taken")
    other = factories.article(title="Made from this")
    other.slug = "taken"
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()


@pytest.mark.parametrize(
    "path",
    [
        "/admin/autocomplete/?app_label=articles&model_name=articleauthor&field_name=author&term=%00",
        "/admin/articles/article/add/?topics=abc",
        "/admin/articles/article/add/?publish_at=abc",
        "/admin/articles/article/add/?title=Given",
    ],
)
def test_odd_queries_of_the_admin_are_no_errors(path, admin_page):
    assert admin_page.get(path).status_code in {200, 302}


def test_a_redirect_keeps_both_queries_and_puts_them_before_the_fragment(client):
    Redirect.objects.create(path="/old/", new_path="/articles/?x=1#part")
    assert client.get("/old/?y=2").headers["Location"] == "/articles/?x=1&y=2#part"


def test_signing_in_with_a_refused_next_leads_to_the_desk(client):
    get_user_model().objects.create_superuser("chief", password="a long password")
    form = {"username": "chief", "password": "a long password", "next": "//evil.example/"}
    assert client.post("/admin/login/", form).headers["Location"] == "/admin/"


def test_a_hyphen_pasted_from_a_word_processor_into_a_title_does_not_break_the_menus(client):
    factories.article(kind=ArticleKind.PAGE, title="Non\x1ebreaking \x1fhyphen")
    response = client.get("/")
    assert response.status_code == 200
    assert "Nonbreaking hyphen</a>" in response.content.decode()


@pytest.mark.parametrize("place", SiteLink.Place.values)
def test_an_address_that_nothing_can_read_breaks_no_page_and_is_refused_in_words(place, client):
    link = SiteLink(site=SiteSettings.objects.get(), place=place, label="Typed", address="http://[www.example.com/")
    with pytest.raises(ValidationError, match="typing errors"):
        link.full_clean()
    link.save()
    assert client.get("/").status_code == 200


def test_a_year_typed_as_0026_takes_down_no_list_and_is_refused_in_words(client):
    early = datetime(26, 11, 24, tzinfo=UTC)
    article = factories.article(publish_at=early)
    for path in ("/articles/", "/sitemap.xml", "/llms.txt"):
        assert client.get(path).status_code == 200, path
    with pytest.raises(ValidationError, match="Check the year"):
        article.clean()


@pytest.mark.parametrize("between", ["\t", "\n", "\r", "\x00", "\u2028"])
def test_an_address_with_a_sign_that_browsers_pass_over_leads_to_no_other_site(between, admin_page, client):
    form = {"path": "/old/", "new_path": f"/{between}/evil.example/"}
    response = admin_page.post("/admin/publishing/redirect/add/", form)
    assert response.status_code == 200
    assert not Redirect.objects.exists()
    stored = Redirect(path="/old/", new_path=form["new_path"])
    if between != "\x00":  # which no database stores
        stored.save()
        assert not client.get("/old/").headers.get("Location", "").startswith("//")
