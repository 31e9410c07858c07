"""Invite people by e-mail. An invitation is open while its account has no password; all other accounts have one."""

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import Group, User
from django.contrib.auth.tokens import default_token_generator
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from ops.http.urls import absolute


def invite(*, email: str, first_name: str, last_name: str, role: Group) -> User:
    """Create and return an account that cannot be used until its owner chooses a password. In a transaction."""
    person = User(username=email.lower(), email=email, first_name=first_name, last_name=last_name, is_staff=True)
    void_link(person)
    person.groups.add(role)
    return person


def void_link(person: User) -> None:
    """Invalidate all earlier links to the account of an invited person. Links are signed with the password hash, and
    Django sets a different unusable password each time."""
    person.set_unusable_password()
    person.save()


def invited(people: QuerySet[User]) -> QuerySet[User]:
    """Return those of `people` (a queryset) who were invited and have not chosen a password yet."""
    return people.filter(is_active=True, last_login=None, password__startswith=UNUSABLE_PASSWORD_PREFIX)


def password_link(person: User) -> str:
    """Return the absolute URL where `person` chooses a password, valid for PASSWORD_RESET_TIMEOUT seconds. A secret."""
    key = urlsafe_base64_encode(force_bytes(person.pk))
    return absolute(reverse("admin_password_reset_confirm", args=[key, default_token_generator.make_token(person)]))
