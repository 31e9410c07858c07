from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Model, Q

from catalog.models.imports import ImportRun
from catalog.rules.constraints import one_of
from ops.db.internal import InternalModel
from ops.db.queryset import QuerySet


class Action(models.TextChoices):
    ADDED = "added", "Added"
    CHANGED = "changed", "Changed"
    DELETED = "deleted", "Deleted"


class FieldChangeQuerySet(QuerySet["FieldChange"]):
    def of(self, model: type[Model], pks: list[int]) -> "FieldChangeQuerySet":
        return self.filter(record_type=ContentType.objects.get_for_model(model), record_id__in=pks)

    def by_hand(self) -> "FieldChangeQuerySet":
        """Return the changes made by users, which imports do not overwrite."""
        return self.filter(holds=True)

    def release(self) -> int:
        """Let imports set these values again; return the number of values that they could not."""
        return self.filter(holds=True).update(holds=False, is_open=True)


class FieldChange(models.Model):
    """A change of a field of a record, or of one of its rows: in the table `part` ("price"), with key `part_id`.

    If a whole row was added or deleted, `field` is empty and the values are those of all its fields.
    """

    record_type_id: int
    run_id: int | None
    record_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+", db_index=False)  # see indexes
    record_id = models.PositiveBigIntegerField()
    record = GenericForeignKey("record_type", "record_id")
    record_name = models.CharField("record", max_length=300)
    part = models.CharField(max_length=30, blank=True)
    part_id = models.PositiveBigIntegerField(null=True)
    action = models.CharField(max_length=10, choices=Action, default=Action.CHANGED)
    field = models.CharField(max_length=50, blank=True)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    run = models.ForeignKey(ImportRun, models.SET_NULL, null=True, related_name="changes")
    batch = models.UUIDField(
        "changed together with", null=True, db_index=True, help_text="Changes of one action can be undone together."
    )
    holds = models.BooleanField("protected from imports", default=False)
    is_open = models.BooleanField("follows imports", default=False)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = FieldChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = "change"
        default_permissions = ("view", "change")
        constraints = [
            one_of("action", Action),
            models.CheckConstraint(
                condition=(Q(part="", part_id=None)) | (~Q(part="") & Q(part_id__isnull=False)),
                name="catalog_fieldchange_part_has_a_row",
            ),
            models.CheckConstraint(
                condition=Q(action=Action.CHANGED) & ~Q(field="") | ~Q(action=Action.CHANGED) & Q(field=""),
                name="catalog_fieldchange_field_or_whole_row",
            ),
        ]
        indexes = [
            models.Index(fields=["record_type", "record_id"], name="catalog_change_of_record"),
            models.Index(fields=["record_type", "part", "action", "at", "id"], name="catalog_change_latest"),
        ]

    def __str__(self):
        return f"{self.record_name}: {self.place or str(Action(self.action).label)}"

    @property
    def place(self) -> str:
        """Return the part and the field in words."""
        part = apps.get_model("catalog", self.part)._meta.verbose_name if self.part else ""
        return f"{part} {self.field.replace('_', ' ')}".strip()


class MergedRecordManager(models.Manager):
    def of(self, model: type[Model]) -> models.QuerySet["MergedRecord"]:
        return self.filter(record_type=ContentType.objects.get_for_model(model))


class MergedRecord(InternalModel):
    """A former duplicate and the record of the same type into which it was merged."""

    record_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    record_id = models.PositiveBigIntegerField(help_text="The key that the duplicate had.")
    public_id = models.UUIDField(null=True, unique=True, help_text="By which partners knew it; models have one.")
    name = models.CharField(max_length=200)
    slug = models.CharField("address", max_length=200)
    into_id = models.PositiveBigIntegerField()
    into = GenericForeignKey("record_type", "into_id")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = MergedRecordManager()

    class Meta(InternalModel.Meta):
        constraints = [models.UniqueConstraint(fields=["record_type", "record_id"], name="catalog_mergedrecord_once")]
        indexes = [
            models.Index(fields=["record_type", "into_id"], name="catalog_merged_into"),
            models.Index(fields=["record_type", "slug"], name="catalog_merged_by_slug"),
        ]
