from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.utils import timezone

from articles.models import Article, ArticleKind
from ops.jobs.scheduler import jobs
from publishing.site import menus
from publishing.site.models import SiteLink, SiteSettings, store_menus_after_migrating
from tests import factories

pytestmark = pytest.mark.django_db


def site_with(place="navigation", *links, **fields):
    site = SiteSettings(**fields)
    site.save()
    for position, (label, address) in enumerate(links):
        SiteLink.objects.create(site=site, place=place, label=label, address=address, position=position)
    SiteSettings.objects.store_menus()  # otherwise after the commit, which most tests do not have
    return SiteSettings.objects.current()


def marked(site, path):
    return [(entry.label, entry.current) for entry in menus.navigation(site, path) if entry.current]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", []),
        ("/articles/", [("Articles", "page")]),
        ("/articles/topics/costs/", [("Articles", "true")]),
        ("/catalog/vendors/", [("Models", "true")]),
        ("/articlesque/", []),
        ("", []),
    ],
)
def test_default_menu_marks_the_part_of_the_site_that_a_page_belongs_to(path, expected):
    assert marked(SiteSettings(), path) == expected


def test_default_menu_names_the_page_about_the_company_once_there_is_one():
    assert "About" not in [entry.label for entry in menus.navigation(SiteSettings())]
    factories.article(kind=ArticleKind.PAGE, slug="about")
    assert marked(site_with(), "/about/") == [("About", "page")]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", [("Start", "page")]),
        ("/services/", [("Services", "page")]),
        ("/services/evaluation/", [("Evaluation", "page")]),
        ("/services/running/", [("Services", "true")]),
        ("/catalog/", []),
        ("/elsewhere/", []),
        ("/about/team/", [("About", "true")]),
    ],
)
def test_menu_of_the_editors_marks_the_nearest_entry(path, expected, settings):
    site = site_with(
        "navigation",
        ("Start", "/"),
        ("Services", "/services/"),
        ("Evaluation", "/services/evaluation/"),
        ("Images", "/catalog/?kind=image"),
        ("Elsewhere", "https://example.com/elsewhere/"),
        ("About", f"{settings.SITE_URL}/about"),
    )
    assert marked(site, path) == expected


def test_pages_mark_their_entry_of_the_menu(client):
    article = factories.article()
    assert '<a href="/articles/" aria-current="page">' in client.get("/articles/").content.decode()
    assert '<a href="/articles/" aria-current="true">' in client.get(article.get_absolute_url()).content.decode()
    site_with("navigation", ("Reading", "/articles/"), ("Shop", "https://example.com/"))
    html = client.get(article.get_absolute_url()).content.decode()
    assert '<a href="/articles/" aria-current="true">Reading</a>' in html
    assert '<a href="https://example.com/">Shop</a>' in html
    assert ">Questions</a></li>" not in html.partition("</header>")[0]


def test_default_menus_leave_out_what_the_site_does_not_have(settings):
    groups = {"Read": {"Articles": "/articles/", "Nothing": "/no-such-thing/"}, "Legal": {"Privacy": "/privacy/"}}
    settings.MENUS = {**settings.MENUS, "footer": groups}
    assert menus.footer(SiteSettings()) == [("Read", [menus.MenuItem("Articles", "/articles/")])]


def test_pages_of_the_site_have_their_place_in_the_groups_of_the_footer():
    for slug, title in {"privacy": "Your data", "careers": "Careers"}.items():
        factories.article(kind=ArticleKind.PAGE, slug=slug, title=title)
    groups = dict(menus.footer(SiteSettings.objects.current()))
    assert groups["Transparency"] == [menus.MenuItem("Your data", "/privacy/")]
    assert groups["Company"][-1] == menus.MenuItem("Careers", "/careers/")
    assert labels_of(groups.items()).count("Your data") == 1


def labels_of(groups):
    return [entry.label for _, entries in groups for entry in entries]


