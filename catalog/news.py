"""What changed in the catalogue, and how much of it is vouched for: for the front page."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import CharField, Count, Exists, F, Max, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Concat

from catalog.expressions import end_of, last_day
from catalog.models import AIModel, Evidence, LifecycleEvent, Offering, Price
from catalog.models.evidence import SUBJECTS
from catalog.models.price import TERMS
from catalog.rules.choices import Confidence
from catalog.rules.partial_dates import PartialDate
from catalog.rules.prices import amount_in_words
from catalog.rules.status import Bound, EventKind, Status
from publishing.prepared import Prepared

NEWS = {
    EventKind.RELEASED: (Status.AVAILABLE, "Released"),
    EventKind.PREVIEW: (Status.PREVIEW, "Preview"),
    EventKind.DEPRECATED: (Status.DEPRECATED, "End announced"),
    EventKind.RETIRED: (Status.RETIRED, "End of service"),
}
# What of an event, and of all that stands beside it, a change says: whole models would be sorted with it.
MODEL = ("name", *AIModel.address_fields)
BESIDE = ("offering__provider__name", *(f"offering__model__{name}" for name in MODEL))
EVENT = ("kind", "date", *(f"model__{name}" for name in MODEL), *BESIDE)
READ_AT_MOST = 60  # rows, before those of several providers are put together
MOST_TOGETHER = 3  # so many providers are reckoned with for each, where many changes are asked for


@dataclass
class Change:
    """`places` are providers, where not the model itself changed. `words` say more, as a price and the one before.

    `key` tells it from all other changes, for good. Of several models at once `model` is None, and `name` and `url` say
    what it is of. `changed_at` is the moment, where more than the day is known.
    """

    period: PartialDate
    model: AIModel | None
    status: str
    label: str
    places: list[str]
    words: str = ""
    key: str = ""
    name: str = ""
    url: str = ""
    changed_at: datetime | None = None

    def __post_init__(self):
        self.name = self.name or self.model.name
        self.url = self.url or self.model.get_absolute_url()

    @property
    def is_status(self) -> bool:
        return self.status in Status.values


def recent_changes(day: date, count: int) -> list[Change]:
    """Return what happened by `day`, the newest first: releases, ends, new prices. Two queries."""
    changes = _as_changes(_events_by(day=day, most=max(READ_AT_MOST, MOST_TOGETHER * count)))
    changes += [_as_change(price) for price in _prices_by(day=day, most=count)]
    return sorted(changes, key=lambda change: change.period.written, reverse=True)[:count]


def coming_ends(day: date, count: int) -> list[Change]:
    """Return the ends of service after `day` that have a date, the nearest first. One query."""
    return _as_changes(_ends_after(day=day))[:count]


@Prepared
def _events_by(*, day: date, most: int):
    events = public_events().filter(kind__in=NEWS, bound=Bound.EXACT, until__lte=end_of(day))
    return events.only(*EVENT).order_by("-date", "pk")[:most]


@Prepared
def _prices_by(*, day: date, most: int):
    prices = _changed_prices().alias(until=last_day("valid_from")).filter(until__lte=end_of(day))
    return prices.only(*TERMS, *BESIDE).order_by("-valid_from", "pk")[:most]


@Prepared
def _ends_after(*, day: date):
    events = public_events().filter(kind=EventKind.RETIRED, bound=Bound.EXACT, until__gt=end_of(day))
    return events.only(*EVENT).order_by("until", "pk")[:READ_AT_MOST]


def record_counts() -> dict:
    """Return the numbers of listed models (`models`), and of facts, prices and dates with a source (`facts`), and the
    day of the last check (`checked_on`, None if there was none). Two queries."""
    counts = next(iter(_models_counted()), {"models": 0, "checked_on": None})
    return {**counts, "facts": next(iter(_facts_counted()), 0)}


@Prepared
def _models_counted():
    models = AIModel.objects.listed().order_by().annotate(all=Value(1)).values("all")
    return models.annotate(models=Count("pk"), checked_on=Max("checked_on")).values("models", "checked_on")


@Prepared
def _facts_counted():
    models, offerings = AIModel.objects.listed(), _public_offerings()
    public = Q(model__in=models) & ~Q(fact="") | Q(offering__in=offerings) | Q(price__offering__in=offerings)
    public |= Q(event__model__in=models) | Q(event__offering__in=offerings)
    vouched = Evidence.objects.filter(public).exclude(confidence__in=[Confidence.UNVERIFIED, Confidence.DISPUTED])
    # A fact may have several sources; of its subjects each has one.
    keys = [part for name in SUBJECTS for part in (Cast(f"{name}_id", CharField()), Value("/"))]
    fact = Concat(*keys, "fact", output_field=CharField())
    facts = vouched.order_by().annotate(all=Value(1)).values("all").annotate(facts=Count(fact, distinct=True))
    return facts.values_list("facts", flat=True)


def _public_offerings():
    return Offering.objects.published().filter(model__in=AIModel.objects.listed())


def public_events():
    """Events that readers may see, without those that a source disputes or none vouches for.

    `until` is the last day of their date, to be compared with `end_of`.
    """
    evidence = Evidence.objects.filter(event=OuterRef("pk"))
    unverified = Q(confidence=Confidence.UNVERIFIED)
    public = Q(model__in=AIModel.objects.listed()) | Q(offering__in=_public_offerings())
    return (
        LifecycleEvent.objects.filter(public)
        .alias(until=last_day("date"))
        .exclude(Exists(evidence.filter(confidence=Confidence.DISPUTED)))
        .exclude(Exists(evidence.filter(unverified)) & ~Exists(evidence.exclude(unverified)))
        .select_related("model", "offering__model", "offering__provider")
    )


def _changed_prices():
    """Prices that took the place of another of the same kind and unit, which is `earlier_amount`."""
    terms = ("meter", "above_tokens", "service_level", "conditions", "currency", "unit", "per_quantity")
    same = {name: OuterRef(name) for name in ("offering", *terms)}
    earlier = Price.objects.filter(**same, is_withdrawn=False, valid_from__lt=OuterRef("valid_from"))
    return (
        Price.objects.filter(offering__in=_public_offerings(), is_withdrawn=False)
        .exclude(valid_from="")
        .annotate(earlier_amount=Subquery(earlier.order_by("-valid_from", "-pk").values("amount")[:1]))
        .exclude(Q(earlier_amount=None) | Q(earlier_amount=F("amount")))
        .select_related("offering__model", "offering__provider")
    )


def _as_changes(events) -> list[Change]:
    """One change for each model, kind and date: what the model's own event says, else the providers together."""
    changes = {}
    for event in events:
        model = event.model or event.offering.model
        status, label = NEWS[event.kind]
        name = f"{event.kind}/{model.pk}/{event.date}"
        change = changes.setdefault(name, Change(event.period, model, status.value, label, [], key=name))
        place = event.offering and event.offering.provider.name
        if place and place not in change.places:
            change.places.append(place)
    return list(changes.values())


def _as_change(price) -> Change:
    now = amount_in_words(price.terms)
    price.amount = price.earlier_amount
    conditions = f" ({price.conditions_in_words})" if price.conditions_in_words else ""
    words = f"{price.get_meter_display()}{conditions}: {now}; before: {amount_in_words(price.terms)}"
    offering = price.offering
    places, key = [offering.provider.name], f"price/{price.pk}"
    return Change(price.period, offering.model, "price", "New price", places, words, key=key)
