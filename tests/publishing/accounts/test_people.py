"""Accounts: invitations, new passwords, and that users cannot give more rights than they have."""

import logging
import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as site_settings
from django.contrib.auth.models import Group, Permission, User
from django.core import mail
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from publishing.accounts.invitations import invited
from tests import factories
from tests.publishing.workflow.test_review import work

pytestmark = pytest.mark.django_db
PASSWORD = "a long and winding road"


@pytest.fixture
def boss(client):
    person = factories.user("Administrator", first_name="Berta", email="berta@example.org")
    client.force_login(person)
    return person


def invite(client, role="Author", **changes):
    values = {"first_name": "Nora", "last_name": "New", "email": "Nora@example.org"}
    return client.post("/admin/auth/user/invite/", values | {"role": Group.objects.get(name=role).pk} | changes)


def open_invitations(client) -> list[str]:
    page = client.get("/admin/auth/user/?invitation=open")
    return [person.username for person in page.context["cl"].result_list]


def link_in(message) -> str:
    return re.search(rf"{site_settings.SITE_URL}(/\S+)", message.body)[1]


def choose(client, path, password=PASSWORD):
    """Follow the link in a mail and choose a password; returns the last response."""
    page = client.get(path, follow=True)
    if not page.context or not page.context.get("validlink"):
        return page
    where = page.redirect_chain[-1][0]
    return client.post(where, {"new_password1": password, "new_password2": password})


# Invitations -------------------------------------------------------------------------------------------


def test_invited_by_mail_she_chooses_a_password_and_works_in_her_role(client, boss, mail_server):
    assert invite(client).status_code == 302
    person = User.objects.get(username="nora@example.org")
    assert (person.is_staff, person.has_usable_password(), person.get_full_name()) == (True, False, "Nora New")
    assert not mail.outbox
    work()
    assert mail.outbox[0].to == ["Nora@example.org"]
    assert "Berta invites you" in mail.outbox[0].body
    path = link_in(mail.outbox[0])
    assert open_invitations(client) == ["nora@example.org"]
    client.logout()
    assert "password" in client.get(path, follow=True).content.decode()
    assert choose(client, path, "short").status_code == 200
    assert choose(client, path).headers["Location"] == "/admin/login/"
    assert client.post("/admin/login/", {"username": "nora@example.org", "password": PASSWORD}).status_code == 302
    assert client.get("/admin/articles/article/add/").status_code == 200
    assert client.get("/admin/auth/user/").status_code == 403
    assert not invited(User.objects).exists()


def test_link_works_once_and_ends(client, boss, mail_server):
    invite(client)
    work()
    path = link_in(mail.outbox[0])
    client.logout()
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        assert "no longer valid" in choose(client, path).content.decode()
    choose(client, path)
    assert "no longer valid" in choose(client, path, "another long password").content.decode()
    assert User.objects.get(username="nora@example.org").check_password(PASSWORD)


def test_sent_again_the_link_before_is_void(client, boss, mail_server):
    invite(client)
    work()
    person = User.objects.get(username="nora@example.org")
    url = f"/admin/auth/user/{person.pk}/invite-again/"
    assert "Resend invitation" in client.get(f"/admin/auth/user/{person.pk}/change/").content.decode()
    assert client.post(url).status_code == 302
    work()
    first, second = (link_in(message) for message in mail.outbox)
    assert "no longer valid" in choose(client, first).content.decode()
    assert choose(client, second).status_code == 302
    assert client.post(url).status_code == 404
    assert "Resend invitation" not in client.get(f"/admin/auth/user/{person.pk}/change/").content.decode()


def test_invitation_of_a_closed_account_opens_nothing(client, boss, mail_server):
    invite(client)
    work()
    person = User.objects.get(username="nora@example.org")
    client.post(f"/admin/auth/user/{person.pk}/change/", form_of(person, is_active=""))
    assert not User.objects.get(username="nora@example.org").is_active
    assert open_invitations(client) == []
    assert "no longer valid" in choose(client, link_in(mail.outbox[0])).content.decode()
    assert not User.objects.get(username="nora@example.org").has_usable_password()


