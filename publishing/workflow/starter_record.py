"""The log of the starter content that was loaded."""

from django.db import models


class StarterRecord(models.Model):
    """A record of the starter content that is not loaded again, even if an editor changed, renamed or deleted it."""

    key = models.CharField(max_length=200, unique=True)
    loaded_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.key
