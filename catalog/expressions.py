"""The rules of `rules.status` and `rules.prices` for the database to work out, so that lists can filter and sort by
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
from django.db.models.functions import Cast, Coalesce, Length, NullIf, Substr
from django.db.models.lookups import GreaterThan, IsNull, LessThanOrEqual

from catalog.models import LifecycleEvent, Price, Provider
from catalog.rules.choices import Meter, Unit
from catalog.rules.partial_dates import PartialDate
from catalog.rules.prices import CURRENCY, PER
from catalog.rules.status import BEGINNINGS, REACHED_BY, SERVED, STATUS_OF_LISTING, Bound, EventKind, Status

PER_MILLION = Cast(F("amount"), FloatField()) * Value(float(PER)) / F("per_quantity")
SERVICE_BEGINS = {kind for kind, stage in REACHED_BY.items() if stage in SERVED}


class Greatest(Func):
    """SQL's MAX over rows. Not Django's, which would group them: this gives one answer, of no rows too."""

    function = "MAX"
    output_field = CharField()


class Joined(Func):
    """Texts that are never null, end to end: without the guards of Django's Concat, which are far longer."""

    template = "(%(expressions)s)"
    arg_joiner = " || "
    output_field = CharField()


def last_day(field: str) -> Joined:
    """Return the last day of a partial date, of a month always the 31st: 2026 gives 2026-12-31, 2026-02 2026-02-31."""
    return Joined(F(field), Substr(Value("-12-31"), Length(F(field)) - 3))


def is_over(day: date, field: str) -> Q:
    """Whether the period of a partial date is over with `day`: it began by then, and does not go on beyond."""
    names = {day.isoformat()[:length] for length in (4, 7)}
    going_on = sorted(name for name in names if PartialDate.parse(name).last_day > day)
    begun = Q(**{f"{field}__lte": day.isoformat()})
    return begun & ~Q(**{f"{field}__in": going_on}) if going_on else begun


def end_of(day: date) -> str:
    """Return `day` as text to compare with `last_day`: the last of a month counts as its 31st."""
    is_last = (day + timedelta(days=1)).day == 1
    return f"{day:%Y-%m}-31" if is_last else day.isoformat()


def status_on(day: date, of: str) -> Subquery:
    """Return the status on `day` of each row of what is queried: models (`of` is "model") or offerings ("offering").

    The order of the cases folds the four sentences of `rules.status.status_on` into one.
    """
    is_listed = of == "offering"
    may_have_ended, end_is_announced = _may_have_ended(day), _end_is_announced(day)
    after = Coalesce(_end_of_service(day), Value(""))

    def reached(kinds) -> Q:
        return Q(GreaterThan(_latest(kinds, _happened(day)), after))

    cases = [
        (_has_retired(day), Status.RETIRED),
        (reached(SERVICE_BEGINS) & may_have_ended, Status.UNKNOWN),
        (reached({EventKind.DEPRECATED}), Status.DEPRECATED),
        (reached(SERVICE_BEGINS) & end_is_announced, Status.DEPRECATED),
        (reached({EventKind.RELEASED}), Status.AVAILABLE),
        (reached({EventKind.PREVIEW}), Status.PREVIEW),
        (reached({EventKind.ANNOUNCED}), Status.ANNOUNCED),
        *([(_listed_as(Status.RETIRED) & _never_begins(), Status.RETIRED)] if is_listed else []),
        (may_have_ended, Status.UNKNOWN),
        (end_is_announced & _never_begins(), Status.DEPRECATED),
        *([(_listed_as(stage) & _never_begins(), stage) for stage in STATUS_OF_LISTING.values()] if is_listed else []),
    ]
    stage = Case(
        *(When(condition, then=Value(str(status))) for condition, status in cases), default=Value(str(Status.UNKNOWN))
    )
    events = _events(day, is_listed=is_listed).filter(**{of: OuterRef("pk")})
    return Subquery(events.values(status=stage), output_field=CharField())


def _has_ended(day: date, offering: str) -> Subquery:
    """Return whether `status_on` would say RETIRED of the offering at that path: the same, with what else it can say
    left out, since this is asked of every price of a list."""
    announced = _latest({EventKind.DEPRECATED}, _happened(day))
    is_off_the_list = _listed_as(Status.RETIRED) & _never_begins() & Q(IsNull(announced, True))
    ended = Case(When(_has_retired(day) | is_off_the_list, then=Value(True)), default=Value(False))
    events = _events(day, f"{offering}__").filter(offering=OuterRef(offering))
    return Subquery(events.values(has_ended=ended))