def test_without_a_mail_server_the_link_is_shown_once(client, boss):
    page = invite(client).content.decode()
    path = re.search(site_settings.SITE_URL + r"""(/admin/new-password/[^"<\s]+)""", page)[1]
    assert choose(client, path).status_code == 302


def test_an_address_is_invited_once(client, boss):
    invite(client)
    response = invite(client, email="NORA@example.org")
    assert "An account with this email address already exists" in response.content.decode()
    assert invited(User.objects).count() == 1


def test_no_secret_is_stored_or_logged(client, boss, mail_server, caplog):
    caplog.set_level(logging.DEBUG)
    invite(client)
    work()
    token = link_in(mail.outbox[0]).rstrip("/").rsplit("/", 1)[1]
    assert token not in caplog.text
    assert token not in str([*DBTaskResult.objects.values(), *User.objects.values()])


def test_an_editor_with_that_right_invites_editors_and_no_administrators(client):
    editor = factories.user("Editor")
    editor.user_permissions.add(Permission.objects.get(codename="add_user"))
    client.force_login(editor)
    page = client.get("/admin/auth/user/invite/").content.decode()
    assert [role for role in ("Author", "Editor", "Catalogue manager", "Administrator") if f">{role}<" in page][:2] == [
        "Author",
        "Editor",
    ]
    assert f">{'Administrator'}<" not in page
    assert invite(client, role="Administrator").status_code == 200
    assert not invited(User.objects).exists()
    assert invite(client, role="Editor").status_code == 200
    assert invited(User.objects).exists()


# Rights --------------------------------------------------------------------------------------------------


def test_administrator_may_what_editors_and_catalogue_managers_may(boss):
    theirs = set()
    for role in ("Editor", "Catalogue manager", "Author"):
        theirs |= factories.user(role).get_all_permissions()
    assert boss.get_all_permissions() >= theirs


def form_of(person, **changes):
    values = {"username": person.username, "first_name": "", "last_name": "", "email": person.email}
    return values | {"is_active": "on", "is_staff": "on"} | changes


def test_administrator_gives_roles_but_makes_no_superuser(client, boss):
    person = factories.user("Author")
    group = Group.objects.get(name="Editor")
    permission = Permission.objects.get(codename="delete_user")
    url = f"/admin/auth/user/{person.pk}/change/"
    form = form_of(person, groups=[group.pk], is_superuser="on", user_permissions=[permission.pk])
    assert client.post(url, form).status_code == 302
    person = User.objects.get(pk=person.pk)
    assert [*person.groups.all()] == [group]
    assert not person.is_superuser
    assert not person.user_permissions.exists()
    page = client.get(url).content.decode()
    assert 'name="is_superuser"' not in page
    assert 'name="user_permissions"' not in page


@pytest.mark.parametrize("power", ["superuser", "single permission", "role", "closed account"])
def test_account_of_somebody_who_may_more_is_out_of_reach(client, boss, power):
    person = factories.user("Author", email="old@example.org")
    if power == "superuser":
        User.objects.filter(pk=person.pk).update(is_superuser=True)
    elif power == "role":
        group = Group.objects.create(name="Owners")
        group.permissions.add(Permission.objects.get(codename="delete_user"))
        person.groups.add(group)
    else:
        person.user_permissions.add(Permission.objects.get(codename="delete_group"))
    if power == "closed account":
        User.objects.filter(pk=person.pk).update(is_active=False)
    base = f"/admin/auth/user/{person.pk}"
    assert client.get(f"{base}/change/").status_code == 200
    assert client.post(f"{base}/change/", form_of(person, email="mine@example.org")).status_code == 403
    password = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    assert client.post(f"{base}/password/", password).status_code == 403
    assert client.post(f"{base}/second-factor/").status_code == 403
    assert client.post(f"{base}/delete/", {"post": "yes"}).status_code == 403
    person.refresh_from_db()
    assert (person.email, person.check_password(PASSWORD)) == ("old@example.org", False)


