"""The base of tables that no user sees or changes as such."""

from django.db import models


class InternalModel(models.Model):
    """A table without permissions and without names for its rows."""

    class Meta:
        abstract = True
        default_permissions = ()

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"
