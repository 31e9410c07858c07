"""A site says that its texts are an example until an administrator has confirmed them. Stage: test."""

from importlib import import_module
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.utils import timezone

from articles.models import ArticleKind
from config.environment import is_public
from publishing.revisions.models import Action
from publishing.site import current
from publishing.site.models import NEEDED, SiteLink, SiteSettings
from publishing.workflow.actions import ActionRequest, perform_action
from tests import factories
from tests.publishing.admin.test_site_settings import CHANGE, form_of
from tests.publishing.site.test_company import FACTS

pytestmark = pytest.mark.django_db
MARK = "no company has confirmed these texts yet"
NOINDEX = '<meta name="robots" content="noindex">'
OWN = {name: "x@halden.example" if name == "email" else f"Our {name}" for name in NEEDED}
PAGES = ("/", "/contact/", "/faq/", "/articles/", "/services/", "/catalog/")


@pytest.fixture
def public(settings):
    settings.SITE_IS_PUBLIC = True


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://www.halden.com", True),
        ("http://halden.co.uk:8080", True),
        ("https://8.8.8.8", True),
        ("https://www.example.com", True),
        ("https://plan.com", True),
        *((f"http://{host}:8000", False) for host in ("localhost", "127.0.0.1", "[::1]", "10.1.2.3", "web", "a.test")),
        *(
            (f"https://{host}", False)
            for host in ("halden.example", "a.invalid", "a.localhost", "nas.local", "nas.lan")
        ),
        *(
            (f"https://{host}", False)
            for host in ("a.internal", "nas.home.arpa", "home.arpa", "nas.lan.", "a.b.example")
        ),
        *(
            (f"https://{host}", False)
            for host in ("192.168.1.5", "172.20.0.1", "169.254.1.1", "[fd00::1]", "[fe80::1]")
        ),
    ],
)
def test_an_address_is_public_if_others_can_open_it(address, expected):
    assert is_public(address) == expected


@pytest.mark.parametrize("path", PAGES)
def test_pages_of_a_public_site_are_marked_and_not_indexed_until_it_is_confirmed(path, public, client):
    page = client.get(path).content.decode()
    assert MARK in page
    assert NOINDEX in page
    administrator = factories.administrator()
    client.force_login(administrator)
    assert client.post(CHANGE, form_of(**OWN, confirms="on")).status_code == 302
    client.logout()
    page = client.get(path).content.decode()
    assert MARK not in page
    assert NOINDEX not in page
    site = SiteSettings.objects.current()
    assert (site.is_confirmed, site.confirmed_by) == (True, administrator)


def test_a_site_for_oneself_is_marked_only(client):
    page = client.get("/faq/").content.decode()
    assert MARK in page
    assert NOINDEX not in page


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_confirmed(client):
    client.force_login(factories.administrator())
    page = client.post(CHANGE, form_of(**OWN | {"hosting": ""}, confirms="on"))
    assert page.context["adminform"].form.errors == {"hosting": ["Needed before the texts can be confirmed."]}
    assert not SiteSettings.objects.current().is_confirmed
    assert client.post(CHANGE, form_of(**OWN | {"hosting": ""})).status_code == 302
    assert SiteSettings.objects.current().missing == ["hosting and logs"]


def test_only_administrators_confirm(client):
    client.force_login(factories.user("Editor"))
    assert 'name="confirms"' not in client.get(CHANGE).content.decode()
    client.post(CHANGE, form_of(**OWN, confirms="on"))
    assert SiteSettings.objects.current().confirmed_at is None


def test_what_is_needed_cannot_be_emptied_unless_the_confirmation_is_taken_back(public, client):
    client.force_login(factories.administrator())
    client.post(CHANGE, form_of(**OWN, confirms="on"))
    assert client.get(CHANGE).context["adminform"].form["confirms"].value()
    page = client.post(CHANGE, form_of(**OWN | {"legal_name": ""}, confirms="on"))
    words = "Needed while the texts are confirmed. Fill it in, or untick “These are our own statements”."
    assert page.context["adminform"].form.errors == {"legal_name": [words]}
    assert SiteSettings.objects.current().legal_name
    page = client.post(CHANGE, form_of(**OWN | {"legal_name": ""}), follow=True)
    assert "each page says so, and search engines are told not to index the site." in page.content.decode()
    site = SiteSettings.objects.current()
    assert (site.confirmed_at, site.confirmed_by, site.legal_name) == (None, None, "")


def test_what_was_confirmed_is_changed_by_administrators_only(client):
    first, second = factories.administrator(), factories.administrator()
    client.force_login(first)
    client.post(CHANGE, form_of(**OWN, confirms="on"))
    client.force_login(factories.user("Editor"))
    page = client.get(CHANGE).content.decode()
    assert "Only administrators change what was confirmed." in page
    assert 'name="legal_name"' not in page
    assert client.post(CHANGE, form_of(legal_name="Elsewhere Ltd", footer_text="Ours")).status_code == 302
    site = SiteSettings.objects.current()
    assert (site.legal_name, site.footer_text, site.is_confirmed) == ("Our legal_name", "Ours", True)
    client.force_login(second)
    client.post(CHANGE, form_of(**OWN, footer_text="Other", confirms="on"))
    assert SiteSettings.objects.current().confirmed_by == first  # who confirmed what is stated
    client.post(CHANGE, form_of(**OWN | {"legal_name": "New Ltd"}, confirms="on"))
    assert SiteSettings.objects.current().confirmed_by == second


