from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models


class MergedRecordManager(models.Manager):
    def of(self, model):
        return self.filter(record_type=ContentType.objects.get_for_model(model))


class MergedRecord(models.Model):
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

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["record_type", "record_id"], name="catalog_mergedrecord_once")]
        indexes = [
            models.Index(fields=["record_type", "into_id"], name="catalog_merged_into"),
            models.Index(fields=["record_type", "slug"], name="catalog_merged_by_slug"),
        ]

    def __str__(self):
        return self.name
