"""Each kind of text has its own entry in the admin's menu, and its pages show only that kind."""

import pytest
from django.contrib.auth.models import Group

from articles.models import Article, ArticleKind, CaseStudy, Page, Service
from publishing.content.publishable import State
from publishing.quality.where_used import where_used
from publishing.search.entry import SearchEntry
from tests import factories

pytestmark = pytest.mark.django_db

PLACES = {
    ArticleKind.ARTICLE: "/admin/articles/article/",
    ArticleKind.SERVICE: "/admin/articles/service/",
    ArticleKind.CASE_STUDY: "/admin/articles/casestudy/",
    ArticleKind.PAGE: "/admin/articles/page/",
}
each_kind = pytest.mark.parametrize("kind", ArticleKind)


def form_of(**changes):
    values = {"title": "A title", "summary": "Words.", "body": "<p>Words.</p>", "_continue": "publish", "slug": ""}
    for prefix in ("author_links", "details", "question_links", "read_also_links"):
        values |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return values | changes


@each_kind
def test_what_is_added_from_a_menu_entry_is_of_its_kind(kind, admin_page, client):
    other = next(other for other in ArticleKind if other != kind)
    response = admin_page.post(f"{PLACES[kind]}add/", form_of(kind=other.value))
    assert response.status_code == 302, response.context["errors"]
    assert response.headers["Location"].startswith(PLACES[kind])
    article = Article.objects.get()
    assert article.kind == kind
    assert client.get(article.get_absolute_url()).status_code == 200


@each_kind
def test_list_of_a_menu_entry_holds_its_kind_only(kind, admin_page):
    for other in ArticleKind:
        factories.article(title=f"Text of kind {other.value}.", kind=other)
    html = admin_page.get(PLACES[kind]).content.decode()
    assert [other for other in ArticleKind if f"Text of kind {other.value}." in html] == [kind]


@each_kind
def test_text_is_changed_published_trashed_and_brought_back_in_its_own_place(kind, admin_page):
    article = factories.article(kind=kind, state=State.DRAFT)
    place = PLACES[kind]
    response = admin_page.post(f"{place}{article.pk}/change/", form_of(title="Better", slug=article.slug))
    assert response.status_code == 302, response.context["errors"]
    article.refresh_from_db()
    assert (article.title, article.kind, article.state) == ("Better", kind, State.PUBLISHED)
    for action, status in (
        ("unpublish_selected", "Draft"),
        ("publish", "Published"),
        ("delete_selected", "In the trash"),
    ):
        admin_page.post(place, {"action": action, "_selected_action": [article.pk], "post": "yes"})
        assert Article.objects.get().status == status
    admin_page.post(f"{place}?trash=yes", {"action": "restore", "_selected_action": [article.pk]})
    assert Article.objects.published().get() == article
    assert "Better" in admin_page.get(f"{place}{article.pk}/history/").content.decode()


def test_address_of_another_kind_leads_to_the_form_of_the_text(admin_page):
    study = factories.article(kind=ArticleKind.CASE_STUDY)
    response = admin_page.get(f"/admin/articles/article/{study.pk}/change/?_popup=1")
    assert response.headers["Location"] == f"/admin/articles/casestudy/{study.pk}/change/?_popup=1"
    for unknown in ("999", "x", "9" * 40, "%E2%82%82"):
        assert admin_page.get(f"/admin/articles/page/{unknown}/change/").headers["Location"] == "/admin/"


def test_only_services_and_case_studies_have_a_table_of_details(admin_page):
    with_table = [
        kind for kind in ArticleKind if "details-TOTAL_FORMS" in admin_page.get(f"{PLACES[kind]}add/").content.decode()
    ]
    assert with_table == [ArticleKind.SERVICE, ArticleKind.CASE_STUDY]
    assert 'name="kind"' not in admin_page.get(f"{PLACES[ArticleKind.ARTICLE]}add/").content.decode()


def test_plain_page_is_refused_the_address_of_a_part_of_the_site_in_the_form(admin_page):
    response = admin_page.post(f"{PLACES[ArticleKind.PAGE]}add/", form_of(slug="catalog"))
    assert "uses this address" in str(response.context["adminform"].form.errors["slug"])


