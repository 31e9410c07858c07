"""Mails of the site to those who work on it. What one says, and whether it is still wanted, is seen when it is sent."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from publishing.models.comment import Comment
from publishing.models.mailed import Mailed
from publishing.models.revision import Revision


class LetterQuerySet(models.QuerySet):
    def unmailed(self):
        return self.filter(mailed_at=None)

    def in_turn(self):
        return self.order_by("pk")


class Letter(Mailed):
    """No words are kept, and no secret: the link of an invitation is made when it is mailed."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", "Submitted for review"
        COMMENTED = "commented", "Said in review"
        INVITED = "invited", "Invitation"
        RESET = "reset", "New password"

    kind = models.CharField(max_length=10, choices=Kind)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    revision = models.ForeignKey(Revision, models.CASCADE, null=True, related_name="+")
    comment = models.ForeignKey(Comment, models.CASCADE, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = LetterQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["mail_next_at"], condition=models.Q(mailed_at=None), name="letter_that_waits"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.pk}"
