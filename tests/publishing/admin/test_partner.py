import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.urls import reverse
from lxml import html

from publishing.api.partner import PartnerKey
from tests import factories
from tests.publishing.api.partners import issued, partner, sent

pytestmark = pytest.mark.django_db
ADD = reverse("admin:publishing_partnerkey_add")
LIST = reverse("admin:publishing_partnerkey_changelist")
EMPTY = {"expiry_date_0": "", "expiry_date_1": ""}


def issue(client, of, **changes):
    values = {"partner": of.pk, "name": "Mirror", **EMPTY}
    return client.post(ADD, values | changes)


def change_page(key) -> str:
    return reverse("admin:publishing_partnerkey_change", args=[quote(key.pk)])


def test_a_key_is_shown_once_and_opens(admin_page, client):
    response = issue(admin_page, partner(organisation="Mirror Ltd"))
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    page = html.document_fromstring(response.content.decode())
    text = page.xpath("//div[@id='content']//code")[0].text
    assert client.get("/api/v1/", headers=sent(text)).status_code == 200
    key = PartnerKey.objects.get()
    secret = text.split(".")[1]
    for path in (LIST, change_page(key), reverse("admin:publishing_partner_change", args=[key.partner_id]), LIST):
        assert secret not in admin_page.get(path).content.decode()
    assert not any(secret in str(session.get_decoded()) for session in Session.objects.all())
    assert secret not in str(admin_page.cookies)
    assert secret not in str(list(LogEntry.objects.values()))
    (link,) = page.xpath("//div[@id='content']//a[contains(@href, 'change')]/@href")
    assert admin_page.get(link).status_code == 200


def test_a_key_is_revoked_in_its_form_for_good(admin_page, client):
    key, text = issued()
    values = {"name": "Mirror", "revoked": "on", **EMPTY}
    assert admin_page.post(change_page(key), values).status_code == 302
    assert client.get("/api/v1/", headers=sent(text)).status_code == 401
    page = html.document_fromstring(admin_page.get(change_page(key)).content.decode())
    assert not page.xpath("//input[@name='revoked']")


def test_the_form_does_not_move_a_key_to_another_partner(admin_page):
    key, other = issued()[0], partner()
    values = {"name": "Mirror", "partner": other.pk, **EMPTY}
    admin_page.post(change_page(key), values)
    assert PartnerKey.objects.get().partner_id == key.partner_id


@pytest.mark.parametrize(("role", "may"), [("Editor", True), ("Author", False), ("Catalogue manager", False)])
def test_editors_issue_keys(role, may, client):
    user = factories.administrator()
    user.is_superuser = False
    user.save()
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    assert client.get(ADD).status_code == (200 if may else 403)
    assert client.get(reverse("admin:publishing_partner_changelist")).status_code == (200 if may else 403)


def test_the_package_s_own_keys_have_no_place_in_the_admin(admin_page):
    assert "rest_framework_api_key" not in admin_page.get(reverse("admin:index")).content.decode()
