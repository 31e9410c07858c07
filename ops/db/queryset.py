"""The querysets of our models, for a type checker that cannot follow `as_manager()`."""

from typing import Self, cast

from django.db import models


class QuerySet[M: models.Model](models.QuerySet[M]):
    @classmethod
    def as_manager(cls) -> Self:
        """Return a manager as Django does, typed as the queryset, since it has all its methods."""
        return cast(Self, super().as_manager())
