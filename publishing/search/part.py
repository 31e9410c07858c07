"""Rows without a page whose words are indexed with their record, such as its alternative names."""

from typing import cast

from django.db import models, transaction

from ops.db.queryset import QuerySet
from publishing.search.entry import SearchEntry


class SearchedPartQuerySet(QuerySet["SearchedPart"]):
    def update(self, **changes):
        """Like Django's `update`, and also update the search index. The same holds for the other methods."""
        with transaction.atomic(using=self.db):
            pks = list(self.values_list("pk", flat=True))
            before = self.owners(pks)
            count = super().update(**changes)
            self.model.update_search_index(before | self.owners(pks))
        return count

    update.alters_data = True

    def bulk_create(self, objs, *args, **kwargs):
        objs = list(objs)
        with transaction.atomic(using=self.db):
            created = super().bulk_create(objs, *args, **kwargs)
            self.model.update_search_index({part.owner_pk for part in objs})
        return created

    def delete(self):
        with transaction.atomic(using=self.db):
            before = self.owners(list(self.values_list("pk", flat=True)))
            deleted = super().delete()
            self.model.update_search_index(before)
        return deleted

    delete.alters_data = True
    delete.queryset_only = True

    def owners(self, pks) -> set[int]:
        rows = self.model._base_manager.using(self.db).filter(pk__in=pks)
        return set(rows.values_list(self.model.owner_field().attname, flat=True))


class SearchedPart(models.Model):
    """A row that belongs to the record in the foreign key named by `part_of`."""

    part_of: str

    objects = SearchedPartQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def owner_field(cls) -> models.ForeignKey:
        return cast(models.ForeignKey, cls._meta.get_field(cls.part_of))

    @property
    def owner_pk(self):
        return getattr(self, self.owner_field().attname)

    @classmethod
    def update_search_index(cls, owners):
        SearchEntry.objects.sync(cls.owner_field().related_model, sorted(owners - {None}))

    def save(self, *args, **kwargs):
        with transaction.atomic(using=kwargs.get("using")):
            before = type(self).objects.all().owners([self.pk]) if self.pk else set()
            super().save(*args, **kwargs)
            self.update_search_index(before | {self.owner_pk})

    def delete(self, *args, **kwargs):
        with transaction.atomic(using=kwargs.get("using")):
            owner = self.owner_pk
            deleted = super().delete(*args, **kwargs)
            self.update_search_index({owner})
        return deleted
