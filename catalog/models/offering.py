from django.db import models

from catalog.models.ai_model import AIModel, StatedFacts
from catalog.models.names import Provider
from catalog.rules.choices import Listing
from catalog.rules.constraints import one_of, readable_number
from catalog.rules.status import Status, status_on, status_terms
from ops.db.queryset import QuerySet


class OfferingQuerySet(QuerySet["Offering"]):
    def of_public_providers(self):
        return self.filter(_is_public(Provider, "provider_id"))

    def published(self):
        """Return the offerings that readers may see. They have no state and follow their model and provider."""
        return self.of_public_providers().filter(_is_public(AIModel, "model_id") | models.Q(model=None))

    def in_order(self):
        return self.order_by("provider__name", "api_id", "pk")


def _is_public(model, key: str) -> models.Exists:
    """Return a correlated condition for each row.

    With `IN`, SQLite would first list a million public models to find a few, or start from the few providers and sort
    all of their rows.
    """
    return models.Exists(model.objects.published().filter(pk=models.OuterRef(key)))


class Offering(StatedFacts):
    """A model as served by one provider. Limits are set only if they differ from the vendor's."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="offerings")
    api_id = models.CharField("API ID", max_length=200, help_text="Written exactly as by the provider.")
    model_id: int | None
    events: models.QuerySet
    prices: models.QuerySet
    ends: list  # set by catalog.importers.litellm
    model = models.ForeignKey(AIModel, models.PROTECT, null=True, blank=True, related_name="offerings")
    listing = models.CharField(
        "in the provider's list",
        max_length=10,
        choices=Listing,
        blank=True,
        help_text="The provider’s listing on the day in “checked on”. Leave empty if unknown.",
    )
    name = models.CharField(max_length=200, blank=True, help_text="The provider’s name for it, if different.")
    inherits = models.BooleanField(
        "same as the model",
        default=True,
        help_text="Values that this provider does not state are taken from the model. Otherwise they are unknown.",
    )
    not_inherited = models.JSONField(
        "different from the model",
        default=list,
        blank=True,
        editable=False,
        help_text="What of the model’s record does not hold here, by the names of the feed.",
    )
    regions = models.CharField(max_length=300, blank=True, help_text="The provider’s names, separated by commas.")
    input_modalities = models.JSONField("takes", null=True, blank=True, help_text='For example ["text", "image"].')
    output_modalities = models.JSONField("gives", null=True, blank=True, help_text='For example ["text"].')
    open_weights = models.BooleanField(null=True, blank=True)
    retention_days = models.PositiveIntegerField(
        "data retention, days",
        null=True,
        blank=True,
        validators=[readable_number],
        help_text="0: not retained. Empty: unknown.",
    )
    trains_on_input = models.BooleanField(null=True, blank=True, help_text="Customer data is used for training.")
    zero_retention = models.BooleanField(null=True, blank=True, help_text="Zero retention can be agreed.")
    data_policy_url = models.URLField("data policy", max_length=500, blank=True)
    note = models.CharField(max_length=300, blank=True)
    checked_on = models.DateField(null=True, blank=True, help_text="When the provider’s list was last read.")

    objects = OfferingQuerySet.as_manager()

    class Meta:
        ordering = ["provider", "api_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "api_id"],
                name="catalog_offering_id_once",
                violation_error_message="This provider already has an offering with this API ID.",
            ),
            models.CheckConstraint(condition=~models.Q(api_id=""), name="catalog_offering_id_is_filled"),
            one_of("listing", Listing, or_empty=True),
            *StatedFacts.Meta.constraints,
        ]

    def __str__(self):
        return f"{self.api_id} at {self.provider}"

    def status_on(self, day, events=None) -> Status:
        """Return the status at this provider (`rules.status`). Its events cost a query unless given or prefetched."""
        events = self.events.all() if events is None else events
        return status_on(day, {**status_terms(events, self.checked_on), "listing": self.listing})
