"""Which facts of a model texts can cite, with the source of each."""

from collections import defaultdict
from datetime import date

from django.db.models import CharField, Count, OuterRef, Q, StringAgg, Subquery, Value
from django.db.models.functions import Coalesce

from catalog import ended
from catalog.documents.read import bring_up_to_date
from catalog.expressions import exact, lowest_price, lowest_price_key, status_on
from catalog.models import (
    AIModel,
    Evidence,
    LifecycleEvent,
    ModelInputModality,
    ModelOutputModality,
    ModelPeriod,
    ModelVendor,
)
from catalog.models.evidence import is_doubtful
from catalog.rules.choices import Confidence, Meter
from catalog.rules.facts import BY_NAME, Place, values_in
from catalog.rules.partial_dates import PartialDate
from catalog.rules.prices import CURRENCY, NO_CHARGE, PER, number_in_words
from catalog.rules.status import Bound, EventKind, Status
from publishing.facts import Citable, CitedFact, FactSource, citable
from publishing.prepared import Prepared

PRICES = {"input_price": Meter.INPUT, "output_price": Meter.OUTPUT}
# Days on which something happened to the model itself, as its maker says; of several the last.
DAYS = {
    "announced_on": (EventKind.ANNOUNCED, "Announced"),
    "preview_on": (EventKind.PREVIEW, "In preview since"),
    "deprecated_on": (EventKind.DEPRECATED, "End announced"),
    "retired_on": (EventKind.RETIRED, "End of service"),
}
FIELDS = values_in(Place.PAGE)
# Tags, by the through model of each.
TAGS = {"vendors": ModelVendor, "input_modalities": ModelInputModality, "output_modalities": ModelOutputModality}
LABELS = {
    "name": "Name",
    **{name: BY_NAME[name].label for name in TAGS},
    **{fact.name: fact.label for fact in FIELDS},
    "status": "Status today",
    **{name: label for name, (_, label) in DAYS.items()},
    "input_price": "Lowest input price",
    "output_price": "Lowest output price",
}
# Of several sources the one that says most: found there by us, then as near to the maker as can be, then the latest,
# then the one that says most of what is asked of the model: so values of one model have one source where they can.
TRUST = [Confidence.VENDOR, Confidence.THIRD_PARTY, Confidence.UNVERIFIED, Confidence.DISPUTED]
Keys = dict[int, set[str]]


def look_up(names: Keys, day: date) -> dict[tuple[int, str], CitedFact]:
    """Return the known facts of public models, by key and name. Two queries, however many."""
    models = _models(list(names), wanted=frozenset().union(*names.values()), day=day)
    evidence = _evidence(models, names, day) if models else {}
    found = {}
    for model in models:
        for name in names[model.pk]:
            value, number = _value(model, name)
            if value:
                items = evidence.get((model.pk, "" if name == "name" else name), [])
                found[model.pk, name] = CitedFact(
                    title=model.name,
                    label=LABELS[name],
                    value=value,
                    number=number or ("" if name in PRICES else value),
                    url=model.get_absolute_url(),
                    source=_source(items[0]) if items else None,
                    is_doubtful=is_doubtful(items) or (name == "name" and model.is_unverified),
                )
    return found


def turns(pks: set[int], day: date) -> dict[int, set[date]]:
    """Return, by key of a model, the days after `day` on which its status or a lowest price changes. One query."""
    bring_up_to_date()
    found = defaultdict(set)
    for pk, first_day in ModelPeriod.objects.filter(model__in=pks, first_day__gt=day).values_list("model", "first_day"):
        found[pk].add(first_day)
    return found


citable[AIModel._meta.label_lower] = Citable(
    LABELS, ("name", "status"), look_up, ("status", Status.RETIRED.label.lower()), ended.look_up, turns
)


@Prepared
def _models(keys, *, wanted: frozenset[str], day: date):
    columns = [*AIModel.address_fields, "name", "existence", *(fact.name for fact in FIELDS if fact.name in wanted)]
    models = AIModel.objects.published().filter(pk__in=keys).only(*columns).order_by()
    models = models.annotate(**{f"{name}_names": _names_of(TAGS[name]) for name in sorted(TAGS.keys() & wanted)})
    if "status" in wanted:
        models = models.annotate(status_today=status_on(day, "model"))
    for name in sorted(DAYS.keys() & wanted):
        models = models.annotate(**{name: _last(DAYS[name][0])})
    for name in sorted(PRICES.keys() & wanted):
        meter = PRICES[name]
        models = models.annotate(
            **{f"{name}_amount": lowest_price(day, meter), f"{name}_key": lowest_price_key(day, meter)}
        )
    return models


def _last(kind: EventKind) -> Subquery:
    events = LifecycleEvent.objects.filter(model=OuterRef("pk"), kind=kind, bound=Bound.EXACT)
    return Subquery(events.order_by("-date").values("date")[:1])


