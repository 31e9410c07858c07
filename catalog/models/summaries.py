"""Rows for lists and tables, derived from the documents of public records when these are stamped.

Their foreign keys have no database constraint, and no foreign key leads to a record, because records may be deleted by
SQL; the marks of triggers report that. `first_day` and `end_day` of a period are a half-open range: its values are
valid on every day with `first_day <= day < end_day`. The periods of one record follow each other without a gap, from
`date.min` to `date.max`, so exactly one is valid on any day before the last.
"""

from collections.abc import Collection
from datetime import date
from functools import cache, partial
from typing import Any, cast

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, When
from django.db.models.functions import JSONArray

from catalog.rules.partial_dates import PartialDate
from ops.db.compiled import CompiledQuery, Parameter, keys, texts
from ops.db.fast_json import JSONDecoder
from ops.db.internal import InternalModel

COMPARED = ("input", "output", "cached", "blended")
json_field = partial(models.JSONField, decoder=cast(Any, JSONDecoder))


def price_field() -> models.DecimalField:
    return models.DecimalField(
        max_digits=25, decimal_places=9, null=True, help_text="USD per million tokens. Null: unknown."
    )


def joining_key(summary: str) -> models.ForeignKey:
    """Return a key for joins: without a constraint, and indexed together with the first day."""
    return models.ForeignKey(summary, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="periods")


class Period(InternalModel):
    """The status and the prices of a public record during one period."""

    first_day = models.DateField()
    end_day = models.DateField()
    status = models.CharField(max_length=10)
    input_price = price_field()
    output_price = price_field()
    cached_price = price_field()
    blended_price = price_field()
    today = models.TextField(help_text="What the API says of a day in the period: JSON, from the second name on.")

    class Meta(InternalModel.Meta):
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(first_day__lt=F("end_day")), name="%(app_label)s_%(class)s_has_days")
        ]


class ModelSummary(InternalModel):
    """The columns of a public model that lists filter, sort and show, except those that depend on the day."""

    status: str  # annotated by catalog.documents.read, like PRICES and others
    model_id = models.BigIntegerField(primary_key=True)
    public_id = models.CharField(max_length=36)
    slug = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200, help_text="The name in lower case, to sort by.")
    show = models.CharField(max_length=10, help_text="checked, unchecked or unverified.")
    kind = models.CharField(max_length=20, help_text="Empty: unknown.")
    openness = models.CharField(max_length=20, help_text="Empty: unknown.")
    family_id = models.BigIntegerField(null=True)
    released_on = models.CharField(max_length=10, help_text="A partial date. Empty: unknown.")
    released_until = models.CharField(max_length=10, help_text="The last possible day of the release. Empty: unknown.")
    context_tokens = models.BigIntegerField(null=True)
    checked_on = models.DateField(null=True)
    vouched = models.PositiveIntegerField(help_text="Its facts, prices and dates that a source vouches for.")
    places = models.TextField(help_text="Groups and values beside which it counts, as kind:language, with blanks.")
    row = json_field(help_text="What tables show: vendors, family, modalities and all facts.")

    class Meta(InternalModel.Meta):
        indexes = [
            models.Index(F("released_until").desc(), "name_key", "model_id", name="catalog_summary_latest"),
            models.Index("show", F("released_until").desc(), "name_key", "model_id", name="catalog_summary_latest_of"),
            models.Index("kind", F("released_until").desc(), "name_key", "model_id", name="catalog_summary_kind"),
            models.Index(fields=["name_key", "model_id"], name="catalog_summary_by_name"),
            models.Index(fields=["context_tokens", "name_key", "model_id"], name="catalog_summary_by_context"),
            models.Index(fields=["family_id"], name="catalog_summary_of_family"),
            models.Index(fields=["show", "checked_on"], name="catalog_summary_checked"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self) -> str:
        return self.row["path"]

    @property
    def is_unverified(self) -> bool:
        return self.show == "unverified"


class ModelPeriod(Period):
    """The status of a model and its prices: those of the reference provider of its vendor."""

    model_id: int
    model = joining_key("catalog.ModelSummary")
    offering_id = models.BigIntegerField(null=True, help_text="The offering that has these prices.")
    price_at = models.CharField(max_length=200, help_text="The name of its provider. Empty: none has.")
    lowest_offering_id = models.BigIntegerField(null=True, help_text="The offering with the lowest blended price.")
    lowest = json_field(null=True, help_text="Its provider and prices, as in the API.")
    current_since = models.CharField(
        max_length=10,
        help_text="released_until, if it is available with prices, a context and no known end. Else empty.",
    )
    served_at = json_field(help_text="The names of the providers that serve it, sorted.")

    class Meta(Period.Meta):
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(fields=["model", "first_day"], name="catalog_modelperiod_once"),
        ]
        indexes = [
            models.Index(fields=["status", "model"], name="catalog_modelperiod_status"),
            models.Index(
                fields=["model", "first_day", "end_day", "status", "input_price"], name="catalog_modelperiod_lasting"
            ),
            models.Index(F("current_since").desc(), "model", name="catalog_modelperiod_current"),
            *(models.Index(fields=[f"{name}_price", "model"], name=f"catalog_modelperiod_{name}") for name in COMPARED),
        ]


