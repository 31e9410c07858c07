"""The settings of the site in the admin: one form, and permissions."""

import pytest

from articles.models import ArticleKind
from publishing.site.menus import navigation
from publishing.site.models import SiteLink, SiteSettings
from tests import factories

pytestmark = pytest.mark.django_db
ADMIN = "/admin/publishing/sitesettings/"
CHANGE = f"{ADMIN}1/change/"
NAMES = ("place", "label", "address", "position")


def form_of(**changes):
    return {"links-TOTAL_FORMS": 0, "links-INITIAL_FORMS": 0} | changes


def links(*rows):
    """Return the fields of the links: place, label, address and position of each."""
    values = {"links-TOTAL_FORMS": len(rows)}
    for number, row in enumerate(rows):
        values |= {f"links-{number}-{name}": value for name, value in zip(NAMES, row, strict=True)}
    return values


@pytest.fixture
def editor(client):
    client.force_login(factories.user("Editor"))
    return client


def saved(response):
    assert response.status_code == 302, response.context["errors"]
    SiteSettings.objects.store_menus()  # otherwise after the commit, which most tests do not have
    return SiteSettings.objects.current()


def test_menu_entry_leads_to_the_form_and_there_is_neither_list_nor_second_nor_deletion(editor):
    assert editor.get(ADMIN).headers["Location"] == CHANGE
    assert editor.get(CHANGE).status_code == 200
    assert editor.get(f"{ADMIN}add/").status_code == 403
    assert editor.post(f"{ADMIN}1/delete/", {"post": "yes"}).status_code == 403
    desk = editor.get("/admin/").content.decode()
    assert f'href="{ADMIN}"' in desk
    assert f'href="{ADMIN}add/"' not in desk


def test_menu_entry_makes_the_row_where_there_is_none(editor):
    SiteSettings.objects.all().delete()
    assert editor.get(ADMIN).headers["Location"] == CHANGE
    assert saved(editor.post(CHANGE, form_of(name="Halden"))).name == "Halden"


def test_what_is_saved_stands_on_the_site_with_its_links_in_order(editor, client):
    form = form_of(name="Halden", tagline="We build it.")
    form |= links(
        ("navigation", "Second", "/faq/", 2),
        ("navigation", "First", "/articles/", 1),
        ("footer", "Jobs", "https://example.com/jobs", 1),
        ("social", "Code", "https://example.com/code", 1),
    )
    site = saved(editor.post(CHANGE, form))
    assert [link.label for link in site.links_at("navigation")][-2:] == ["First", "Second"]
    assert {link.label: link.place for link in site.link_list}.items() >= {("Jobs", "footer"), ("Code", "social")}
    client.logout()
    html = client.get("/").content.decode()
    assert "We build it." in html
    assert html.index(">First</a>") < html.index(">Second</a>")
    assert "Halden" in client.get("/faq/").content.decode()


def test_the_first_link_of_a_menu_is_added_to_those_it_showed(editor):
    shown = [item.label for item in navigation(SiteSettings.objects.current())]
    site = saved(editor.post(CHANGE, form_of() | links(("navigation", "Jobs", "/faq/", 0)), follow=False))
    assert [link.label for link in site.links_at("navigation")] == [*shown, "Jobs"]
    assert not site.links_at("footer")
    assert "Main menu: the links that it showed until now are entries too." in editor.get(CHANGE).text
    saved(editor.post(CHANGE, form_of() | links(("navigation", "Press", "/faq/", 99))))
    assert SiteLink.objects.filter(place="navigation").count() == len(shown) + 2


def test_links_are_changed_and_taken_away(editor):
    foot, top = (
        SiteLink.objects.create(site_id=1, place=place, label=place, address="/faq/")
        for place in ("footer", "navigation")
    )
    form = form_of() | links(("footer", "Foot 2", "/faq/", 1), ("navigation", "Top", "/faq/", 0))
    form |= {"links-INITIAL_FORMS": 2, "links-0-id": foot.pk, "links-1-id": top.pk, "links-1-DELETE": "on"}
    saved(editor.post(CHANGE, form))
    assert [str(link) for link in SiteLink.objects.all()] == ["Foot 2"]


def test_own_address_without_a_page_is_pointed_out_and_saved_all_the_same(editor):
    factories.article(kind=ArticleKind.PAGE, slug="about")
    factories.article(kind=ArticleKind.PAGE, slug="draft", state="draft")
    moved = factories.article(slug="old")
    moved.slug = "new"
    moved.save()
    form = form_of() | links(
        ("footer", "About", "/about/", 1),
        ("footer", "No slash", "/about", 2),
        ("footer", "Moved", "/articles/old/", 3),
        ("footer", "Filtered", "/articles/?page=1#top", 4),
        ("footer", "Draft", "/draft/", 5),
        ("footer", "Lost", "/lost/", 6),
        ("footer", "Wrong", "/articles/?page=x", 7),
        ("footer", "Elsewhere", "https://example.com/lost/", 8),
        ("footer", "Mail", "mailto:a@example.org", 9),
    )
    response = editor.post(CHANGE, form)
    assert {link.label for link in saved(response).link_list} >= {"About", "No slash", "Lost", "Mail"}
    html = editor.get(CHANGE).content.decode()
    said = [label for label in form.values() if f"The link “{label}” is saved, but" in html]
    assert said == ["Draft", "Lost", "Wrong"]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//elsewhere.example", "about"])
def test_link_that_is_no_address_is_refused_in_words(editor, address):
    response = editor.post(CHANGE, form_of() | links(("footer", "x", address, 1)))
    assert "Enter an address such as /about/ for a page of this site" in response.content.decode()
    assert not SiteLink.objects.exists()


def test_profile_elsewhere_must_be_https(editor):
    response = editor.post(CHANGE, form_of() | links(("social", "x", "/about/", 1)))
    assert "starts with https://" in response.content.decode()


@pytest.mark.parametrize("role", ["Author", "Catalogue manager", ""])
def test_only_editors_may_see_or_change_the_settings(client, role):
    client.force_login(factories.user(role))
    for path in (ADMIN, CHANGE):
        assert client.get(path).status_code == 403, path
    assert client.post(CHANGE, form_of(name="x")).status_code == 403
    assert SiteSettings.objects.get().name == ""


def test_stranger_is_asked_to_sign_in(client):
    for path in (ADMIN, CHANGE):
        assert client.get(path).headers["Location"].startswith("/admin/login/")