def test_case_studies_are_called_worked_examples_as_long_as_all_are(client):
    def names():
        SiteSettings.objects.store_menus()  # otherwise after the commit, which most tests do not have
        texts = [client.get(address).text for address in ("/faq/", "/case-studies/", example.get_absolute_url())]
        return ["Worked examples</a>" in texts[0], "<h1>Worked examples</h1>" in texts[1], "Case studies" in texts[2]]

    example = factories.article(kind=ArticleKind.CASE_STUDY, is_worked_example=True)
    factories.article(kind=ArticleKind.CASE_STUDY, state="draft")
    assert names() == [True, True, False]
    factories.article(kind=ArticleKind.CASE_STUDY)
    assert names() == [False, False, True]
    Article.objects.all().delete()
    assert "Case studies" in [entry.label for entry in menus.navigation(SiteSettings.objects.current())]


def test_footer_leads_to_the_pages_that_readers_may_see(client):
    for number, state in enumerate(("published", "draft", "archived")):
        factories.article(kind=ArticleKind.PAGE, title=f"Page {state} & more", slug=f"page-{number}", state=state)
    factories.article(kind=ArticleKind.SERVICE, title="A service")
    factories.article(kind=ArticleKind.PAGE, title="Page later", publish_at="2999-01-01T00:00Z")
    html = client.get("/faq/").content.decode()
    assert '<a href="/page-0/">Page published &amp; more</a>' in html
    assert not [words for words in ("Page draft", "Page archived", "Page later", "A service") if words in html]


def test_footer_leaves_out_the_pages_that_their_editors_leave_out(client):
    factories.article(kind=ArticleKind.PAGE, title="Spring offer", slug="spring", show_in_footer=False)
    factories.article(kind=ArticleKind.PAGE, title="How we work", slug="how")
    html = client.get("/faq/").content.decode()
    assert ("Spring offer" in html, "How we work" in html) == (False, True)


@pytest.mark.parametrize("title", ["", "two\nlines", "“Quoted” ünïcode", "a" * 200])
def test_any_title_stands_in_the_footer_as_it_is(title):
    page = factories.article(kind=ArticleKind.PAGE, title=title or "x", slug="odd")
    factories.article(kind=ArticleKind.PAGE, title="Other")
    assert menus.MenuItem(page.title, "/odd/") in menus.footer(SiteSettings.objects.current())[0][1]


def test_settings_links_and_pages_of_the_footer_are_one_query(django_assert_num_queries):
    site_with("social", ("Code", "https://example.com/"))
    for number in range(15):
        factories.article(kind=ArticleKind.PAGE, title=f"Page {number}")
    menus.footer(SiteSettings())
    with django_assert_num_queries(1):
        site = SiteSettings.objects.current()
        labels = labels_of(menus.footer(site))
        assert site.profiles
    assert [label for label in labels if label.startswith("Page")] == [f"Page {number}" for number in range(12)]


def test_a_page_appears_in_the_footer_at_its_moment_and_goes_at_its_end():
    SiteSettings().save()
    with time_machine.travel("2026-11-25T10:00Z", tick=False) as clock:
        now = timezone.now()
        moments = {"publish_at": now + timedelta(seconds=0.5), "expire_at": now + timedelta(seconds=1)}
        factories.article(kind=ArticleKind.PAGE, title="Imprint of ours", **moments)
        seen = []
        for _ in range(3):
            seen.append("Imprint of ours" in dict(SiteSettings.objects.current().footer_pages))
            clock.shift(0.6)
    assert seen == [False, True, False]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "change",
    [
        lambda page, link: page.delete() and link.delete(),
        lambda page, link: Article.objects.filter(pk=page.pk).delete() and link.delete(),
        lambda page, link: Article.objects.filter(pk=page.pk).update(state="draft") and link.delete(),
        lambda page, link: (
            SiteLink.objects.all().delete()
            and Article.objects.all().update(kind="service")
            and jobs["publishing.site.models.store_menus"].run() is None
        ),
    ],
)
def test_menus_follow_each_change_of_pages_and_links(change):
    page = factories.article(kind=ArticleKind.PAGE, title="About us", slug="about-us")
    site = site_with("social", ("Code", "https://example.com/"))
    assert (site.footer_pages, len(site.profiles)) == ([("About us", "/about-us/")], 1)
    page.title = "About you"
    page.save()
    assert SiteSettings.objects.current().footer_pages == [("About you", "/about-us/")]
    link = SiteLink.objects.get()
    link.label = "Source"
    link.save()
    assert [link.label for link in SiteSettings.objects.current().profiles] == ["Source"]
    change(page, link)
    site = SiteSettings.objects.current()
    assert (site.footer_pages, site.profiles) == ([], [])