class OfferingSummary(InternalModel):
    """The columns of a public offering that tables filter, sort and show, except those that depend on the day."""

    offering_id = models.BigIntegerField(primary_key=True)
    model_id = models.BigIntegerField(null=True)
    provider_id = models.BigIntegerField()
    provider_name = models.CharField(max_length=200)
    api_id = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200, help_text="The name that a table shows, in lower case, to sort by.")
    row = json_field(help_text="What tables show: model, provider, name, effective limits, data policy, sources.")

    class Meta(InternalModel.Meta):
        indexes = [
            models.Index(fields=["provider_id", "name_key", "api_id"], name="catalog_offersummary_of"),
            models.Index(fields=["model_id"], name="catalog_offersummary_model"),
        ]


class OfferingPeriod(Period):
    offering_id: int
    offering = joining_key("catalog.OfferingSummary")
    prices = json_field(help_text="The prices that hold, as in the document but without their evidence.")

    class Meta(Period.Meta):
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(fields=["offering", "first_day"], name="catalog_offerperiod_once"),
        ]


class TimelineEntry(InternalModel):
    """A dated change: an event of a listed model, with the same one of providers, a new price, or its addition."""

    kind = models.CharField(max_length=10, help_text="A kind of event, or price, or new.")
    model_id = models.BigIntegerField()
    name = models.CharField(max_length=200, help_text="Of the model.")
    path = models.CharField(max_length=250, help_text="Of its page.")
    date = models.CharField(max_length=10, help_text="A partial date.")
    last_day = models.DateField(help_text="The last day of the date: from then on it has happened.")
    bound = models.CharField(max_length=10)
    place = models.CharField(
        max_length=30,
        help_text="Of news, by which the latest come last: last day, date, events after prices. Else empty.",
    )
    key = models.CharField(max_length=100, help_text="Names the change for good, as in feeds.")
    places = models.TextField(help_text="The names of the providers. Empty: the vendor alone says so.")
    words = models.TextField(help_text="The price, and the one before.")
    row = json_field(help_text="What pages show of an end: who says so, providers, replacement, sources.")

    class Meta(InternalModel.Meta):
        indexes = [
            models.Index(fields=["kind", "last_day", "date", "id"], name="catalog_timeline_kind"),
            # Retirements are listed by date. `last_day` follows from `date` and is compared within the index.
            models.Index(fields=["kind", "date", "last_day", "model_id", "bound"], name="catalog_timeline_date"),
            models.Index(F("place").desc(), "id", name="catalog_timeline_place"),
            models.Index(fields=["model_id"], name="catalog_timeline_model"),
        ]

    @property
    def period(self) -> PartialDate:
        return PartialDate.parse(self.date)

    @property
    def month(self) -> PartialDate:
        """Return the month, or the year if only that is known."""
        return PartialDate.parse(self.date[: len("2026-11")])


@cache
def compiled_ends() -> CompiledQuery:
    """Return the entries of some kinds for models, by their vendors; a function, as models are not complete before."""
    ends = TimelineEntry.objects.filter(kind__in=texts("kinds"), model_id__in=keys("models"), row__is_of_model=True)
    return CompiledQuery(ends.order_by("-date"))


def ends_of(models: Collection[int], day: date, kinds: Collection[str] = ("retired",)) -> dict[int, TimelineEntry]:
    """Return the next end of each model by its vendor, else the last one. One query, none for no models.

    With the kind "left" among `kinds`, that of a model which has left its vendor's list is its departure.
    """
    ends = compiled_ends().instances(kinds=kinds, models=models) if models else []
    ends = sorted(
        ends, key=lambda end: (end.kind == "left", end.last_day > day, -abs(end.last_day - day))
    )  # what counts most is last
    return {end.model_id: end for end in ends}


def end_by_vendor(key: str, day: date | Parameter) -> Subquery:
    """Return kind, date, bound, and whether it is confirmed, of the entry that `ends_of` returns for a retirement or a
    departure of the model whose key is in the column `key`, as a list; None without one."""
    ends = TimelineEntry.objects.filter(kind__in=("retired", "left"), model_id=OuterRef(key), row__is_of_model=True)
    coming = Case(When(last_day__gt=day, then="last_day"))
    is_left, is_confirmed = Case(When(kind="left", then=1), default=0), Case(When(row__is_confirmed=True, then=1))
    ends = ends.order_by(is_left.desc(), coming.asc(nulls_last=True), "-last_day", "date")
    return Subquery(ends.values_list(JSONArray("kind", "date", "bound", is_confirmed))[:1])


class FacetCount(InternalModel):
    """The number of models of one list for one value of a facet; `day` is `date.min` except for statuses.

    Counts of statuses are differences: the sum of those up to a day is the number on that day.
    """

    group = models.CharField(max_length=10)
    value = models.CharField(max_length=200, help_text="A choice, the key of a record, or a text with _ for blanks.")
    show = models.CharField(max_length=10)
    day = models.DateField()
    number = models.BigIntegerField()

    class Meta(InternalModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["group", "value", "show", "day"], name="catalog_facetcount_once")
        ]
        indexes = [models.Index(fields=["group", "value", "show", "day", "number"], name="catalog_facetcount_covers")]


# Derived data like the documents, left out of dumps and backups.
SUMMARIES = (ModelSummary, ModelPeriod, OfferingSummary, OfferingPeriod, TimelineEntry, FacetCount)
