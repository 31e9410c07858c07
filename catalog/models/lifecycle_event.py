from django.db import models
from django.db.models import Q

from catalog.models.ai_model import AIModel
from catalog.models.offering import Offering
from catalog.rules.constraints import exactly_one, one_of, partial_dates
from catalog.rules.partial_dates import PartialDateField
from catalog.rules.status import Bound, EventKind


class LifecycleEvent(models.Model):
    """A past or future event of a model (from its vendor) or of an offering (from its provider)."""

    model_id: int | None
    replaced_by_id: int | None
    model = models.ForeignKey(AIModel, models.CASCADE, null=True, blank=True, related_name="events")
    offering = models.ForeignKey(Offering, models.CASCADE, null=True, blank=True, related_name="events")
    kind = models.CharField(max_length=20, choices=EventKind)
    date = PartialDateField(help_text="Year, month or day, for example 2026, 2026-11 or 2026-11-24.")
    bound = models.CharField(max_length=10, choices=Bound, default=Bound.EXACT)
    replaced_by = models.ForeignKey(AIModel, models.SET_NULL, null=True, blank=True, related_name="+")
    replacement_name = models.CharField(
        "replaced by, in words", max_length=200, blank=True, help_text="If the catalogue has no such model."
    )
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["date", "pk"]
        indexes = [
            # Most events belong to models, so without a partial index SQLite would scan when it filters by offering.
            models.Index(fields=["offering"], condition=Q(offering__isnull=False), name="catalog_event_of_offering")
        ]
        constraints = [
            exactly_one("model", "offering"),
            one_of("kind", EventKind),
            one_of("bound", Bound),
            *partial_dates("date"),
            models.CheckConstraint(condition=~Q(date=""), name="catalog_lifecycleevent_date_is_filled"),
        ]

    def __str__(self):
        return f"{EventKind(self.kind).label} {self.date}"
