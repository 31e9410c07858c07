"""The models of a stack on a given day, in the form of the API: end of service, replacement, price, cheaper models."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import FloatField, Q
from django.db.models.functions import Cast

from catalog.alternatives import COMPARED, lasting, nearest
from catalog.check.reading import Found
from catalog.documents import read
from catalog.documents.fields import decimal
from catalog.documents.summaries import left_list_on
from catalog.lifecycle.heirs import end_as_json, followed
from catalog.lifecycle.timeline import BY_DATE, ENDS
from catalog.models import AIModel, ModelPeriod, OfferingPeriod, Provider, TimelineEntry
from catalog.rules.grouping import grouped
from catalog.rules.partial_dates import PartialDate
from catalog.rules.prices import PRICES
from catalog.rules.status import LASTING, Bound, Status
from ops.http.urls import absolute, route
from publishing.api.filters import MOST_VALUES

DAYS = 90  # before its end a model fails
CHEAPER_SHOWN, CHEAPER_FROM = 3, 0.9  # of the price: a smaller difference is not worth a move
MOST_UNKNOWN = 20
COMPARED_AT_MOST = 600  # the latest of the same kinds
ORDER = {Status.RETIRED: 0, Status.DEPRECATED: 1}
OF_SUMMARY = ("public_id", "slug", "name", "row", "show")
OF_PERIOD = ("status", "price_at", "lowest", "today", *PRICES)
OF_OFFER = ("offering__provider_name", "offering__api_id")
VARIANT = Q(name__icontains="latest") | Q(name__icontains="preview") | Q(name__icontains="code")  # or for code alone
ENDED = ENDS.filter(row__is_of_model=True).values("model_id")
BLENDED = Cast("periods__blended_price", FloatField())
ROWS = ModelPeriod.objects.values("model", *(f"model__{name}" for name in OF_SUMMARY), *OF_PERIOD)


def _rows(day, **models):
    return ROWS.filter(**read.on_day(day), **models)


def stack_models(
    keys: Collection[int],
    day: date,
    days: int = DAYS,
    offers: Collection[int] = (),
    without_offer: Collection[tuple[int, str]] = (),
) -> list[dict]:
    """Return the public models with these keys, the most urgent first.

    Five queries, one for `offers`, and one for each step of replacements.

    A model fails if it is retired, if its vendor or the vendor's own API ends it within `days`, or if it has left its
    vendor's own list. Where a text names hosts of a model, by `offers` or by the names of providers `without_offer` of
    it, that of the vendor does not count, but that of these hosts, as far as it is on record. It then has no ends at
    other providers.
    """
    rows, named, found = _priced(_rows(day, model__in=keys)), defaultdict(list), []
    if offers:
        periods = OfferingPeriod.objects.filter(**read.on_day(day), offering__in=offers)
        for key, *offer in periods.values_list("offering__model_id", "status", *OF_OFFER):
            named[key].append(offer)
    entries = ENDS.filter(model_id__in=keys).order_by(*BY_DATE)
    ends = grouped((entry.model_id, (PartialDate.parse(entry.date), entry)) for entry in entries)
    for key, (model, facts) in rows.items():
        own = [end for end in ends[key] if end[1].row["is_of_model"]]
        end, left = _next_end(own, day)
        # As the timeline names the place of an offering.
        places = {place for _, name, api_id in named[key] for place in (name, f"{name} ({api_id})")}
        others = [
            one
            for one in ends[key]
            if one not in own and (not places or places.intersection(place["name"] for place in one[1].row["places"]))
        ]
        said = end.row if end else {"replacement": None, "replacement_name": ""}
        heir = facts["replaced_by"] or said["replacement"]
        lefts = [(when.first_day - day).days for when, one in others if places and one.bound == Bound.EXACT]
        hosts = [_host(name, api_id, status, others, day) for status, name, api_id in named[key]]
        hosts += [_host(name, "", None, (), day) for pk, name in without_offer if pk == key]
        is_ending = any(one is not None and 0 <= one <= days for one in lefts if hosts)
        has_left = bool(model["left_list_on"])
        if hosts:
            bad = {Status.RETIRED, Status.DEPRECATED} if has_left else {Status.RETIRED}
            is_failing = is_ending or any(host["status"] in bad for host in hosts)
        else:
            # After a past end only a status that says that it is served again passes.
            is_ending = left is not None and (0 <= left <= days or (left < 0 and model["status"] not in LASTING))
            is_failing = is_ending or has_left or model["status"] == Status.RETIRED
        found.append(
            model
            | {"hosts": _by_provider(hosts)}
            | {"passed": not is_failing, "days_left": left, "end": end_as_json(end)}
            | {"ends_at_providers": [end_as_json(one) for _, one in others]}
            | {"replacement": heir, "replacement_name": said["replacement_name"]}
        )
    for one, next_ones in zip(found, followed(found), strict=True):
        last = next_ones[-1] if next_ones else {"slug": None, "name": None}
        one |= {"replacement": last["slug"], "replacement_name": last["name"], "replacements": next_ones}
    slugs = {one["replacement"] for one in found} - {None}
    priced = _priced(_rows(day, model__slug__in=slugs), "model__slug") if slugs else {}
    cheaper = _cheaper(rows, day, {key: one["replacement"] for key, one in zip(rows, found, strict=True)})
    for key, one in zip(rows, found, strict=True):
        one["replacement"], _ = priced.get(one["replacement"], (None, {}))
        one["cheaper"] = cheaper.get(key, [])
    return sorted(found, key=_urgency)


def most_urgent(found: Found, day: date, days: int = DAYS) -> tuple[list[dict], int, str]:
    """Return the most urgent models that an address may name, the number of others, and that address."""
    pairs = [(model, slug) for model, slug in found.without_offer]
    names = dict(Provider.objects.filter(slug__in={slug for _, slug in pairs}).values_list("slug", "name"))
    pairs = [(model, slug) for model, slug in pairs if slug in names]
    models = stack_models(found.models, day, days, found.offers, [(model, names[slug]) for model, slug in pairs])
    shown, more = models[:MOST_VALUES], max(0, len(models) - MOST_VALUES)
    slugs, slug_by_key = [model["slug"] for model in shown], {}
    if pairs:
        slug_by_key = dict(AIModel.objects.filter(pk__in={model for model, _ in pairs}).values_list("pk", "slug"))
    at = [f"{slug_by_key[model]}@{slug}" for model, slug in pairs if slug_by_key[model] in slugs]
    unknown = found.unknown[:MOST_UNKNOWN]
    pairs = result_query(slugs, sorted(found.offers)[:MOST_VALUES], at[:MOST_VALUES], unknown, more)
    return shown, more, route("catalog:check", query=pairs)


def result_query(
    slugs: Iterable[str], offers: Iterable[int], at: Iterable[str], unknown: Iterable[str], more: int
) -> list[tuple[str, str]]:
    """Return the query of the page with a result in canonical order."""
    others = {"offers": ",".join(map(str, sorted(offers))), "at": ",".join(sorted(at)), "more": more}
    others["unknown"] = ",".join(unknown)
    return [("models", ",".join(sorted(slugs))), *((name, str(value)) for name, value in others.items() if value)]


def alike(names: dict[str, int | None], day: date) -> list[tuple[str, dict | None]]:
    """Return each name with the model that has its key, in the form of the API. One query."""
    found = _priced(_rows(day, model__in={*names.values()} - {None})) if names else {}
    return [(name, found[key][0] if key in found else None) for name, key in names.items()]


def _urgency(model: dict) -> tuple:
    left = model["days_left"]
    ahead = left if left is not None and left >= 0 else 10**6
    place = ORDER.get(model["status"], 2), model["passed"], ahead
    return *place, not model["ends_at_providers"], model["name"].casefold()


def _host(name: str, api_id: str, status: str | None, ends: Iterable[tuple], day: date) -> dict:
    """Return what is on record of a model at a host that the text names."""
    places = {name, f"{name} ({api_id})"}
    own = [end for end in ends if places.intersection(place["name"] for place in end[1].row["places"])]
    end, left = _next_end(own, day)
    return {"provider": name, "status": status, "days_left": left, "end": end_as_json(end)}


def _next_end(ends: list[tuple], day: date) -> tuple[TimelineEntry | None, int | None]:
    """Return the next of these ends, or else the last, and the days to it, None if only an earliest day is known."""
    if not ends:
        return None, None
    period, end = next((one for one in ends if one[0].last_day > day), ends[-1])
    return end, (period.first_day - day).days if end.bound == Bound.EXACT else None


def _by_provider(hosts: list[dict]) -> list[dict]:
    """Return one entry of each provider, the most urgent of its offerings."""
    by_name: dict[str, dict] = {}
    for host in sorted(hosts, key=lambda host: (host["status"] != Status.RETIRED, host["end"] is None)):
        by_name.setdefault(host["provider"], host)
    return sorted(by_name.values(), key=lambda host: host["provider"].casefold())


def _priced(rows: Iterable[dict], key: str = "model") -> dict[Any, tuple[dict, dict]]:
    """Return the models of ROWS with their prices, and their facts, by `key`."""
    found = {}
    for row in rows:
        facts, is_unverified = row["model__row"], row["model__show"] == "unverified"
        model = {"slug": row["model__slug"], "name": row["model__name"], "url": absolute(facts["path"])}
        model["status"] = "unverified" if is_unverified else row["status"]
        model["left_list_on"] = left_list_on(row["today"])
        prices = {name: decimal(row[name]) for name in PRICES}
        found[row[key]] = {**model, **prices, "price_at": row["price_at"] or None, "lowest": row["lowest"]}, facts
    return found


def _cheaper(rows: dict[int, tuple[dict, dict]], day: date, heirs: dict[int, str | None]) -> dict[int, list[dict]]:
    """Return models that cost clearly less and have all inputs and outputs of each model, the lowest price first.

    They are the cheapest and then the closest ones, without the replacement in `heirs` and those that cost as much as a
    newer one of their family; of models that we read at their sources, if there are any: others may be outdated.
    """
    priced = {key: float(model["blended_price"]) for key, (model, _) in rows.items() if model["blended_price"]}
    kinds, most = {rows[key][1]["kind"] for key in priced} - {None}, max(priced.values(), default=0)
    below = lasting(day, status=Status.AVAILABLE, blended_price__gt=0, blended_price__lt=Decimal(most))
    below = below.filter(kind__in=kinds).exclude(VARIANT).exclude(pk__in=ENDED)
    others, found = below.values_list("kind", BLENDED, *COMPARED, "slug", "checked_on")[:COMPARED_AT_MOST], {}
    for key, price in priced.items():
        (model, facts), most = rows[key], price * CHEAPER_FROM
        cheaper = [row for kind, *row in others if kind == facts["kind"] and row[0] <= most and row[1] != key]
        near = nearest(key, facts, model["input_price"], (values[1:-2] for values in cheaper))
        fresh = {values[1] for values in cheaper if values[-1]}.intersection(near)
        near = [pk for pk in near if pk in fresh or not fresh]
        latest, lowest = [], {}
        for amount, pk, of, *_, slug, _ in (values for values in cheaper if values[1] in near):
            family = next((place for place in of.split() if place.startswith("family:")), pk)
            if amount < lowest.get(family, amount + 1):
                lowest[family] = amount
                latest += [(amount, pk)] * (slug != heirs[key])
        cheapest = [pk for _, pk in sorted(latest)]
        first = dict.fromkeys([*cheapest[:1], *(pk for pk in near if pk in cheapest)])
        found[key] = [pk for pk in cheapest if pk in [*first][:CHEAPER_SHOWN]]
    shown = _priced(_rows(day, model__in={pk for keys in found.values() for pk in keys}))
    return {key: [shown[pk][0] for pk in keys if pk in shown] for key, keys in found.items()}
