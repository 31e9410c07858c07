"""Import runs, the records that imports update, and records that are held for review."""

from datetime import date

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models

from catalog.rules.choices import ImportFeed
from catalog.rules.constraints import one_of
from ops.db.internal import InternalModel


class RunState(models.TextChoices):
    QUEUED = "queued", "Waiting for the worker"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    TRIED = "tried", "Dry run, nothing written"
    HELD = "held", "Held for review"
    APPLYING = "applying", "Being applied"
    SUPERSEDED = "superseded", "Superseded by a later import"
    INTERRUPTED = "interrupted", "Interrupted"
    FAILED = "failed", "Failed"


class RecordKind(models.TextChoices):
    PROVIDER = "provider", "Provider"
    MODEL = "model", "Model"
    OFFERING = "offering", "Offering"
    HISTORY = "history", "Price history"
    MATCH = "match", "Match"  # of offerings and the model that they may be


class ImportRun(models.Model):
    """One run of an import, with its results."""

    feed = models.CharField(max_length=20, choices=ImportFeed)
    address = models.CharField(max_length=500, help_text="The file or address that was read.")
    state = models.CharField(max_length=20, choices=RunState, default=RunState.RUNNING)
    data_on = models.DateField("state of the data", null=True)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    report = models.JSONField(default=list, help_text="What was refused, kept or not matched: place and reason.")
    applied_by_id: int | None
    held: models.QuerySet
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    applying_at = models.DateTimeField(null=True, help_text="When the worker last went on with it.")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    done_count = models.PositiveIntegerField(default=0, help_text="Entries that the worker has compared.")
    total_count = models.PositiveIntegerField(default=0, help_text="Entries of the feed.")

    class Meta:
        ordering = ["-started_at", "-pk"]
        verbose_name = "import"
        default_permissions = ("view", "change")
        constraints = [one_of("feed", ImportFeed), one_of("state", RunState)]

    def __str__(self):
        return f"{ImportFeed(self.feed).label}, {self.started_at:%d %b %Y %H:%M} UTC"

    def settle(self) -> None:
        """Set the state of a run after held records were applied or dismissed. Those that remain may be superseded."""
        state = RunState.DONE
        if self.held.filter(applied_at=None).exists():
            later = ImportRun.objects.filter(feed=self.feed, pk__gt=self.pk, state=RunState.HELD)
            state = RunState.SUPERSEDED if later.exists() else RunState.HELD
        waiting = [RunState.HELD, RunState.APPLYING]
        ImportRun.objects.filter(pk=self.pk, state__in=waiting).update(state=state)


class ImportedTable(models.TextChoices):
    """The tables that CSV files are imported into, by the names of their models."""

    MODELS = "aimodel", "Models"
    PRICES = "price", "Prices"


class TableImport(InternalModel):
    """One uploaded CSV file: the differences that it would make, and how far it is written.

    Rows have the numbers of a spreadsheet: the header is row 1. `catalog.importers.tables` keeps the file in DATA_DIR.
    """

    table = models.CharField(max_length=20, choices=ImportedTable)
    file_name = models.CharField(max_length=200)
    state = models.CharField(max_length=20, choices=RunState, default=RunState.QUEUED)
    started_at = models.DateTimeField(auto_now_add=True)
    active_at = models.DateTimeField(null=True, help_text="When the worker last went on with it.")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.DB_SET_NULL, null=True, related_name="+")
    applied_by_id: int | None
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.DB_SET_NULL, null=True, related_name="+")
    total_count = models.PositiveIntegerField(help_text="Rows of the file.")
    done_count = models.PositiveIntegerField(default=0, help_text="Rows that the worker has compared.")
    last_written = models.PositiveIntegerField(default=1, help_text="The last row of which all is written up to it.")
    counts = models.JSONField(default=dict, help_text="Numbers of new, changed and wrong rows.")
    rows = models.JSONField(default=list, help_text="The first rows that differ, or else the first wrong ones.")
    impact = models.JSONField(default=list, help_text="What would change in texts: place and reason.")
    problem = models.TextField(blank=True, help_text="Why it ended.")

    class Meta(InternalModel.Meta):
        ordering = ["-started_at", "-pk"]
        constraints = [one_of("table", ImportedTable), one_of("state", RunState)]


class ImportedRecord(InternalModel):
    """The link of a record to a record of a feed. It outlives the record, so that deleted ones are not recreated."""

    feed = models.CharField(max_length=20, choices=ImportFeed)
    kind = models.CharField(max_length=10, choices=RecordKind)
    key = models.CharField(max_length=300, help_text="Exactly as the feed writes it.")
    record_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    record_id = models.PositiveBigIntegerField()
    record = GenericForeignKey("record_type", "record_id")
    is_created = models.BooleanField(default=False, help_text="The import made our record; else it was there before.")
    data = models.JSONField(default=dict, help_text="The feed's record, whole, as it last was.")
    since = models.JSONField(
        default=dict, help_text="When the feed first gave each value, by path; the path of the others is empty."
    )
    gone_on = models.DateField(null=True, help_text="Since when it is no longer in the feed.")
    is_merged = models.BooleanField(
        default=False, help_text="Our record matches another record of the feed too, which takes precedence."
    )

    class Meta(InternalModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["feed", "kind", "key"], name="catalog_importedrecord_once"),
            one_of("feed", ImportFeed),
            one_of("kind", RecordKind),
        ]
        indexes = [models.Index(fields=["record_type", "record_id"], name="catalog_imported_by_record")]

    def given_on(self, path: str) -> date:
        return date.fromisoformat(self.since.get(path) or self.since[""])


class HeldRecord(models.Model):
    """A record of a feed that is held for review, with the differences that it would make."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="held")
    kind = models.CharField(max_length=10, choices=RecordKind)
    key = models.CharField(max_length=300)
    data = models.JSONField(null=True, help_text="The feed’s record; null if it is no longer in the feed.")
    differences = models.JSONField(default=list)
    applied_at = models.DateTimeField(null=True)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    problem = models.CharField(max_length=500, blank=True)
    is_dismissed = models.BooleanField("dismissed", default=False, help_text="It is not asked again.")

    class Meta:
        ordering = ["pk"]
        verbose_name = "held change"
        default_permissions = ("view", "change")
        constraints = [
            models.UniqueConstraint(fields=["run", "kind", "key"], name="catalog_heldrecord_once"),
            one_of("kind", RecordKind),
        ]

    def __str__(self):
        return self.name

    @property
    def name(self) -> str:
        """Return the name of the model that offerings may be, else the key of the record in the feed."""
        is_match = self.kind == RecordKind.MATCH and self.data
        return self.data["data"]["data"]["name"] if is_match else self.key