def test_desk_finder_and_used_by_lead_to_the_admin_of_the_kind(admin_page):
    service = factories.article(title="Evaluation", kind=ArticleKind.SERVICE, state=State.DRAFT)
    cover = factories.image()
    Article.objects.filter(pk=service.pk).update(cover=cover)
    other = factories.article(body=f'<p><a href="ref:articles.article/{service.pk}">service</a></p>')
    place = f"/admin/articles/service/{service.pk}/change/"
    desk = admin_page.get("/admin/").content.decode()
    assert f'href="{place}"' in desk
    assert f'href="/admin/articles/article/{service.pk}/change/"' not in desk
    assert "Service ·" in desk
    [found] = admin_page.get("/admin/publishing/find/?q=Evaluation").json()["results"]
    assert (found["ref"], found["kind"]) == (f"articles.article/{service.pk}", "Service")
    assert [use.source for use in where_used(cover)] == [service]
    assert [use.source for use in where_used(Service.objects.get(pk=service.pk))] == [other]
    assert str(other) in admin_page.get(place).content.decode()
    used_by = admin_page.get(f"/admin/publishing/image/{cover.pk}/change/").content.decode()
    assert f'href="{place}"' in used_by


def test_texts_of_all_kinds_can_be_recommended(admin_page):
    for kind in ArticleKind:
        factories.article(title=f"Choice {kind.value}", kind=kind)
    query = "app_label=articles&model_name=readalso&field_name=other&term=Choice"
    found = admin_page.get(f"/admin/autocomplete/?{query}").json()["results"]
    assert len(found) == len(ArticleKind)


@pytest.mark.parametrize("role", ["Author", "Editor", "Catalogue manager"])
def test_roles_may_do_with_each_kind_what_they_may_do_with_articles(role):
    group = Group.objects.get(name=role)
    names = set(group.permissions.filter(content_type__app_label="articles").values_list("codename", flat=True))

    def actions(model):
        return {name.removesuffix(f"_{model}") for name in names if name.endswith(f"_{model}")}

    assert actions("article")
    for model in ("service", "casestudy", "page"):
        assert actions(model) == actions("article")


def test_author_writes_a_case_study_with_its_table_but_cannot_publish_it(client):
    person = factories.user("Author")
    client.force_login(person)
    form = form_of(_continue="save") | {
        "details-TOTAL_FORMS": 1,
        "details-0-label": "Client",
        "details-0-value": "Not named",
        "details-0-position": 1,
    }
    response = client.post("/admin/articles/casestudy/add/", form)
    assert response.status_code == 302, response.context["errors"]
    study = CaseStudy.objects.get()
    assert (study.owner, study.kind, study.details.get().value) == (person, ArticleKind.CASE_STUDY, "Not named")
    response = client.post(f"/admin/articles/casestudy/{study.pk}/change/", form_of())
    assert response.status_code == 403


def test_new_records_of_a_proxy_are_of_its_kind():
    assert [model().kind for model in (Article, Service, CaseStudy, Page)] == [
        ArticleKind.ARTICLE,
        ArticleKind.SERVICE,
        ArticleKind.CASE_STUDY,
        ArticleKind.PAGE,
    ]
    service = factories.article(kind=ArticleKind.SERVICE)
    assert Article.objects.get(pk=service.pk).kind == Article.objects.only("slug").get().kind == ArticleKind.SERVICE


def test_search_tells_the_kinds_apart(client):
    for kind in ArticleKind:
        factories.article(title=f"Quixotic {kind.label}", kind=kind)
    answer = client.get("/search/?q=quixotic").context["answer"]
    assert {facet.label: facet.count for facet in answer.facets} == dict.fromkeys(
        ("Articles", "Services", "Case studies", "Pages"), 1
    )
    html = client.get("/search/?q=quixotic&kind=articles.casestudy").content.decode()
    assert "/case-studies/quixotic-case-study/" in html
    assert "/services/quixotic-service/" not in html
    article = Article.objects.get(kind=ArticleKind.PAGE)
    article.kind = ArticleKind.SERVICE
    article.save()
    assert set(SearchEntry.objects.filter(source_id=article.pk).values_list("kind", flat=True)) == {"articles.service"}
