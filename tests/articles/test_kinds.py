"""Articles, services, case studies and plain pages: one model, each kind at its own URL."""

import pytest
from django.core.exceptions import ValidationError

from articles.models import Article, ArticleKind, Detail
from publishing.content.redirect import Redirect
from tests import factories

pytestmark = pytest.mark.django_db

PLACES = {
    ArticleKind.ARTICLE: "/articles/how/",
    ArticleKind.SERVICE: "/services/how/",
    ArticleKind.CASE_STUDY: "/case-studies/how/",
    ArticleKind.PAGE: "/how/",
}


@pytest.mark.parametrize("kind", ArticleKind)
def test_each_kind_stands_at_its_place_and_nowhere_else(kind, client):
    article = factories.article(slug="how", kind=kind)
    assert article.get_absolute_url() == PLACES[kind]
    for place in PLACES.values():
        assert client.get(place).status_code == (200 if place == PLACES[kind] else 404)


def test_lists_show_their_own_kind_only(client):
    for kind in ArticleKind:
        factories.article(title=f"Text of kind {kind.value}", kind=kind)
    for path, kind in (("/articles/", "article"), ("/services/", "service"), ("/case-studies/", "case_study")):
        page = client.get(path).content.decode().partition("</main>")[0]
        assert [other.value for other in ArticleKind if f"Text of kind {other.value}<" in page] == [kind]


def test_another_kind_is_another_address_and_the_old_one_leads_there(client):
    article = factories.article(slug="how")
    article.kind = ArticleKind.SERVICE
    article.save()
    assert client.get("/articles/how/").headers["Location"] == "/services/how/"
    Article.objects.filter(pk=article.pk).update(kind=ArticleKind.PAGE)
    for old in ("/articles/how/", "/services/how/"):
        assert client.get(old).headers["Location"] == "/how/"
    Article.objects.filter(pk=article.pk).update(kind=ArticleKind.ARTICLE)
    assert client.get("/articles/how/").status_code == 200
    assert not Redirect.objects.filter(path="/articles/how/").exists()


@pytest.mark.parametrize(
    "slug", ["articles", "services", "catalog", "faq", "api", "admin", "static", "media", "healthz"]
)
def test_a_plain_page_cannot_take_the_address_of_a_part_of_the_site(slug):
    with pytest.raises(ValidationError, match="uses this address"):
        Article(title="Page", summary="x", body="<p>x</p>", slug=slug, kind=ArticleKind.PAGE).full_clean()


def test_references_lead_to_the_place_of_their_kind(client):
    page = factories.article(slug="about", kind=ArticleKind.PAGE)
    other = factories.article(body=f'<p><a href="ref:articles.article/{page.pk}">about us</a></p>')
    assert 'href="/about/"' in client.get(other.get_absolute_url()).content.decode()


def test_details_are_shown_in_their_order(client):
    study = factories.article(kind=ArticleKind.CASE_STUDY)
    Detail.objects.create(article=study, label="Result", value="Cheaper", position=2)
    Detail.objects.create(article=study, label="Client", value="None: an example", position=1)
    page = client.get(study.get_absolute_url()).content.decode()
    assert 0 < page.index("None: an example") < page.index("Cheaper")
