from django.db import models

from catalog.models.record import CatalogueRecord
from catalog.models.tags import Vendor
from publishing.content.publishable import PublishableQuerySet, published_requires
from publishing.richtext import RichTextField


class FamilyQuerySet(PublishableQuerySet["Family"]):
    def for_readers(self):
        """Prefetch `public_vendor`, which is None if the vendor is not public. One additional query."""
        return self.prefetch_related(models.Prefetch("vendor", Vendor.objects.published(), to_attr="public_vendor"))


class Family(CatalogueRecord):
    """A series of models under one name, such as Llama."""

    route = "catalog:family"
    summary_field = "summary"
    page_shows = (("catalog.AIModel", "family"),)

    name = models.CharField(max_length=200)
    vendor = models.ForeignKey(Vendor, models.PROTECT, null=True, blank=True, related_name="families")
    summary = models.CharField(max_length=500, blank=True, help_text="One or two sentences.")
    body = RichTextField("text", blank=True, help_text="How the series developed, with dates.")

    objects = FamilyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "families"
        constraints = [published_requires("name", "slug")]
