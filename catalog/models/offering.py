from django.db import models

from catalog.constraints import above_zero, one_of
from catalog.models.ai_model import AIModel
from catalog.models.provider import Provider
from catalog.status import Status, status_on
from catalog.vocabulary import Listing

STATUS_OF_LISTING = {
    Listing.LISTED: Status.AVAILABLE,
    Listing.PREVIEW: Status.PREVIEW,
    Listing.DEPRECATED: Status.DEPRECATED,
    Listing.REMOVED: Status.RETIRED,
}


class OfferingQuerySet(models.QuerySet):
    def of_public_providers(self):
        return self.filter(provider__in=Provider.objects.published())

    def published(self):
        """What readers may see: an offering has no state of its own, it follows its model and its provider."""
        return self.of_public_providers().filter(model__in=AIModel.objects.published())

    def in_order(self):
        return self.order_by("provider__name", "api_id", "pk")


class Offering(models.Model):
    """A model as one provider serves it. Limits are filled in where they differ from the lab's."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="offerings")
    api_id = models.CharField("provider's own id", max_length=200, help_text="Exactly as the provider writes it.")
    model = models.ForeignKey(AIModel, models.PROTECT, null=True, blank=True, related_name="offerings")
    listing = models.CharField(
        "in the provider's list",
        max_length=10,
        choices=Listing,
        blank=True,
        help_text="As what the provider lists it; with the day in “checked on”. Leave empty when it is unknown.",
    )
    regions = models.CharField(max_length=300, blank=True, help_text="As the provider names them, with commas between.")
    context_tokens = models.PositiveBigIntegerField("context, tokens", null=True, blank=True)
    max_input_tokens = models.PositiveBigIntegerField("longest input, tokens", null=True, blank=True)
    max_output_tokens = models.PositiveBigIntegerField("longest output, tokens", null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    checked_on = models.DateField(null=True, blank=True, help_text="When the provider's list was last read.")

    objects = OfferingQuerySet.as_manager()

    class Meta:
        ordering = ["provider", "api_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "api_id"],
                name="catalog_offering_id_once",
                violation_error_message="This provider has an offering of this id already.",
            ),
            models.CheckConstraint(condition=~models.Q(api_id=""), name="catalog_offering_id_is_filled"),
            one_of("listing", Listing, or_empty=True),
            *above_zero("context_tokens", "max_input_tokens", "max_output_tokens"),
        ]

    def __str__(self):
        return f"{self.api_id} at {self.provider}"

    def status_on(self, day, events=None) -> Status:
        """Return the status at this provider (`catalog.status`). Its events cost a query unless given or prefetched."""
        return status_on(
            day,
            self.events.all() if events is None else events,
            listed_as=STATUS_OF_LISTING.get(self.listing, ""),
            checked_on=self.checked_on,
        )