def _names_of(through) -> Subquery:
    """The names of a model's tags, of those that are public, in order and in one text."""
    links = through.objects.filter(content_object=OuterRef("pk"), tag__in=through.tag_model().objects.published())
    names = StringAgg("tag__name", Value(", "), order_by="tag__name", output_field=CharField())
    return Subquery(links.order_by().values("content_object").values(names=names))


def _value(model, name: str) -> tuple[str, str]:
    """The value in words, "" for unknown, and the number in it, if it is one with a unit."""
    if name == "name":
        return model.name, ""
    if name in TAGS:
        return getattr(model, f"{name}_names") or "", ""
    if name == "status":
        status = Status(model.status_today or Status.UNKNOWN)
        return ("", "") if status == Status.UNKNOWN else (status.label.lower(), "")
    if name in PRICES:
        amount = exact(getattr(model, f"{name}_amount"))
        if amount is None:
            return "", ""
        number = number_in_words(amount)
        return (f"{number} {CURRENCY} per {PER:,} tokens", number) if amount else (NO_CHARGE, "")
    if name in DAYS:
        return str(PartialDate.parse(getattr(model, name) or "") or ""), ""
    fact = BY_NAME[name]
    number = fact.in_words(getattr(model, name))
    return (f"{number} {fact.unit}" if number and fact.unit else number), number


def _evidence(models, names: Keys, day: date) -> dict[tuple[int, str], list[Evidence]]:
    """What vouches for each fact, the best first."""
    prices = {
        getattr(model, f"{name}_key"): (model.pk, name)
        for model in models
        for name in PRICES.keys() & names[model.pk]
        if getattr(model, f"{name}_key")
    }
    statuses = {model.pk: model.status_today for model in models if "status" in names[model.pk]}
    with_events = [model.pk for model in models if names[model.pk] & {"status", *DAYS}]
    facts = frozenset({""}.union(*names.values()))
    found = defaultdict(list)
    more = {"price": list(prices), "event__model": with_events}
    asked = [name for name, keys in more.items() if keys]
    keys = [[model.pk for model in models], *(more[name] for name in asked)]
    for item in _evidence_about(*keys, facts=facts, asked=tuple(asked)):
        if item.price_id:
            found[prices[item.price_id]].append(item)
        elif item.event_id:
            of_event = ["status", *(name for name, (kind, _) in DAYS.items() if kind == item.event.kind)]
            for name in of_event:
                found[item.event.model_id, name].append(item)
        else:
            found[item.model_id, item.fact].append(item)
    for (pk, name), items in found.items():

        def rank(item: Evidence, pk=pk, name=name) -> tuple:
            place = _place(name, item, day, statuses.get(pk, ""))
            # Of sources as good the one that says most of the model, so that values in one sentence have the same. What
            # else is asked must not matter: a text has the same sources wherever it is shown.
            return *place, *_trust(item), -(item.says or 0), item.pk

        items.sort(key=rank)
    return found


@Prepared
def _evidence_about(models, *keys, facts: frozenset[str], asked: tuple[str, ...]):
    """Takes keys of models, and those of what is `asked` for besides: evidence of these models' events, of prices."""
    about = Q(model__in=models, fact__in=sorted(facts))
    for lookup, more in zip(asked, keys, strict=True):
        about |= Q(**{f"{lookup}__in": more})
    model = Coalesce("model", "event__model", "price__offering__model")
    of_the_same = Evidence.objects.filter(source=OuterRef("source"), model=OuterRef("about"))
    says = of_the_same.order_by().values("source").annotate(count=Count("pk")).values("count")
    return Evidence.objects.filter(about).annotate(about=model, says=Subquery(says)).select_related("source", "event")


def _trust(item: Evidence) -> tuple:
    return not item.is_checked, TRUST.index(item.confidence), -item.source.read_on.toordinal()


def _place(name: str, item: Evidence, day: date, status: str) -> tuple:
    """Which event comes first of those that say something of a fact."""
    if name == "status":
        return _place_of_event(item, day, status)
    if name in DAYS:  # the last counts, which is the one that is cited
        return item.event.bound != Bound.EXACT, -item.event.period.first_day.toordinal()
    return ()


def _place_of_event(item: Evidence, day: date, status: str) -> tuple:
    """The last that has happened decides the status; what is deprecated may be so by an end that lies ahead."""
    event = item.event
    by_its_end = [EventKind.DEPRECATED, EventKind.RETIRED] if status == Status.DEPRECATED else []
    place = by_its_end.index(event.kind) if event.kind in by_its_end else len(by_its_end)
    has_happened = event.bound == Bound.EXACT and event.period.last_day <= day
    return place, not has_happened, -event.period.last_day.toordinal()


def _source(item: Evidence) -> FactSource:
    source = item.source
    doubt = "" if item.confidence in {Confidence.VENDOR, Confidence.THIRD_PARTY} else item.get_confidence_display()
    remark = doubt or ("" if item.is_checked else "not checked by us")
    return FactSource(source.pk, source.title, source.url, source.publisher, source.read_on, remark)
