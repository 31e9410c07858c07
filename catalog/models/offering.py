from collections.abc import Iterable
from datetime import date

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from catalog.models.ai_model import AIModel, StatedFacts
from catalog.models.names import Provider
from catalog.rules.choices import Listing, Meter, Unit
from catalog.rules.constraints import above_zero, exactly_one, one_of, partial_dates, readable_number
from catalog.rules.partial_dates import PartialDateField, today
from catalog.rules.prices import KEY, conditions_in_words, prices_on
from catalog.rules.status import Bound, EventKind
from ops.db.checks_at_once import ChecksAtOnce
from ops.db.queryset import QuerySet

CURRENCY = r"\A[A-Z]{3}\Z"
# The fields that define a price, in the order of forms and lists.
TERMS = (
    "meter",
    "amount",
    "currency",
    "per_quantity",
    "unit",
    "above_tokens",
    "service_level",
    "conditions",
    "valid_from",
    "is_withdrawn",
)


class OfferingQuerySet(QuerySet["Offering"]):
    def published(self) -> "OfferingQuerySet":
        """Return the offerings that readers may see. They have no state and follow their model and provider."""
        return self.filter(_is_public(Provider, "provider_id"), _is_public(AIModel, "model_id") | Q(model=None))


def _is_public(model, key: str) -> models.Exists:
    """Correlated, since with `IN` SQLite would list a million models, or sort all rows of a few providers."""
    return models.Exists(model.objects.published().filter(pk=models.OuterRef(key)))


class Offering(StatedFacts):
    """A model as served by one provider. Limits are set only if they differ from the vendor's."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="offerings")
    api_id = models.CharField("API ID", max_length=200, help_text="Written exactly as by the provider.")
    provider_id: int
    model_id: int | None
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
    input_modalities = models.JSONField("input", null=True, blank=True, help_text='For example ["text", "image"].')
    output_modalities = models.JSONField("output", null=True, blank=True, help_text='For example ["text"].')
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
    last_listed_on = models.DateField(
        null=True,
        blank=True,
        editable=False,
        help_text="When a source last saw it in its vendor’s own list.",
    )
    left_list_on = models.DateField(
        null=True,
        blank=True,
        editable=False,
        help_text="Since when its vendor’s own list has it no longer. Null: it has not left.",
    )

    objects = OfferingQuerySet.as_manager()

    class Meta:
        ordering = ["provider", "api_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "api_id"],
                name="catalog_offering_id_once",
                violation_error_message="This provider already has an offering with this API ID.",
            ),
            models.CheckConstraint(condition=~Q(api_id=""), name="catalog_offering_id_is_filled"),
            one_of("listing", Listing, or_empty=True),
            *StatedFacts.Meta.constraints,
        ]

    def __str__(self):
        return f"{self.api_id} at {self.provider}"


class Price(ChecksAtOnce):
    """The price of one meter of an offering from a date until the next row with the same meter and conditions.

    No row means unknown; 0 means no charge; the withdrawal of a price is a row of its own.
    """

    offering_id: int
    offering = models.ForeignKey(Offering, models.CASCADE, related_name="prices")
    meter = models.CharField(max_length=20, choices=Meter, help_text="Unit that is charged.")
    amount = models.DecimalField(max_digits=15, decimal_places=9, null=True, blank=True, help_text="0 means free.")
    currency = models.CharField(max_length=3, default="USD", validators=[RegexValidator(CURRENCY)])
    per_quantity = models.PositiveIntegerField("quantity", default=1_000_000, validators=[readable_number])
    unit = models.CharField("unit", max_length=20, choices=Unit, default=Unit.TOKEN)
    above_tokens = models.PositiveBigIntegerField(
        "above context, tokens",
        default=0,
        validators=[readable_number],
        help_text="Price for requests with more tokens than this; 0 for all other requests.",
    )
    service_level = models.CharField(
        max_length=30, blank=True, help_text="For example batch, flex or priority; empty for the standard tier."
    )
    conditions = models.CharField(
        max_length=100, blank=True, help_text="Other conditions, for example size, resolution or cache duration."
    )
    valid_from = PartialDateField(
        "since", default=today, help_text="Its first day or, if unknown, when it was first seen."
    )
    is_withdrawn = models.BooleanField("withdrawn", default=False, help_text="The price ends on this date.")

    class Meta:
        ordering = ["meter", "above_tokens", "service_level", "conditions", "valid_from", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["offering", "meter", "above_tokens", "service_level", "conditions", "valid_from"],
                name="catalog_price_once_a_date",
                violation_error_message="A price of this kind already starts on this date.",
            ),
            models.CheckConstraint(
                condition=Q(is_withdrawn=True, amount=None)
                | Q(is_withdrawn=False, amount__isnull=False, amount__gte=0),
                name="catalog_price_has_amount_or_is_withdrawn",
                violation_error_message="Enter an amount of 0 or more, or mark the price as withdrawn.",
            ),
            models.CheckConstraint(condition=Q(currency__regex=CURRENCY), name="catalog_price_currency_is_a_code"),
            one_of("meter", Meter),
            one_of("unit", Unit),
            *above_zero("per_quantity"),
            *partial_dates("valid_from"),
            models.CheckConstraint(condition=~Q(valid_from=""), name="catalog_price_valid_from_is_filled"),
        ]

    def __str__(self):
        return f"{Meter(self.meter).label}, {self.offering}"

    @property
    def terms(self) -> dict:
        """Return the fields that `rules.prices` reads."""
        return {name: getattr(self, name) for name in TERMS}

    @property
    def key(self) -> tuple:
        """Return the values that rows share if one replaces the other."""
        return tuple(getattr(self, name) for name in KEY)

    @property
    def conditions_in_words(self) -> str:
        return conditions_in_words(self.terms)


def rows_on(day: date, rows: Iterable[Price], withdrawn: bool = False) -> list[Price]:
    """Return the rows of an offering that are valid on `day` (`rules.prices.prices_on`)."""
    return [price["row"] for price in prices_on(day, [{**row.terms, "row": row} for row in rows], withdrawn)]


class LifecycleEvent(models.Model):
    """A past or future event of a model (from its vendor) or of an offering (from its provider)."""

    model_id: int | None
    offering_id: int | None
    replaced_by_id: int | None
    evidence: models.QuerySet
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
