"""The rules of `catalog.status` and `catalog.prices` for the database to work out, so that lists can filter and sort by
them. They must say the same as those: the tests compare them.

Dates are compared as text. A partial date began by a day where its text is not above that of the day: 2026 and 2026-05
both stand before 2026-05-01.
"""

import json
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import (
    Case,
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce, Concat, Length, Substr
from django.db.models.lookups import GreaterThan, IsNull, LessThanOrEqual

from catalog.models import LifecycleEvent, Offering, Price, Provider
from catalog.models.offering import STATUS_OF_LISTING
from catalog.prices import CURRENCY, PER
from catalog.status import BEGINNINGS, REACHED_BY, SERVED, Bound, EventKind, Status
from catalog.vocabulary import Meter, Unit

SERVICE_BEGINS = {kind for kind, stage in REACHED_BY.items() if stage in SERVED}


class Greatest(Func):
    """SQL's MAX over rows. Not Django's, which would group them: this gives one answer, of no rows too."""

    function = "MAX"
    output_field = CharField()


def last_day(field: str) -> Concat:
    """Return the last day of a partial date, of a month always the 31st: 2026 gives 2026-12-31, 2026-02 2026-02-31."""
    return Concat(F(field), Substr(Value("-12-31"), Length(F(field)) - 3))


def end_of(day: date) -> str:
    """Return `day` as text to compare with `last_day`: the last of a month counts as its 31st."""
    is_last = (day + timedelta(days=1)).day == 1
    return f"{day:%Y-%m}-31" if is_last else day.isoformat()


def status_on(day: date, of: str) -> Subquery:
    """Return the status on `day` of each row of what is queried: models (`of` is "model") or offerings ("offering").

    The order of the cases folds the four sentences of `catalog.status.status_on` into one.
    """
    end, after = _of_service(day)
    may_have_ended, end_is_announced = _may_have_ended(day), _end_is_announced(day)
    never_begins = Q(IsNull(_latest(kind__in=BEGINNINGS), True))
    listed = {stage: Q(listed__in=_listings(stage)) & never_begins for stage in STATUS_OF_LISTING.values()}
    is_listed = of == "offering"

    def reached(kinds) -> Q:
        return Q(GreaterThan(_latest(**_happened(day), kind__in=kinds), after))

    cases = [
        (Q(LessThanOrEqual(Coalesce(_latest(**_happened(day), kind__in=BEGINNINGS), Value("")), end)), Status.RETIRED),
        (reached(SERVICE_BEGINS) & may_have_ended, Status.UNKNOWN),
        (reached({EventKind.DEPRECATED}), Status.DEPRECATED),
        (reached(SERVICE_BEGINS) & end_is_announced, Status.DEPRECATED),
        (reached({EventKind.RELEASED}), Status.AVAILABLE),
        (reached({EventKind.PREVIEW}), Status.PREVIEW),
        (reached({EventKind.ANNOUNCED}), Status.ANNOUNCED),
        *([(listed[Status.RETIRED], Status.RETIRED)] if is_listed else []),
        (may_have_ended, Status.UNKNOWN),
        (end_is_announced & never_begins, Status.DEPRECATED),
        *([(condition, stage) for stage, condition in listed.items()] if is_listed else []),
    ]
    stage = Case(
        *(When(condition, then=Value(str(status))) for condition, status in cases), default=Value(str(Status.UNKNOWN))
    )
    events = LifecycleEvent.objects.filter(**{of: OuterRef("pk")}).order_by().alias(until=last_day("date"))
    checked = Cast(OuterRef("checked_on"), CharField())
    events = events.alias(
        checked=checked, today=Value(day.isoformat()), listed=_listed(day) if is_listed else Value("")
    )
    return Subquery(events.values(status=stage), output_field=CharField())


def lowest_input_price(day: date) -> Subquery:
    """Return the lowest price of a model's text input, USD per million tokens, at public providers that still serve it.

    Null is unknown, 0 free. Only the ordinary price counts: none for long contexts, batches or other conditions.
    A float, to sort and compare by: what must be exact is read from the prices themselves.
    """
    per_million = Cast(F("amount"), FloatField()) * Value(float(PER)) / F("per_quantity")
    ended = Offering.objects.alias(status=status_on(day, "offering")).filter(status=Status.RETIRED)
    prices = (
        prices_on(day)
        .filter(meter=Meter.INPUT, unit=Unit.TOKEN, currency=CURRENCY, is_withdrawn=False)
        .filter(above_tokens=0, service_level="", conditions="", offering__model=OuterRef("pk"))
        .filter(offering__provider__in=Provider.objects.published())
        .exclude(Exists(ended.filter(pk=OuterRef("offering_id"))))
    )
    return Subquery(prices.values(lowest=Func(per_million, function="MIN")), output_field=FloatField())


def exact(amount: float | None) -> Decimal | None:
    """Return what `lowest_input_price` gave, to as many places as prices have."""
    return None if amount is None else Decimal(repr(round(amount, 9)))


def keys_in(keys: list[int]) -> RawSQL:
    """Return a subquery of these keys, which is one parameter however many they are."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [keys])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(keys)])


def prices_on(day: date):
    """Return the prices of which `catalog.prices.prices_on` chooses those that hold: the latest of each key by `day`,
    withdrawn ones among them."""
    key = ("offering_id", "meter", "above_tokens", "service_level", "conditions")
    begun = Price.objects.filter(valid_from__lte=day.isoformat()).order_by()
    later = begun.filter(**{name: OuterRef(name) for name in key}, valid_from__gt=OuterRef("valid_from"))
    return begun.filter(~Exists(later))


def _latest(text="date", **conditions) -> Greatest:
    return Greatest(Case(When(Q(**conditions), then=F(text))))


def _happened(day: date) -> dict:
    return {"bound": Bound.EXACT, "until__lte": end_of(day)}


def _of_service(day: date) -> tuple:
    """The last day of service: null where there was none, and then "" for none."""
    end = _latest("until", **_happened(day), kind=EventKind.RETIRED)
    return end, Coalesce(end, Value(""))


def _end_is_announced(day: date) -> Q:
    lies_ahead = _latest(kind=EventKind.RETIRED, bound=Bound.EXACT, until__gt=end_of(day))
    return Q(IsNull(lies_ahead, False)) & Q(IsNull(_latest(kind=EventKind.DEPRECATED), True))


def _may_have_ended(day: date) -> Q:
    limit = _latest(kind=EventKind.RETIRED, bound=Bound.NOT_BEFORE, date__lte=day.isoformat())
    looked_up_since = Q(LessThanOrEqual(limit, F("checked"))) & Q(checked__lte=F("today"))
    return Q(IsNull(limit, False)) & (Q(checked=None) | ~looked_up_since)


def _listed(day: date) -> Case:
    """What the provider's list called it, where that was read by `day`; "" for nothing."""
    listing = ExpressionWrapper(OuterRef("listing"), output_field=CharField())
    return Case(When(Q(checked=None) | Q(checked__lte=F("today")), then=listing), default=Value(""))


def _listings(stage: Status) -> list[str]:
    return [str(listing) for listing, reached in STATUS_OF_LISTING.items() if reached == stage]
