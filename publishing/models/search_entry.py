"""What search knows of each public record: rows kept in step with the records, in their transactions."""

from itertools import batched

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Q

from publishing.models.search_word import SearchWord
from publishing.search.backends import index
from publishing.search.document import SearchDocument

BATCH = 500
MAX_BODY = 100_000  # characters; a tsvector holds at most a megabyte


class SearchEntryQuerySet(models.QuerySet):
    def of(self, model, pks):
        return self.filter(source_type=ContentType.objects.get_for_model(model), source_id__in=pks)


class SearchEntryManager(models.Manager.from_queryset(SearchEntryQuerySet)):
    def sync(self, model, pks, rewrite: bool = False):
        """Make the entries of these records of `model` equal to what the database holds of them.

        Writes only what differs, or all with `rewrite`. Records whose texts name these follow.
        """
        model = model._meta.concrete_model
        for some in batched(pks, BATCH):
            with transaction.atomic(using=self.db):
                changed = self._sync(model, some, rewrite)
                if changed and not rewrite:
                    for other, others in model.records_that_name(changed):
                        self.sync(other, others)

    def _sync(self, model, pks, rewrite) -> list[int]:
        # Locked, where the database can: two who add a name each to one record must not each miss the other's.
        records = model.objects.select_for_update(of=("self",), no_key=True).published_sometime().filter(pk__in=pks)
        records = {record.pk: record for record in records.order_by("pk").for_search()}
        stored = {entry.source_id: entry for entry in self.of(model, pks)}
        gone = [entry for pk, entry in stored.items() if pk not in records]
        added, changed = [], []
        for pk, record in records.items():
            entry = self.model.made_from(record)
            if pk not in stored:
                added.append(entry)
            elif rewrite or entry.meaning() != stored[pk].meaning():
                entry.pk = stored[pk].pk
                changed.append(entry)
        if gone:
            self.remove(gone)
        if added:
            self.bulk_create(added)
        if changed:
            self.bulk_update(changed, self.model.MEANING, batch_size=50)
        if written := added + changed:
            index().write(written)
            SearchWord.objects.learn(written)
        return [entry.source_id for entry in gone + written]

    def forget(self, model, pks):
        """Remove the entries of records that are about to be deleted."""
        for some in batched(pks, BATCH):
            self.remove(self.of(model, some))

    def remove(self, entries):
        pks = [entry.pk for entry in entries]
        index().remove(pks)
        self.filter(pk__in=pks).delete()


class SearchEntry(models.Model):
    """The texts of one record that is published, or will be or was by its dates.

    The moments are the record's own, so that what is counted is what is seen. Who sees a record is decided by its own
    `published()` all the same: whatever is found here is asked for once more there.
    """

    MEANING = ["kind", "visible_from", "visible_until", "title", "names", "keywords", "summary", "note", "body"]

    source_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    source_id = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=100)  # the label of the model under whose name readers find it
    visible_from = models.DateTimeField(null=True)
    visible_until = models.DateTimeField(null=True)
    title = models.TextField()
    names = models.TextField()  # one a line
    keywords = models.TextField()  # likewise
    summary = models.TextField()
    note = models.TextField()
    body = models.TextField()

    objects = SearchEntryManager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["source_type", "source_id"], name="search_entry_of_source")]
        indexes = [
            models.Index(fields=["id", "kind"], name="search_entry_kind"),  # SQLite counts by it, see the backend
            models.Index(fields=["visible_from"], condition=Q(visible_from__isnull=False), name="search_entry_from"),
            models.Index(fields=["visible_until"], condition=Q(visible_until__isnull=False), name="search_entry_until"),
        ]

    def __str__(self):
        return self.title

    @classmethod
    def made_from(cls, record) -> "SearchEntry":
        """Return the entry, not saved, for what `record` says. The record must come from `for_search()`."""
        document: SearchDocument = record.search_document()
        since, until = record.visible_between()
        return cls(
            source_type=ContentType.objects.get_for_model(record),
            source_id=record.pk,
            kind=record.search_kind()._meta.label_lower,
            visible_from=since,
            visible_until=until,
            title=document.title,
            names="\n".join(document.names),
            keywords="\n".join(document.keywords),
            summary=document.summary,
            note=document.note,
            body=document.body[:MAX_BODY],
        )

    def meaning(self) -> tuple:
        return tuple(getattr(self, name) for name in self.MEANING)