def lowest_input_price(day: date) -> Subquery:
    """Return the lowest price of a model's text input, USD per million tokens, at public providers that still serve it.

    As of `rules.prices.lowest`: 0 only where none asks more, null for unknown. Only the ordinary price counts: none
    for long contexts, batches or other conditions. A float, to sort and compare by: what must be exact is read from the
    prices themselves.
    """
    return lowest_price(day, Meter.INPUT)


def lowest_price(day: date, meter: str) -> Subquery:
    """As `lowest_input_price`, of any meter that counts tokens."""
    asked = Func(NullIf(PER_MILLION, Value(0.0)), function="MIN", output_field=FloatField())
    lowest = Coalesce(asked, Func(PER_MILLION, function="MIN", output_field=FloatField()))
    return Subquery(_ordinary_prices(day, meter).values(lowest=lowest), output_field=FloatField())


def lowest_price_key(day: date, meter: str) -> Subquery:
    """Return the key of a price that is the one of `lowest_price`."""
    is_nothing = Case(When(amount=0, then=1), default=0)
    return Subquery(_ordinary_prices(day, meter).order_by(is_nothing, PER_MILLION, "pk").values("pk")[:1])


def _ordinary_prices(day: date, meter: str):
    return (
        prices_on(day)
        .filter(meter=meter, unit=Unit.TOKEN, currency=CURRENCY, is_withdrawn=False)
        .filter(above_tokens=0, service_level="", conditions="", offering__model=OuterRef("pk"))
        .filter(offering__provider__in=Provider.objects.published())
        .alias(has_ended=_has_ended(day, "offering"))
        .filter(has_ended=False)
    )


def exact(amount: float | None) -> Decimal | None:
    """Return what `lowest_input_price` gave, to as many places as prices have."""
    return None if amount is None else Decimal(repr(round(amount, 9)))


def keys_in(keys: list[int]) -> RawSQL:
    """Return a subquery of these keys, which is one parameter however many they are."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [keys])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(keys)])


def prices_on(day: date):
    """Return the prices of which `rules.prices.prices_on` chooses those that hold: the latest of each key by `day`,
    withdrawn ones among them."""
    key = ("offering_id", "meter", "above_tokens", "service_level", "conditions")
    begun = Price.objects.filter(valid_from__lte=day.isoformat()).order_by()
    later = begun.filter(**{name: OuterRef(name) for name in key}, valid_from__gt=OuterRef("valid_from"))
    return begun.filter(~Exists(later))


def _events(day: date, offering: str = "", is_listed: bool = True):
    """Events, with what their subject's own row says: when it was checked and, of offerings, what it is listed as."""
    events = LifecycleEvent.objects.order_by().alias(until=last_day("date"), today=Value(day.isoformat()))
    events = events.alias(checked=Cast(OuterRef(f"{offering}checked_on"), CharField()))
    return events.alias(listed=_listed(f"{offering}listing")) if is_listed else events


def _latest(kinds, *conditions, of="date") -> Greatest:
    """The kind is asked first: it rules most events out."""
    return Greatest(Case(When(Q(Q(kind__in=sorted(kinds)), *conditions), then=F(of))))


def _happened(day: date) -> Q:
    return Q(bound=Bound.EXACT) & is_over(day, "date")


def _end_of_service(day: date) -> Greatest:
    """The last day of service; null where there was none."""
    return _latest({EventKind.RETIRED}, _happened(day), of="until")


def _has_retired(day: date) -> Q:
    """Whether service ended and has not begun anew."""
    begun = Coalesce(_latest(BEGINNINGS, _happened(day)), Value(""))
    return Q(LessThanOrEqual(begun, _end_of_service(day)))


def _never_begins() -> Q:
    return Q(IsNull(_latest(BEGINNINGS), True))


def _end_is_announced(day: date) -> Q:
    lies_ahead = _latest({EventKind.RETIRED}, Q(bound=Bound.EXACT), ~is_over(day, "date"))
    return Q(IsNull(lies_ahead, False)) & Q(IsNull(_latest({EventKind.DEPRECATED}), True))


def _may_have_ended(day: date) -> Q:
    limit = _latest({EventKind.RETIRED}, Q(bound=Bound.NOT_BEFORE, date__lte=day.isoformat()))
    looked_up_since = Q(LessThanOrEqual(limit, F("checked"))) & Q(checked__lte=F("today"))
    return Q(IsNull(limit, False)) & (Q(checked=None) | ~looked_up_since)


def _listed(listing: str) -> Case:
    """What the provider's list called it, where that was read by `today`; "" for nothing."""
    word = ExpressionWrapper(OuterRef(listing), output_field=CharField())
    return Case(When(Q(checked=None) | Q(checked__lte=F("today")), then=word), default=Value(""))


def _listed_as(stage: Status) -> Q:
    return Q(listed__in=[str(listing) for listing, reached in STATUS_OF_LISTING.items() if reached == stage])
