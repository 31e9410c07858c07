"""The second factor: setup, sign-in, recovery codes, and that it is required for publishing on sites that demand it."""

import logging
import re
import time
from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from articles.models import Article
from publishing.accounts.two_factor import OPEN_TO_ALL, RecoveryCode
from publishing.content.publishable import State
from tests import factories
from tests.publishing.content.test_permissions import change_url, form_of
from tests.test_roles_everywhere import addresses

pytestmark = pytest.mark.django_db
PAGE, CODE = "/admin/second-factor/", "/admin/second-factor/code/"


def code_of(device, steps=0) -> str:
    """Return the code on the phone, `steps` times 30 seconds from now."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time() + steps * device.step
    return f"{totp.token():06}"


def with_device(person) -> TOTPDevice:
    return TOTPDevice.objects.create(user=person, name="Phone", confirmed=True)


def sign_in(client, person, password="correct horse", **more):
    return client.post("/admin/login/", {"username": person.username, "password": password}, **more)


def set_up(client, person):
    """Set up the second factor by the pages; returns the device and the recovery codes."""
    page = client.get(PAGE).content.decode()
    device = TOTPDevice.objects.get(user=person)
    answer = client.post(PAGE, {"code": code_of(device)}).content.decode()
    device.refresh_from_db()
    return device, re.findall(r"<li><code>([^<]+)</code>", answer), page


# Setting up --------------------------------------------------------------------------------------------------


def test_set_up_with_a_code_from_the_phone(client):
    person = factories.user("Author")
    client.force_login(person)
    device, codes, page = set_up(client, person)
    assert device.confirmed
    assert len(codes) == len(set(codes)) == 10
    assert re.search(r'<svg class="qr"[^>]*viewBox="0 0 \d+ \d+"', page)
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1]
    assert len(secret.replace(" ", "")) == 32
    assert client.get("/admin/").status_code == 200, "this session gave a code already"
    assert codes[0] not in client.get(PAGE).content.decode(), "shown once"
    assert not any(code in str([*RecoveryCode.objects.values()]) for code in codes)
    assert LogEntry.objects.filter(change_message="Two-factor authentication turned on.").exists()


def test_wrong_code_sets_nothing_up(client):
    person = factories.user("Author")
    client.force_login(person)
    client.get(PAGE)
    answer = client.post(PAGE, {"code": "000000"}).content.decode()
    assert "is wrong" in answer
    assert not TOTPDevice.objects.filter(confirmed=True).exists()
    assert client.get("/admin/").status_code == 200


# Signing in --------------------------------------------------------------------------------------------------


def test_password_alone_opens_nothing(client):
    person = factories.user("Editor")
    device = with_device(person)
    draft = factories.article(state=State.DRAFT, title="Not yet")
    sign_in(client, person)
    for path in ("/admin/", change_url(draft), "/admin/password_change/", PAGE):
        response = client.get(path)
        assert response.status_code == 302, path
        assert response.headers["Location"].startswith(CODE), path
    assert client.post(change_url(draft), form_of(draft, _continue="publish")).status_code == 302
    assert not Article.objects.published().exists()
    assert client.get(draft.get_absolute_url()).status_code == 404, "nor drafts on the site"
    answer = client.post(CODE, {"code": code_of(device), "next": change_url(draft)})
    assert answer.headers["Location"] == change_url(draft)
    assert client.get(change_url(draft)).status_code == 200
    assert client.get(draft.get_absolute_url()).status_code == 200


def test_a_code_is_good_once_and_for_a_minute(client):
    person = factories.user("Editor")
    device = with_device(person)
    code = code_of(device)
    sign_in(client, person)
    assert client.post(CODE, {"code": code_of(device, steps=-20)}).status_code == 200
    TOTPDevice.objects.update(throttling_failure_count=0)
    assert client.post(CODE, {"code": code}).status_code == 302
    client.logout()
    sign_in(client, person)
    assert "used before" in client.post(CODE, {"code": code}).content.decode()


def test_guessing_meets_ever_longer_pauses(client):
    person = factories.user("Editor")
    device = with_device(person)
    sign_in(client, person)
    with time_machine.travel(timezone.now(), tick=False):
        answers = [client.post(CODE, {"code": f"00000{number}"}).content.decode() for number in range(4)]
        assert "wait a minute before" in answers[0]
        assert "is wrong" in client.post(CODE, {"code": code_of(device)}).content.decode(), "the pause is not over"
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert client.post(CODE, {"code": code_of(device)}).status_code == 302


def test_a_session_from_before_must_give_a_code_too(client):
    person = factories.user("Editor")
    client.force_login(person)
    assert client.get("/admin/").status_code == 200
    with_device(person)
    assert client.get("/admin/").headers["Location"].startswith(CODE)


def test_next_leads_nowhere_else(client):
    person = factories.user("Editor")
    device = with_device(person)
    sign_in(client, person)
    answer = client.post(CODE, {"code": code_of(device), "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/admin/"


# Recovery codes ----------------------------------------------------------------------------------------------


def test_recovery_code_opens_once(client):
    person = factories.user("Editor")
    client.force_login(person)
    _, codes, _ = set_up(client, person)
    client.logout()
    sign_in(client, person)
    assert client.post(CODE, {"code": codes[3].upper().replace("-", " ")}).status_code == 302
    assert client.get("/admin/").status_code == 200
    client.logout()
    sign_in(client, person)
    assert client.post(CODE, {"code": codes[3]}).status_code == 200
    assert RecoveryCode.objects.count() == 9


def test_recovery_code_of_somebody_else_opens_nothing(client):
    one, other = factories.user("Editor"), factories.user("Editor")
    codes = RecoveryCode.objects.make_for(other)
    with_device(one)
    sign_in(client, one)
    assert client.post(CODE, {"code": codes[0]}).status_code == 200
    assert RecoveryCode.objects.count() == 10


def test_guessing_recovery_codes_is_limited(client, frozen_clock):
    person = factories.user("Editor")
    with_device(person)
    codes = RecoveryCode.objects.make_for(person)
    sign_in(client, person)
    for number in range(20):
        client.post(CODE, {"code": f"aaaaa-aaaaa-aaaaa-{number:05}"})
    assert client.post(CODE, {"code": codes[0]}).status_code == 200


def test_new_codes_void_the_old_ones(client):
    person = factories.user("Author")
    client.force_login(person)
    device, old, _ = set_up(client, person)
    page = client.post(PAGE, {"new_codes": "yes", "codes-code": code_of(device, steps=1)}).content.decode()
    assert len(re.findall(r"<li><code>", page)) == 10
    assert not RecoveryCode.objects.use(person, old[0])


def test_new_codes_need_a_code_of_the_phone_or_an_old_one(client):
    person = factories.user("Author")
    client.force_login(person)
    _, old, _ = set_up(client, person)
    for sent, words in (({}, "required"), ({"codes-code": "123"}, "is wrong"), ({"codes-code": "aaaaa"}, "is wrong")):
        page = client.post(PAGE, {"new_codes": "yes", **sent}).content.decode()
        assert words in page
        assert "<li><code>" not in page
    assert RecoveryCode.objects.filter(user=person).count() == 10
    page = client.post(PAGE, {"new_codes": "yes", "codes-code": old[0]}).content.decode()
    assert len(re.findall(r"<li><code>", page)) == 10
    assert not RecoveryCode.objects.use(person, old[1])


def test_taken_away_with_a_code_and_not_without(client):
    person = factories.user("Author")
    client.force_login(person)
    device, _, _ = set_up(client, person)
    assert "is wrong" in client.post(PAGE, {"remove": "yes", "code": "123"}).content.decode()
    TOTPDevice.objects.update(throttling_failure_count=0)
    device.refresh_from_db()
    assert client.post(PAGE, {"remove": "yes", "code": code_of(device, steps=1)}).status_code == 302
    assert not TOTPDevice.objects.exists()
    assert not RecoveryCode.objects.exists()


def test_administrator_takes_it_away_from_somebody_who_lost_it(client):
    person = factories.user("Editor")
    with_device(person)
    RecoveryCode.objects.make_for(person)
    client.force_login(factories.user("Administrator"))
    assert "Turn off two-factor authentication" in client.get(f"/admin/auth/user/{person.pk}/change/").content.decode()
    assert client.post(f"/admin/auth/user/{person.pk}/second-factor/").status_code == 302
    assert not TOTPDevice.objects.exists()
    assert not RecoveryCode.objects.exists()


# Demanded ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["Editor", "Catalogue manager", "Administrator"])
def test_where_demanded_nobody_publishes_before_setting_it_up(client, settings, role):
    settings.REQUIRE_TOTP = True
    person = factories.user(role)
    client.force_login(person)
    draft = factories.article(state=State.DRAFT)
    for path in ("/admin/", change_url(draft), "/admin/articles/article/", "/admin/password_change/"):
        assert client.get(path).headers["Location"].startswith(PAGE), path
    for path, form in (
        (change_url(draft), form_of(draft, _continue="publish")),
        ("/admin/articles/article/", {"action": "publish", "_selected_action": [draft.pk]}),
        ("/admin/articles/article/add/", form_of(_continue="publish")),
    ):
        assert client.post(path, form).headers["Location"].startswith(PAGE)
    assert not Article.objects.published().exists()
    page = client.get(PAGE).content.decode()
    assert "Users who can publish need two-factor authentication" in page
    set_up(client, person)
    assert client.get("/admin/").status_code == 200


def test_every_address_of_the_admin_is_closed_until_then(client, settings):
    """The paths come from the URL map, so that a page added later is closed too."""
    settings.REQUIRE_TOTP = True
    client.force_login(factories.administrator())
    for address in addresses():
        if address.name in OPEN_TO_ALL or address.name in {"admin:second_factor", "admin:"}:
            continue
        path = "/" + re.sub(r"<[^>]*>", "1", address.route)
        if "(?P" in path:
            path = "/admin/articles/"
        for method in (client.get, client.post):
            response = method(path)
            assert response.status_code == 302, (path, response.status_code)
            assert response.headers["Location"].startswith(PAGE), path


def test_authors_need_none(client, settings):
    settings.REQUIRE_TOTP = True
    client.force_login(factories.user("Author"))
    assert client.get("/admin/").status_code == 200
    assert client.get(PAGE).status_code == 200


def test_secrets_stay_out_of_the_log(client, caplog):
    caplog.set_level(logging.DEBUG)
    person = factories.user("Author")
    client.force_login(person)
    device, codes, page = set_up(client, person)
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1]
    client.post(CODE, {"code": codes[0]})
    for text in (secret, secret.replace(" ", ""), device.key, *codes):
        assert text not in caplog.text
        assert not LogEntry.objects.filter(change_message__contains=text).exists()


def test_device_of_somebody_else_is_shown_nowhere_in_the_admin(client):
    client.force_login(factories.administrator())
    assert client.get("/admin/otp_totp/totpdevice/").status_code == 404
