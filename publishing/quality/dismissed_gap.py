"""Gaps that an editor has dismissed, stored so that they can be restored."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class DismissedGap(models.Model):
    """An entry of a source in `publishing.quality.gaps`, identified by its key there."""

    source = models.CharField(max_length=50)
    key = models.CharField(max_length=200)
    dismissed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    dismissed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ("view", "change")
        verbose_name = "gap"  # the name of the admin page that is built on this model
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="gap_dismissed_once")]

    def __str__(self):
        return self.key
