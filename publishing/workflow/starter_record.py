"""Which records of the starter content were loaded once."""

from django.db import models


class StarterRecord(models.Model):
    """What is named here is not loaded again, even where an editor changed, renamed or deleted it."""

    key = models.CharField(max_length=200, unique=True)
    loaded_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.key
