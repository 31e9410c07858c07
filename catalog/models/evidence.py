"""Sources of facts and the confidence in them."""

from functools import reduce
from operator import or_

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from catalog.models.ai_model import AIModel
from catalog.models.names import Provider
from catalog.models.offering import LifecycleEvent, Offering, Price
from catalog.rules.choices import Confidence, ImportFeed
from catalog.rules.constraints import exactly_one, one_of
from ops.db.queryset import QuerySet

SUBJECTS = ("model", "provider", "offering", "price", "event")


class SourceQuerySet(QuerySet["Source"]):
    def published(self) -> "SourceQuerySet":
        """Return the sources of public facts. A source has no state of its own."""
        models, offerings = AIModel.objects.published(), Offering.objects.published()
        public_subjects = {
            "price__offering": offerings,
            "offering": offerings,
            "model": models,
            "event__offering": offerings,
            "event__model": models,
            "provider": Provider.objects.published(),
        }
        # The subject by its key for each row, since the first rows decide: "IN" would read all that is public first.
        about = Evidence.objects.filter(source=OuterRef("pk"))
        conditions = (
            Exists(about.filter(Exists(subjects.filter(pk=OuterRef(subject)))))
            for subject, subjects in public_subjects.items()
        )
        return self.filter(reduce(or_, conditions))


class Source(models.Model):
    """A page or file, as read on a given day."""

    title = models.CharField(max_length=300)
    url = models.URLField("address", max_length=500, blank=True)
    publisher = models.CharField(max_length=200, blank=True)
    read_on = models.DateField()
    note = models.CharField(max_length=300, blank=True, help_text="For example: quotes the vendor's page.")
    licence = models.CharField(
        max_length=100,
        blank=True,
        help_text="The SPDX identifier of its licence, such as MIT or CC-BY-4.0. Empty: unknown.",
    )
    feed = models.CharField(
        max_length=20,
        choices=ImportFeed,
        blank=True,
        editable=False,
        help_text="Source of imports; its date is that of the latest import.",
    )

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["title", "-read_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["title", "url", "read_on"],
                name="catalog_source_once_a_day",
                violation_error_message="This page is already recorded for this day.",
            ),
            models.UniqueConstraint(fields=["feed"], condition=~Q(feed=""), name="catalog_source_once_for_a_feed"),
            one_of("feed", ImportFeed, or_empty=True),
        ]

    def __str__(self):
        return f"{self.title} ({self.read_on:%d %b %Y})"


class Evidence(models.Model):
    """One source for one fact of a model, a provider, an offering, a price or an event."""

    price_id: int | None
    source = models.ForeignKey(Source, models.PROTECT, related_name="evidence")
    model = models.ForeignKey(AIModel, models.CASCADE, null=True, blank=True, related_name="evidence")
    provider = models.ForeignKey(Provider, models.CASCADE, null=True, blank=True, related_name="evidence")
    offering = models.ForeignKey(Offering, models.CASCADE, null=True, blank=True, related_name="evidence")
    price = models.ForeignKey(Price, models.CASCADE, null=True, blank=True, related_name="evidence")
    event = models.ForeignKey(LifecycleEvent, models.CASCADE, null=True, blank=True, related_name="evidence")
    fact = models.CharField(max_length=50, blank=True, help_text="The field it covers. If empty, the whole record.")
    confidence = models.CharField(max_length=20, choices=Confidence, default=Confidence.UNVERIFIED)
    is_checked = models.BooleanField(
        "read at its source", default=False, help_text="The fact was found on that page, or in a copy of it."
    )
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, db_constraint=False, editable=False, related_name="+"
    )
    checked_on = models.DateField(
        null=True,
        editable=False,
        help_text="When an account of this site found it there.",
    )
    note = models.CharField(max_length=300, blank=True, help_text="Contradiction, or wording of the source.")

    class Meta:
        ordering = ["fact", "pk"]
        verbose_name_plural = "evidence"
        constraints = [
            exactly_one(*SUBJECTS),
            one_of("confidence", Confidence),
            *(
                models.UniqueConstraint(
                    fields=[subject, "source", "fact"],
                    condition=Q(**{f"{subject}__isnull": False}),
                    name=f"catalog_evidence_once_for_{subject}",
                    violation_error_message="This fact already has this source.",
                )
                for subject in SUBJECTS
            ),
        ]

    def __str__(self):
        return f"{self.fact or 'record'}: {self.source}"
