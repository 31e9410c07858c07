"""The feed for partners: numbered documents, and marks for records that must be stamped again."""

from django.db import models
from django.db.models import Q

from ops.db.internal import InternalModel
from ops.db.queryset import QuerySet

ONLY_ROW = 1


class FeedState(InternalModel):
    """The one row with the counters of the feed. It is created by the first stamping and locked to assign numbers."""

    epoch = models.CharField(max_length=32, help_text="Of the database: cursors of another one are refused.")
    head = models.BigIntegerField(default=0, help_text="The highest number that was given.")
    horizon = models.BigIntegerField(default=0, help_text="The highest number of a tombstone that was thrown away.")
    schema = models.PositiveIntegerField(help_text="Of the documents that are stored.")

    class Meta(InternalModel.Meta):
        constraints = [models.CheckConstraint(condition=Q(pk=ONLY_ROW), name="catalog_feedstate_is_one")]


class FeedEntryQuerySet(QuerySet["FeedEntry"]):
    def live(self) -> "FeedEntryQuerySet":
        return self.filter(is_deleted=False)


class FeedEntry(InternalModel):
    """The latest entry for one record: its document, or a tombstone."""

    class Reason(models.TextChoices):
        UNPUBLISHED = "unpublished"
        DELETED = "deleted"
        MERGED = "merged"

    type = models.CharField(max_length=10)
    object_id = models.CharField(max_length=36, help_text="By which partners know the record.")
    row_id = models.BigIntegerField(help_text="The primary key that the record has or had.")
    seq = models.BigIntegerField(unique=True)
    is_deleted = models.BooleanField(default=False)
    reason = models.CharField(max_length=11, choices=Reason, blank=True)
    merged_into = models.CharField(max_length=36, blank=True)
    hash = models.CharField(max_length=64, blank=True)
    body = models.TextField(blank=True, help_text="The document, in canonical JSON.")
    stamped_at = models.DateTimeField()

    objects = FeedEntryQuerySet.as_manager()

    class Meta(InternalModel.Meta):
        constraints = [models.UniqueConstraint(fields=["type", "object_id"], name="catalog_feedentry_once")]
        indexes = [
            models.Index(fields=["type", "seq"], name="catalog_feed_of_type"),
            models.Index(fields=["type", "row_id"], name="catalog_feed_by_row"),
            models.Index(fields=["stamped_at"], condition=Q(is_deleted=True), name="catalog_feed_tombstones"),
        ]


class FeedMark(InternalModel):
    """A mark for a possible change, written by triggers (`catalog.documents.sync.triggers`) in the same transaction."""

    kind = models.CharField(max_length=16)
    key = models.BigIntegerField()


# Derived data, left out of dumps and backups.
FEED = (FeedState, FeedEntry, FeedMark)
