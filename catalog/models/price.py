from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from catalog.models.offering import Offering
from catalog.rules.choices import Meter, Unit
from catalog.rules.constraints import above_zero, one_of, partial_dates, readable_number
from catalog.rules.partial_dates import PartialDateField
from catalog.rules.prices import KEY, conditions_in_words, prices_on

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


class Price(models.Model):
    """The price of one meter of an offering from a date until the next row with the same meter and conditions.

    No row means unknown; 0 means no charge; the withdrawal of a price is a row of its own.
    """

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
    valid_from = PartialDateField("since", blank=True, help_text="Leave empty if unknown.")
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


def rows_on(day, rows, withdrawn: bool = False) -> list[Price]:
    """Return the rows of an offering that are valid on `day` (`rules.prices.prices_on`)."""
    return [price["row"] for price in prices_on(day, [{**row.terms, "row": row} for row in rows], withdrawn)]
