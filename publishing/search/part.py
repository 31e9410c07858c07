"""Rows without a page whose words are indexed with their record, such as its alternative names."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.db import models, transaction

from ops.db.queryset import QuerySet
from publishing.content.publishable import Publishable
from publishing.search.entry import SearchEntry


class SearchedPartQuerySet(QuerySet["SearchedPart"]):
    def update(self, **changes: Any) -> int:
        with self.model.indexed_again(self.values_list("pk", flat=True)):
            return super().update(**changes)

    update.alters_data = True

    def bulk_create(self, objs: Iterable["SearchedPart"], *args: Any, **kwargs: Any) -> list["SearchedPart"]:
        objs = list(objs)
        with self.model.indexed_again([], *(part.owner_pk for part in objs)):
            return super().bulk_create(objs, *args, **kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        with self.model.indexed_again(self.values_list("pk", flat=True)):
            return super().delete()

    delete.alters_data = True
    delete.queryset_only = True


class SearchedPart(models.Model):
    """A row that belongs to the record in the foreign key named by `part_of`."""

    part_of: str

    objects = SearchedPartQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def owner_pk(self):
        return getattr(self, f"{self.part_of}_id")

    @classmethod
    @contextmanager
    def indexed_again(cls, pks, *owners: int | None) -> Iterator[None]:
        """In a transaction, index the records of the rows `pks`, as they are before and after, and `owners` again."""
        with transaction.atomic():
            rows = cls._base_manager.filter(pk__in=list(pks)).values_list(f"{cls.part_of}_id", flat=True)
            before = set(rows)
            yield
            record_model = cast(type[Publishable], cls._meta.get_field(cls.part_of).related_model)
            SearchEntry.objects.sync(record_model, sorted({*before, *rows.all(), *owners} - {None}))

    def save(self, *args: Any, **kwargs: Any) -> None:
        with self.indexed_again([self.pk] if self.pk else [], self.owner_pk):
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with self.indexed_again([], self.owner_pk):
            return super().delete(*args, **kwargs)
