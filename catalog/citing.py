"""Which facts of a model texts can cite, with the source of each."""

from collections import defaultdict
from datetime import date

from django.db.models import CharField, OuterRef, Q, StringAgg, Subquery, Value

from catalog import ended
from catalog.expressions import exact, lowest_price, lowest_price_key, status_on
from catalog.facts import FIELDS, TOKEN_FACTS, TOKENS, value_in_words
from catalog.models import (
    AIModel,
    Evidence,
    LifecycleEvent,
    ModelInputModality,
    ModelOutputModality,
    ModelVendor,
)
from catalog.models.evidence import is_doubtful
from catalog.partial_dates import PartialDate
from catalog.prices import CURRENCY, NO_CHARGE, PER, number_in_words
from catalog.status import Bound, EventKind, Status
from catalog.vocabulary import Confidence, Meter
from publishing.facts import Citable, CitedFact, FactSource, citable

PRICES = {"input_price": Meter.INPUT, "output_price": Meter.OUTPUT}
# Days on which something happened to the model itself, as its maker says; of several the last.
DAYS = {
    "announced_on": (EventKind.ANNOUNCED, "Announced"),
    "preview_on": (EventKind.PREVIEW, "In preview since"),
    "deprecated_on": (EventKind.DEPRECATED, "End announced"),
    "retired_on": (EventKind.RETIRED, "End of service"),
}
# Tags, by the through model of each.
TAGS = {"vendors": ModelVendor, "input_modalities": ModelInputModality, "output_modalities": ModelOutputModality}
LABELS = {
    "name": "Name",
    "vendors": "Maker",
    "input_modalities": "Takes",
    "output_modalities": "Gives",
    **FIELDS,
    "status": "Status today",
    **{name: label for name, (_, label) in DAYS.items()},
    "input_price": "Lowest input price",
    "output_price": "Lowest output price",
}
# Of several sources the one that says most: found there by us, then as near to the maker as can be, then the latest.
TRUST = [Confidence.VENDOR, Confidence.THIRD_PARTY, Confidence.UNVERIFIED, Confidence.DISPUTED]
Keys = dict[int, set[str]]


def look_up(names: Keys, day: date) -> dict[tuple[int, str], CitedFact]:
    """Return the known facts of public models, by key and name. Two queries, however many."""
    models = list(_models(names, day))
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
                    number=number or value,
                    url=model.get_absolute_url(),
                    source=_source(items[0]) if items else None,
                    is_doubtful=is_doubtful(items) or (name == "name" and model.is_unverified),
                )
    return found


citable[AIModel._meta.label_lower] = Citable(
    LABELS, ("name", "status"), look_up, ("status", Status.RETIRED.label.lower()), ended.look_up
)


def _models(names: Keys, day: date):
    wanted = set().union(*names.values())
    columns = [*AIModel.address_fields, "name", "existence", *(name for name in FIELDS if name in wanted)]
    models = AIModel.objects.published().filter(pk__in=names).only(*columns).order_by()
    models = models.annotate(**{f"{name}_names": _names_of(TAGS[name]) for name in TAGS.keys() & wanted})
    if "status" in wanted:
        models = models.annotate(status_today=status_on(day, "model"))
    for name in DAYS.keys() & wanted:
        models = models.annotate(**{name: _last(DAYS[name][0])})
    for name in PRICES.keys() & wanted:
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
    number = value_in_words(name, getattr(model, name))
    return (f"{number} {TOKENS}" if number and name in TOKEN_FACTS else number), number


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
    about = Q(model__in=[model.pk for model in models], fact__in=set().union(*names.values()) | {""})
    if prices:
        about |= Q(price__in=prices)
    if with_events:
        about |= Q(event__model__in=with_events)
    found = defaultdict(list)
    for item in Evidence.objects.filter(about).select_related("source", "event"):
        if item.price_id:
            found[prices[item.price_id]].append(item)
        elif item.event_id:
            of_event = ["status", *(name for name, (kind, _) in DAYS.items() if kind == item.event.kind)]
            for name in of_event:
                found[item.event.model_id, name].append(item)
        else:
            found[item.model_id, item.fact].append(item)
    for (pk, name), items in found.items():
        status = statuses.get(pk, "")
        items.sort(key=lambda item, name=name, status=status: _rank_as(name, item, day, status))
    return found


def _rank_as(name: str, item: Evidence, day: date, status: str) -> tuple:
    if name == "status":
        return _rank_of_event(item, day, status)
    if name in DAYS:  # the last counts, which is the one that is cited
        return item.event.bound != Bound.EXACT, -item.event.period.first_day.toordinal(), *_rank(item)
    return _rank(item)


def _rank(item: Evidence) -> tuple:
    return not item.is_checked, TRUST.index(item.confidence), -item.source.read_on.toordinal(), item.pk


def _rank_of_event(item: Evidence, day: date, status: str) -> tuple:
    """The last that has happened decides the status; what is deprecated may be so by an end that lies ahead."""
    event = item.event
    by_its_end = [EventKind.DEPRECATED, EventKind.RETIRED] if status == Status.DEPRECATED else []
    place = by_its_end.index(event.kind) if event.kind in by_its_end else len(by_its_end)
    has_happened = event.bound == Bound.EXACT and event.period.last_day <= day
    return place, not has_happened, -event.period.last_day.toordinal(), *_rank(item)


def _source(item: Evidence) -> FactSource:
    source = item.source
    doubt = "" if item.confidence in {Confidence.VENDOR, Confidence.THIRD_PARTY} else item.get_confidence_display()
    remark = doubt or ("" if item.is_checked else "not checked by us")
    return FactSource(source.pk, source.title, source.url, source.publisher, source.read_on, remark)
