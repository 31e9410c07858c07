"""Asking somebody by mail to work in the admin: her account is made at once, and opened by her own password."""

from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from publishing.addresses import absolute
from publishing.models import Invitation


class InvitationTokens(PasswordResetTokenGenerator):
    """As of Django's links for a new password, which end with time and with use; and with the next sending."""

    key_salt = "publishing.invitations"

    def _make_hash_value(self, user, timestamp):
        invitation = Invitation.objects.open().filter(user=user).first()
        return f"{super()._make_hash_value(user, timestamp)}{invitation.sendings if invitation else 'used'}"

    def check_token(self, user, token):
        return bool(user) and Invitation.objects.open().filter(user=user).exists() and super().check_token(user, token)


invitation_tokens = InvitationTokens()


def invite(inviter, *, email: str, first_name: str, last_name: str, role) -> Invitation:
    """Make an account with `role` (a Group) that nobody can open before its owner chose a password."""
    with transaction.atomic():
        person = get_user_model()(
            username=email.lower(), email=email, first_name=first_name, last_name=last_name, is_staff=True
        )
        person.set_unusable_password()
        person.save()
        person.groups.add(role)
        return Invitation.objects.create(user=person, inviter=inviter)


def renew(invitation: Invitation, inviter) -> None:
    """Void the link that was sent, so that another can be."""
    Invitation.objects.filter(pk=invitation.pk).update(
        sendings=F("sendings") + 1, sent_at=timezone.now(), inviter=inviter, mailed_at=None, mail_error=""
    )
    invitation.refresh_from_db()


def accepted(person) -> None:
    Invitation.objects.open().filter(user=person).update(accepted_at=timezone.now())


def invitation_link(invitation: Invitation) -> str:
    """The whole address where the invited chooses a password. It is a secret."""
    key = urlsafe_base64_encode(force_bytes(invitation.user_id))
    return absolute(reverse("admin_invitation", args=[key, invitation_tokens.make_token(invitation.user)]))