def write_sql(sql: str):
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("change", "gone", "expected"),
    [
        (lambda: SiteLink.objects.update(label="Shop"), "Jobs", "Shop"),
        (lambda: SiteLink.objects.all().delete(), "Jobs", "Articles"),
        (lambda: SiteLink.objects.bulk_create([SiteLink(site_id=1, place="navigation", label="Shop")]), "", "Shop"),
        (lambda: write_sql("UPDATE publishing_sitelink SET label = 'Shop'"), "Jobs", "Shop"),
        (lambda: write_sql("UPDATE articles_article SET title = 'Who we are'"), "About us", "Who we are"),
        (lambda: write_sql("UPDATE articles_article SET state = 'draft'"), "About us", ""),
        (lambda: write_sql("DELETE FROM articles_article"), "About us", ""),
    ],
)
def test_menus_of_the_next_page_follow_writes_past_the_models(change, gone, expected, client):
    factories.article(kind=ArticleKind.PAGE, title="About us")
    site_with("navigation", ("Jobs", "/jobs/"))
    html = client.get("/faq/").content.decode()
    assert "Jobs</a>" in html
    assert "About us</a>" in html
    change()
    html = client.get("/faq/").content.decode()
    assert f"{expected}</a>" in html
    assert not gone or f"{gone}</a>" not in html


@pytest.mark.parametrize("stored", [None, {"links": [], "pages": []}])
def test_menus_are_stored_by_migrating(stored):
    page = factories.article(kind=ArticleKind.PAGE, title="About us", slug="about-us")
    SiteSettings.objects.update(menus=stored)
    store_menus_after_migrating(sender=apps.get_app_config("publishing"), using="default", plan=[])
    assert SiteSettings.objects.current().footer_pages == [("About us", page.get_absolute_url())]


def test_footer_shows_the_pages_where_the_row_is_missing_too(client):
    SiteSettings.objects.all().delete()
    factories.article(kind=ArticleKind.PAGE, title="About us")
    assert "About us" in client.get("/faq/").content.decode()


def test_footer_of_the_editors_takes_the_place_of_the_default_but_for_the_imprint():
    factories.article(kind=ArticleKind.PAGE, title="About us")
    factories.article(kind=ArticleKind.PAGE, slug="imprint", title="Imprint")
    site = site_with("footer", ("Jobs", "/jobs/"))
    assert labels_of(menus.footer(site)) == ["Jobs", "Imprint"]
    SiteLink.objects.create(site_id=1, place="footer", label="Legal", address="/imprint/", position=9)
    SiteSettings.objects.store_menus()
    assert labels_of(menus.footer(SiteSettings.objects.current())) == ["Jobs", "Legal"]


def test_footer_tells_how_to_reach_the_company(client):
    site_with(
        "social",
        ("Mastodon", "https://social.example/@us"),
        email="hello@example.org",
        phone="+44 (20) 7946-0000",
        postal_address="1 Row\n\n London <b>",
        legal_name="Halden Ltd",
    )
    html = client.get("/articles/").content.decode()
    assert '<a href="mailto:hello@example.org">hello@example.org</a>' in html
    assert '<a href="tel:+442079460000">+44 (20) 7946-0000</a>' in html
    assert "1 Row<br>London &lt;b&gt;" in html
    assert '<a href="https://social.example/@us" rel="me">Mastodon</a>' in html
    assert "Halden Ltd" in html


def test_logo_stands_before_the_name_in_place_of_the_mark(client):
    head = client.get("/articles/").content.decode().partition("</header>")[0]
    assert 'class="mark"' in head
    logo = factories.image()
    site_with(logo=logo)
    head = client.get("/articles/").content.decode().partition("</header>")[0]
    assert f'src="{logo.file.url}"' in head
    assert 'class="mark"' not in head


def test_creating_the_row_again_changes_it():
    SiteSettings.objects.create(name="First")
    SiteSettings.objects.create(name="Second")
    assert [site.name for site in SiteSettings.objects.all()] == ["Second"]
