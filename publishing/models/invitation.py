"""Who was asked to work in the admin and has not set a password yet."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class InvitationQuerySet(models.QuerySet):
    def open(self):
        return self.filter(accepted_at=None)

    def newest_first(self):
        return self.order_by("-sent_at", "-pk")


class Invitation(models.Model):
    """Each sending voids the link of the one before. No part of the link is stored."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitation")
    inviter = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)
    sendings = models.PositiveSmallIntegerField(default=1)
    accepted_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    mail_error = models.CharField(max_length=300, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        default_permissions = ()  # who may add people may invite them

    def __str__(self):
        return f"Invitation {self.pk}"