def test_a_user_is_added_with_name_and_password_alone(client, boss):
    assert "LDAP" not in client.get("/admin/auth/user/add/").text
    client.post("/admin/auth/user/add/", {"username": "nora", "password1": PASSWORD, "password2": PASSWORD})
    nora = User.objects.get(username="nora")
    assert nora.check_password(PASSWORD)
    page = client.get(f"/admin/auth/user/{nora.pk}/password/").text
    assert "the user cannot sign in" in page
    assert "LDAP" not in page


def test_a_role_that_may_more_cannot_be_given(client, boss):
    group = Group.objects.create(name="Owners")
    group.permissions.add(Permission.objects.get(codename="delete_user"))
    person = factories.user("Author")
    client.post(f"/admin/auth/user/{person.pk}/change/", form_of(person, groups=[group.pk]))
    client.post(f"/admin/auth/user/{boss.pk}/change/", form_of(boss, groups=[group.pk]))
    assert not group.user_set.exists()
    assert invite(client, role="Owners").status_code == 200
    assert not invited(User.objects).exists()
    for path in (f"/admin/auth/group/{group.pk}/change/", "/admin/auth/group/add/"):
        assert client.post(path, {"name": "Mine"}).status_code == 403


def test_superuser_still_does_everything(client):
    client.force_login(factories.administrator())
    person = factories.user("Author")
    assert 'name="is_superuser"' in client.get(f"/admin/auth/user/{person.pk}/change/").content.decode()
    assert client.get("/admin/auth/group/add/").status_code == 200


# A new password --------------------------------------------------------------------------------------------


def ask(client, email):
    return client.post("/admin/new-password/", {"email": email}, follow=True)


def test_forgotten_password_is_replaced_by_mail(client, mail_server):
    person = factories.user("Author", email="anna@example.org")
    assert "/admin/new-password/" in client.get("/admin/login/").content.decode()
    ask(client, "Anna@Example.org")
    assert not mail.outbox
    work()
    path = link_in(mail.outbox[0])
    assert choose(client, path).status_code == 302
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert "no longer valid" in choose(client, path).content.decode()


def test_answer_is_the_same_whether_there_is_such_an_account(client, mail_server):
    factories.user("Author", email="anna@example.org")
    one, other = (ask(client, email) for email in ("anna@example.org", "nobody@example.org"))
    without_token = [
        re.sub(r'nonce="[^"]*"|csrfmiddlewaretoken" value="[^"]*"', "", page.content.decode()) for page in (one, other)
    ]
    assert without_token[0] == without_token[1]
    assert one.redirect_chain == other.redirect_chain
    work()
    assert [message.to for message in mail.outbox] == [["anna@example.org"]]


def test_asked_again_at_once_one_mail_goes_out(client, mail_server):
    factories.user("Author", email="anna@example.org")
    for _ in range(3):
        ask(client, "anna@example.org")
    work()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("who", ["closed", "invited", "no staff"])
def test_nobody_without_an_open_account_gets_a_link(client, mail_server, who):
    person = factories.user("Author", email="anna@example.org")
    if who == "invited":
        person.set_unusable_password()
    person.is_active, person.is_staff = who != "closed", who != "no staff"
    person.save()
    ask(client, "anna@example.org")
    work()
    assert not mail.outbox


def test_asking_is_limited_by_address_of_the_network(client, mail_server, frozen_clock):
    codes = [client.post("/admin/new-password/", {"email": f"p{n}@example.org"}).status_code for n in range(11)]
    assert codes == [302] * 10 + [429]


def test_site_without_mail_says_so(client):
    assert "Email is not configured" in client.get("/admin/new-password/").content.decode()