def test_the_page_about_the_company_says_what_is_missing(client):
    factories.article(kind=ArticleKind.PAGE, slug="about")
    assert "Not stated yet: name, legal name" in client.get("/about/").content.decode()


def test_contact_and_privacy_say_what_is_missing(client):
    SiteSettings(**FACTS | {"email": ""}).save()
    said = client.get("/contact/").content.decode()
    assert "Not stated yet: " in said
    assert "email address" in said.partition("Not stated yet: ")[2][:200]


def test_the_start_says_it(public):
    factories.administrator()  # no new site
    out = StringIO()
    call_command("load_starter", say=out.write)
    assert "Search engines are told not to index this site until then." in out.getvalue()


def test_an_upgrade_confirms_sites_that_state_everything():
    confirm = import_module("publishing.migrations.0005_confirmed_texts").confirm_complete_sites
    SiteSettings(**OWN | {"email": ""}).save()
    confirm(apps, None)
    assert SiteSettings.objects.current().confirmed_at is None
    SiteSettings(**OWN).save()
    confirm(apps, None)
    assert SiteSettings.objects.current().is_confirmed


@pytest.mark.parametrize("own", [{"legal_name": "Halden Ltd"}, {"email": "x@halden.example"}, {"name": "Halden"}])
def test_an_upgraded_site_that_states_something_of_its_own_stays_in_search_engines(own, public, client):
    SiteSettings(**own).save()
    upgraded()
    site = SiteSettings.objects.current()
    assert (site.was_indexed, site.is_confirmed) == (True, False)
    page = client.get("/contact/").content.decode()
    assert NOINDEX not in page
    assert MARK in page
    assert "Not stated yet: " in page


@pytest.mark.parametrize("way", ["a link", "a text"])
def test_an_upgraded_site_with_a_menu_or_a_text_of_its_own_stays_in_search_engines(way):
    SiteSettings().save()
    if way == "a link":
        SiteLink.objects.create(site_id=1, place="footer", label="Jobs", address="/jobs/")
    else:
        perform_action(
            factories.article(),
            ActionRequest(Action.SAVE, {"fields": {"title": "Ours"}}, author=factories.user("Editor")),
        )
    upgraded()
    assert SiteSettings.objects.current().was_indexed


def test_an_upgrade_says_nothing_of_a_new_site_or_of_one_with_nothing_but_the_starter(public, client):
    SiteSettings(answer_days=2).save()  # by the starter
    factories.article()
    upgraded()
    assert not SiteSettings.objects.current().was_indexed
    assert NOINDEX in client.get("/contact/").content.decode()


def test_the_start_says_what_is_missing_of_a_site_that_stays_in_search_engines(public):
    SiteSettings(name="Halden", was_indexed=True).save()
    factories.administrator()  # no new site
    out = StringIO()
    call_command("load_starter", say=out.write)
    assert "not to index" not in out.getvalue()
    assert "No administrator has confirmed the texts of this site yet" in out.getvalue()
    assert "Missing: legal name, postal address, " in out.getvalue()


def test_what_programs_read_agrees_with_pages_that_are_not_indexed(public, client):
    article = factories.article()
    assert client.get("/sitemap.xml").status_code == 404
    assert client.get("/sitemap.xml?kind=articles.article").status_code == 404
    assert "Sitemap" not in client.get("/robots.txt").text
    overview = client.get("/llms.txt")
    assert MARK in overview.text
    assert "sitemap.xml" not in overview.text
    assert overview.headers["X-Robots-Tag"] == "noindex"
    SiteSettings(**OWN, confirmed_at=timezone.now()).save()
    assert article.get_absolute_url() in client.get("/sitemap.xml?kind=articles.article").text
    assert "Sitemap: " in client.get("/robots.txt").text
    overview = client.get("/llms.txt")
    assert MARK not in overview.text
    assert "sitemap.xml" in overview.text
    assert "X-Robots-Tag" not in overview.headers


def test_error_pages_of_a_process_that_has_not_read_the_settings_bear_no_mark(client, monkeypatch):
    monkeypatch.setattr(current, "_last_known", [])
    assert MARK not in client.get("/missing/").content.decode()
    client.get("/contact/")
    assert MARK in client.get("/missing/").content.decode()
    SiteSettings(**OWN, confirmed_at=timezone.now()).save()
    client.get("/contact/")
    assert MARK not in client.get("/missing/").content.decode()


def upgraded():
    import_module("publishing.migrations.0006_indexed_before").mark_sites_in_use(apps, None)
