"""The search entries of published records, updated in the transactions that write the records."""

from collections.abc import Collection, Iterable, Sequence
from itertools import batched
from typing import Self, cast

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Model, Q

from ops.db.internal import InternalModel
from ops.db.queryset import QuerySet
from publishing.content.follow_up import SavedRecords, after_write, before_delete
from publishing.content.publishable import Publishable
from publishing.search.backends import index
from publishing.search.vocabulary import SearchWord

BATCH = 500
MAX_BODY = 100_000  # characters; a tsvector holds at most a megabyte


class SearchEntryQuerySet(QuerySet["SearchEntry"]):
    def of(self, model: type[Model], pks: Iterable[int]) -> Self:
        return self.filter(source_type=ContentType.objects.get_for_model(model), source_id__in=pks)

    def sync(self, model: type[Publishable], pks: Iterable[int], rewrite: bool = False) -> None:
        """Update the entries of these records and of those that name them: differences, or all with `rewrite`."""
        model = cast(type[Publishable], model._meta.concrete_model)
        for some in batched(pks, BATCH):
            with transaction.atomic(using=self.db):
                changed = self._sync(model, some, rewrite)
                if changed and not rewrite:
                    for other, others in model.records_that_name(changed):
                        self.sync(other, others)

    def outdated(self, model: type[Publishable], pks: Sequence[int]) -> list[int]:
        """Return the keys of those records whose entries differ from them, without a lock, which `sync` then takes."""
        model = cast(type[Publishable], model._meta.concrete_model)
        records = {record.pk: record for record in model.objects.published_sometime().filter(pk__in=pks).for_search()}
        stored = {entry.source_id: entry for entry in self.of(model, pks).select_related("texts")}
        return [
            pk
            for pk in pks
            if (pk in records) != (pk in stored)
            or (pk in records and self.model.made_from(records[pk]).meaning() != stored[pk].meaning())
        ]

    def _sync(self, model, pks, rewrite) -> list[int]:
        # Locked if the database supports it: of two transactions that each add a name, both names must be indexed.
        records = model.objects.select_for_update(of=("self",), no_key=True).published_sometime().filter(pk__in=pks)
        records = {record.pk: record for record in records.order_by("pk").for_search()}
        stored = {entry.source_id: entry for entry in self.of(model, pks).select_related("texts")}
        gone = [entry for pk, entry in stored.items() if pk not in records]
        if gone:
            self.remove(gone)
        written = []
        for pk, record in records.items():
            entry = self.model.made_from(record)
            if rewrite or pk not in stored or entry.meaning() != stored[pk].meaning():
                written.append(entry)
        if written:
            self._write(written)
            index().write(written)
            SearchWord.objects.learn(written)
        return [entry.source_id for entry in gone + written]

    def _write(self, entries):
        """Save entries and texts; existing ones, by their sources, keep their primary keys."""
        moments = ["kind", "dated", "visible_from", "visible_until"]
        source = ["source_type", "source_id"]
        self.bulk_create(entries, update_conflicts=True, unique_fields=source, update_fields=moments)
        texts = [entry.texts for entry in entries]
        fields = SearchText.TEXTS
        SearchText.objects.bulk_create(texts, update_conflicts=True, unique_fields=["entry"], update_fields=fields)

    def forget(self, model, pks):
        """Remove the entries of records that are about to be deleted."""
        for some in batched(pks, BATCH):
            self.remove(self.of(model, some))

    def remove(self, entries: Collection["SearchEntry"]) -> None:
        pks = [entry.pk for entry in entries]
        index().remove(pks)
        self.filter(pk__in=pks).delete()


class SearchEntry(InternalModel):
    """An entry for a record that is published, or will be or was by its dates. The texts are in a second table.

    The moments are copied from the record for the counts; its own `published()` still decides who sees it.
    """

    texts: "SearchText"
    source_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    source_id = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=100)  # the label of the model under whose name readers find it
    dated = models.CharField(max_length=10, default="")  # the day by which the newest of equal names is first
    visible_from = models.DateTimeField(null=True)
    visible_until = models.DateTimeField(null=True)

    objects = SearchEntryQuerySet.as_manager()

    class Meta(InternalModel.Meta):
        constraints = [models.UniqueConstraint(fields=["source_type", "source_id"], name="search_entry_of_source")]
        indexes = [
            models.Index(fields=["visible_from"], condition=Q(visible_from__isnull=False), name="search_entry_from"),
            models.Index(fields=["visible_until"], condition=Q(visible_until__isnull=False), name="search_entry_until"),
        ]

    @classmethod
    def made_from(cls, record: Publishable) -> "SearchEntry":
        """Return an unsaved entry with `texts` for `record`, which must come from `for_search()`."""
        since, until = record.visible_between()
        entry = cls(
            source_type=ContentType.objects.get_for_model(record),
            source_id=record.pk,
            kind=record.search_kind()._meta.label_lower,
            dated=getattr(record, record.date_field, ""),
            visible_from=since,
            visible_until=until,
        )
        texts = SearchText(entry=entry, **record.search_texts())
        texts.body = texts.body[:MAX_BODY]
        return entry

    def meaning(self) -> tuple:
        stated = (self.kind, self.dated, self.visible_from, self.visible_until)
        return *stated, *(getattr(self.texts, name) for name in SearchText.TEXTS)


class SearchText(InternalModel):
    """The text of a record in plain words, separate from the entry so that counting need not read it.

    All of it is shown once the record is public, so it must not mention records that are not. `keywords` are only
    searched; `note` is something that readers must know beside the title.
    """

    TEXTS = ["title", "names", "keywords", "summary", "note", "body"]

    entry = models.OneToOneField(SearchEntry, models.CASCADE, primary_key=True, related_name="texts")
    title = models.TextField()
    names = models.TextField()  # one per line
    keywords = models.TextField()  # one per line
    summary = models.TextField()
    note = models.TextField()
    body = models.TextField()


@after_write.register
def update_search_entries(written: SavedRecords):
    SearchEntry.objects.sync(written.model, written.pks, written.rewrite)


@before_delete.register
def remove_search_entries(model, pks):
    SearchEntry.objects.forget(model, pks)
