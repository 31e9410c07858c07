import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from publishing.site.models import SiteLink, SiteSettings
from tests import factories

pytestmark = pytest.mark.django_db


def test_without_settings_pages_are_whole(client):
    assert "Vitrine" in client.get("/").content.decode()


def test_what_was_saved_stands_on_every_page(client):
    SiteSettings(name="Halden & Row", footer_text="Since 2019.").save()
    home, articles = (client.get(path).content.decode() for path in ("/", "/articles/"))
    assert "<title>Halden &amp; Row: " in home  # what it does follows
    assert "Articles · Halden &amp; Row" in articles
    assert "Since 2019." in articles
    assert "Halden &amp; Row" in client.get("/nothing-here/").content.decode()


def test_page_without_a_picture_of_its_own_is_shared_with_that_of_the_site(client):
    for path in ("/", "/articles/", "/catalog/", "/faq/", "/search/", "/contact/", "/api/"):
        assert 'og:image" content="http' in client.get(path).content.decode(), path
    picture = factories.image(alt="Our house")
    SiteSettings(share_image=picture).save()
    for path in ("/", "/articles/"):
        html = client.get(path).content.decode()
        assert f'<meta property="og:image" content="{settings.SITE_URL}{picture.file.url}">' in html
        assert '<meta property="og:image:alt" content="Our house">' in html
    article = factories.article()
    assert picture.file.url not in client.get(article.get_absolute_url()).content.decode()


def test_settings_and_their_links_are_one_query(django_assert_num_queries):
    site = SiteSettings(name="Halden")
    site.save()
    for position, label in enumerate(["About", "Contact"]):
        SiteLink.objects.create(site=site, place="footer", label=label, address="/about/", position=position)
    SiteSettings.objects.store_menus()
    with django_assert_num_queries(1):
        current = SiteSettings.objects.current()
        assert [link.label for link in current.links_at("footer")] == ["About", "Contact"]
        assert current.links_at("social") == []
        assert current.shown_name == "Halden"


def test_there_is_one_row_however_often_one_is_saved():
    SiteSettings(name="First").save()
    SiteSettings(name="Second").save()
    assert [site.name for site in SiteSettings.objects.all()] == ["Second"]
    with pytest.raises(IntegrityError), transaction.atomic():
        SiteSettings.objects.bulk_create([SiteSettings(pk=2)])


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "//elsewhere.example", "about", "/a b", "data:text/html,x", "/\\x"]
)
def test_link_that_is_no_address_is_refused(address):
    with pytest.raises(ValidationError):
        SiteLink(site_id=1, place="footer", label="x", address=address).clean_fields()


def test_mail_addresses_are_asked_for_line_by_line():
    site = SiteSettings(enquiry_recipients="a@example.org\nb@example.org")
    site.clean_fields()
    assert site.recipients == ["a@example.org", "b@example.org"]
    with pytest.raises(ValidationError, match="“b” is not an email address"):
        SiteSettings(enquiry_recipients="a@example.org\nb").clean_fields()
