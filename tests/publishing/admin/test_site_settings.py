"""The settings of the site in the admin: one form, a preview of unsaved values, and permissions."""

import pytest

from articles.models import ArticleKind
from publishing.site.models import SiteLink, SiteSettings
from tests import factories

pytestmark = pytest.mark.django_db
ADMIN = "/admin/publishing/sitesettings/"
CHANGE = f"{ADMIN}1/change/"
PREVIEW = f"{ADMIN}preview/"


def form_of(**changes):
    values = {f"{place}-{name}": 0 for place in SiteLink.Place.values for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    return values | changes


def links(place, *rows):
    values = {f"{place}-TOTAL_FORMS": len(rows)}
    for number, (label, address, position) in enumerate(rows):
        for name, value in (("label", label), ("address", address), ("position", position)):
            values[f"{place}-{number}-{name}"] = value
    return values


@pytest.fixture
def editor(client):
    client.force_login(factories.user("Editor"))
    return client


def saved(response):
    assert response.status_code == 302, response.context["errors"]
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
    form = form_of(name="Halden", front_title="We build it.", imprint="<p>We.</p><script>x</script>")
    form |= links("navigation", ("Second", "/faq/", 2), ("First", "/articles/", 1))
    form |= links("footer", ("Jobs", "https://example.com/jobs", 1))
    form |= links("social", ("Code", "https://example.com/code", 1))
    site = saved(editor.post(CHANGE, form))
    assert [link.label for link in site.links_at("navigation")] == ["First", "Second"]
    assert [link.place for link in site.link_list if link.label in {"Jobs", "Code"}] == ["footer", "social"]
    assert site.imprint == "<p>We.</p>"
    client.logout()
    html = client.get("/").content.decode()
    assert "We build it." in html
    assert html.index(">First</a>") < html.index(">Second</a>")
    assert "Halden" in client.get("/faq/").content.decode()


def test_links_are_changed_and_taken_away_in_their_own_place(editor):
    SiteLink.objects.create(site_id=1, place="navigation", label="Top", address="/faq/")
    foot = SiteLink.objects.create(site_id=1, place="footer", label="Foot", address="/faq/")
    form = form_of() | links("footer", ("Foot 2", "/faq/", 1)) | {"footer-INITIAL_FORMS": 1, "footer-0-id": foot.pk}
    form |= {"footer-0-site": 1}
    top = SiteLink.objects.get(place="navigation")
    form |= links("navigation", ("Top", "/faq/", 0))
    form |= {"navigation-INITIAL_FORMS": 1, "navigation-0-id": top.pk, "navigation-0-DELETE": "on"}
    saved(editor.post(CHANGE, form))
    assert [str(link) for link in SiteLink.objects.all()] == ["Foot 2"]


def test_own_address_without_a_page_is_pointed_out_and_saved_all_the_same(editor):
    factories.article(kind=ArticleKind.PAGE, slug="about")
    factories.article(kind=ArticleKind.PAGE, slug="draft", state="draft")
    moved = factories.article(slug="old")
    moved.slug = "new"
    moved.save()
    form = form_of() | links(
        "footer",
        ("About", "/about/", 1),
        ("No slash", "/about", 2),
        ("Moved", "/articles/old/", 3),
        ("Filtered", "/articles/?page=1#top", 4),
        ("Draft", "/draft/", 5),
        ("Lost", "/lost/", 6),
        ("Wrong", "/articles/?page=x", 7),
        ("Elsewhere", "https://example.com/lost/", 8),
        ("Mail", "mailto:a@example.org", 9),
    )
    response = editor.post(CHANGE, form)
    assert len(saved(response).link_list) == 9
    html = editor.get(CHANGE).content.decode()
    said = [label for label in form.values() if f"The link “{label}” is saved, but" in html]
    assert said == ["Draft", "Lost", "Wrong"]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//elsewhere.example", "about"])
def test_link_that_is_no_address_is_refused_in_words(editor, address):
    response = editor.post(CHANGE, form_of() | links("footer", ("x", address, 1)))
    assert "Write /about/ for a page of this site" in response.content.decode()
    assert not SiteLink.objects.exists()


def test_profile_elsewhere_must_be_https(editor):
    response = editor.post(CHANGE, form_of() | links("social", ("x", "/about/", 1)))
    assert "begins with https://" in response.content.decode()


# Preview -------------------------------------------------------------------------------------------


def test_preview_shows_what_is_typed_and_saves_nothing(editor, client):
    form = form_of(name="Unsaved Ltd", front_title="Not yet.", footer_text="Foot words.", email="new@example.org")
    form |= links("navigation", ("Second", "/faq/", 2), ("First", "/articles/", 1))
    html = editor.post(PREVIEW, form | {"preview_page": "/"}).content.decode()
    for words in ("Unsaved Ltd", "Not yet.", "Foot words.", "new@example.org", '<base target="_blank">'):
        assert words in html, words
    assert html.index(">First</a>") < html.index(">Second</a>")
    site = SiteSettings.objects.current()
    assert (site.name, site.link_list) == ("", [])
    client.logout()
    page = client.get("/").content.decode()
    assert "Unsaved Ltd" not in page
    assert "<base" not in page


def test_preview_shows_links_as_they_would_be_after_saving(editor):
    kept = SiteLink.objects.create(site_id=1, place="navigation", label="Kept", address="/faq/", position=5)
    gone = SiteLink.objects.create(site_id=1, place="navigation", label="Gone", address="/articles/", position=6)
    form = form_of() | links("navigation", ("Kept", "/faq/", 5), ("Gone", "/articles/", 6), ("New", "/search/", 1))
    form |= {"navigation-INITIAL_FORMS": 2, "navigation-0-id": kept.pk, "navigation-1-id": gone.pk}
    form |= {"navigation-1-DELETE": "on"}
    head = editor.post(PREVIEW, form).content.decode().partition("</header>")[0]
    assert 0 < head.index(">New</a>") < head.index(">Kept</a>")
    assert ">Gone</a>" not in head
    assert SiteLink.objects.count() == 2


def test_preview_of_other_pages_and_of_what_is_saved(editor):
    SiteSettings(name="Saved Ltd").save()
    assert "Saved Ltd" in editor.get(PREVIEW).content.decode()
    form = form_of(name="Typed Ltd", imprint="<p>Register no. 7</p>")
    assert "Typed Ltd" in editor.post(PREVIEW, form | {"preview_page": "/articles/"}).content.decode()
    assert "Register no. 7" in editor.post(PREVIEW, form | {"preview_page": "/imprint/"}).content.decode()
    empty = editor.post(PREVIEW, form_of(preview_page="/imprint/")).content.decode()
    assert "while the imprint is empty" in empty
    assert "nothing to show at /admin/" in editor.post(PREVIEW, form_of(preview_page="/admin/")).content.decode()


def test_preview_says_in_sentences_what_is_wrong(editor):
    form = form_of(email="nobody", phone="call me", enquiry_recipients="a@example.org\nb")
    form |= links("footer", ("About", "about", 1), ("", "/faq/", 2))
    html = editor.post(PREVIEW, form).content.decode()
    for sentence in (
        "Mail address: Enter a valid email address.",
        "Write the number with digits",
        "“b” is not a mail address.",
        "Footer: Address: Write /about/ for a page of this site",
        "Footer: Label: This field is required.",
    ):
        assert sentence in html, sentence


def test_preview_is_framed_by_the_admin_alone_and_kept_by_nobody(editor):
    for response in (editor.get(PREVIEW), editor.post(PREVIEW, form_of(email="x"))):
        assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        assert "no-store" in response.headers["Cache-Control"]
    assert editor.get("/").headers["X-Frame-Options"] == "DENY"
    assert "frame-src 'self'" in editor.get(CHANGE).headers["Content-Security-Policy"]


@pytest.mark.parametrize("role", ["Author", "Catalogue manager", ""])
def test_only_editors_may_see_or_change_the_settings(client, role):
    client.force_login(factories.user(role))
    for path in (ADMIN, CHANGE, PREVIEW):
        assert client.get(path).status_code == 403, path
    assert client.post(PREVIEW, form_of(name="x")).status_code == 403
    assert client.post(CHANGE, form_of(name="x")).status_code == 403
    assert SiteSettings.objects.get().name == ""


def test_stranger_is_asked_to_sign_in(client):
    for path in (ADMIN, CHANGE, PREVIEW):
        assert client.get(path).headers["Location"].startswith("/admin/login/")


def test_preview_needs_the_token_of_the_form(editor):
    editor.handler.enforce_csrf_checks = True
    assert editor.post(PREVIEW, form_of(name="x")).status_code == 403
