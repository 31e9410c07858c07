"""Rows of lists, derived from documents by pure functions. They cover all days, so no job renews them at midnight."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Context, Decimal

import orjson
from django.conf import settings
from django.db.models import Model

from catalog.documents.fields import decimal, path_of
from catalog.models import ModelPeriod, ModelSummary, OfferingPeriod, OfferingSummary
from catalog.rules.choices import Existence
from catalog.rules.facts import MODEL_FACTS, OPEN_WEIGHTS, FactKind, FactPlace, effective, values_in
from catalog.rules.grouping import grouped
from catalog.rules.levels import DOUBTS, is_checked_by_firm, provenance_of_source, provenance_of_value
from catalog.rules.partial_dates import PartialDate
from catalog.rules.prices import PRICES, Offer, lowest_offer, own_offers, price_turns, reference_offer, served_at
from catalog.rules.regions import region_of
from catalog.rules.status import Status, departure_on, has_lasting_events, model_status_on, status_turns

UNKNOWN = "unknown"
BLANKS = re.compile(r"[\s:]+")
ANY_OPEN = "any_open"  # weights are open, under any licence
CAPABILITIES = tuple(fact.name for fact in values_in(FactPlace.FILTER, FactKind.YES_NO))
NAME_LENGTH = 200
PLACES = Decimal("1e-9")
# SQLite stores at most this number of digits of a decimal.
DIGITS = Context(prec=15)
SHOWN_OF_MODEL = (
    *("path", "existence", "notice", "summary", "checked_on", "replaced_by"),
    *(fact.name for fact in MODEL_FACTS),
)
SHOWN_OF_OFFERING = (
    *("provider", "name", "api_id", "listing", "left_list_on", "note", "regions", "checked_on"),
    *("retention_days", "trains_on_input", "zero_retention", "data_policy_url"),
)


def summarise_model(
    key: int, document: dict, offerings: dict[int, tuple[dict, list[OfferingPeriod]]]
) -> tuple[ModelSummary, list[ModelPeriod]]:
    """Return the rows of a model; `offerings` has the documents and periods of its public offerings by key."""
    written, family = document["released_on"] or "", document["family"]
    summary = ModelSummary(
        model_id=key,
        public_id=document["id"],
        slug=document["slug"],
        name=document["name"],
        name_key=name_key(document["name"]),
        show=show_of(document),
        kind=document["kind"] or "",
        openness=document["openness"] or "",
        family_id=int(family["id"]) if family else None,
        released_on=written,
        released_until=_latest_release(document, offerings.values()),
        context_tokens=document["context_tokens"],
        checked_on=date.fromisoformat(document["checked_on"]) if document["checked_on"] else None,
        vouched=vouched_in(document) + sum(vouched_in(offering) for offering, _ in offerings.values()),
        places=" ".join(sorted(_places(document, [offering for offering, _ in offerings.values()]))),
        row={name: document[name] for name in SHOWN_OF_MODEL},
    )
    return summary, _model_periods(key, document, [pair for _, pair in sorted(offerings.items())])


def summarise_offering(
    key: int, document: dict, model_key: int | None, model: dict | None
) -> tuple[OfferingSummary, list[OfferingPeriod]]:
    """Return the rows of an offering; `model` is the document of its model, or None."""
    name = model["name"] if model else document["name"] or document["api_id"]
    evidence = [*document["evidence"], *(item for price in document["prices"] for item in price["evidence"])]
    in_effect = effective(document, model)
    summary = OfferingSummary(
        offering_id=key,
        model_id=model_key,
        provider_id=int(document["provider"]["id"]),
        provider_name=document["provider"]["name"],
        api_id=document["api_id"],
        name_key=name_key(name),
        row={
            "model": model and {name: model[name] for name in ("id", "slug", "name", "path", "existence")},
            **{name: document[name] for name in SHOWN_OF_OFFERING},
            "effective": in_effect,
            "sources": sources_of(evidence),
        },
    )
    return summary, _offering_periods(key, document, in_effect)


def periods[V](turns: Iterable[date], value_on: Callable[[date], V]) -> list[tuple[date, date, V]]:
    """Return merged (first day, end day, value) from `date.min` to `date.max`. The value changes only on `turns`."""
    spans = [(date.min, value_on(date.min))]
    for turn in sorted(set(turns)):
        value = value_on(turn)
        if value != spans[-1][1]:
            spans.append((turn, value))
    ends = [*(first_day for first_day, _ in spans[1:]), date.max]
    return [(first_day, end_day, value) for (first_day, value), end_day in zip(spans, ends, strict=True)]


def vouched_in(document: dict) -> int:
    """Return the number of facts, prices and dates of a record that have undoubted evidence."""
    of_record = {item["fact"] for item in document["evidence"] if item["confidence"] not in DOUBTS}
    if "api_id" not in document:
        of_record -= {None}  # for a model, evidence without a fact covers only its name
    parts = [*document["events"], *document.get("prices", ())]
    facts_of_parts = [{item["fact"] for item in part["evidence"] if item["confidence"] not in DOUBTS} for part in parts]
    return len(of_record) + sum(map(len, facts_of_parts))


def show_of(model: dict) -> str:
    """Return the list on which a model appears."""
    if model["existence"] == Existence.UNVERIFIED:
        return "unverified"
    return "checked" if is_checked_by_firm(model["evidence"]) else "unchecked"


def name_key(name: str) -> str:
    return name.lower()[:NAME_LENGTH]


def sources_of(evidence: Iterable[dict]) -> list[list]:
    """Return each source id once, with the level that all it is cited for has, as `Provenance.place`."""
    places = grouped((item["source"], provenance_of_source(item).place) for item in evidence)
    return [[source, min(of_source)] for source, of_source in sorted(places.items())]


def reference(model: type[Model], record: dict | None) -> dict | None:
    """Return a reference of a document with the path of the record's page added."""
    return record and {**record, "path": path_of(model, record["slug"])}


def _places(model: dict, offerings: Iterable[dict]) -> set[str]:
    places = {f"kind:{model['kind'] or UNKNOWN}", f"openness:{model['openness'] or UNKNOWN}"}
    places |= {f"openness:{ANY_OPEN}"} if OPEN_WEIGHTS.get(model["openness"]) else set()
    texts = [("licence", model["licence"]), *(("benchmark", result["name"]) for result in model["benchmarks"])]
    places |= {f"{name}:{BLANKS.sub('_', text)[:NAME_LENGTH]}" for name, text in texts if text}
    places |= {f"capability:{name}" for name in CAPABILITIES if model[name]}
    places |= {f"vendor:{vendor['id']}" for vendor in model["vendors"]}
    places |= {f"input:{modality['id']}" for modality in model["input_modalities"]}
    places |= {f"output:{modality['id']}" for modality in model["output_modalities"]}
    for provider in (offering["provider"] for offering in offerings):
        places |= {f"provider:{provider['id']}", f"region:{region_of(provider['country'])}"}
    return places | ({f"family:{model['family']['id']}"} if model["family"] else set())


def _latest_release(model: dict, offerings: Iterable[tuple[dict, list]]) -> str:
    """Return the last day on which a model can have been released, by which lists sort it; "" if unknown.

    It is the last day of the period that the date names, or the one in it on which we first had a price or the model.
    """
    if not model["released_on"]:
        return ""
    period = PartialDate.parse(model["released_on"])
    seen = {price["valid_from"] for offering, _ in offerings for price in offering["prices"]}
    days = [PartialDate.parse(day).last_day for day in (*seen, (model["published_at"] or "9999")[:10])]
    return min([period.last_day, *(day for day in days if day >= period.first_day)]).isoformat()


def _model_periods(key: int, document: dict, offerings: list[tuple[dict, list[OfferingPeriod]]]) -> list[ModelPeriod]:
    first_days = [[period.first_day for period in periods_of_offering] for _, periods_of_offering in offerings]

    def values_on(day: date) -> dict:
        offers = []
        for (offering, periods_of_offering), days in zip(offerings, first_days, strict=True):
            period = periods_of_offering[bisect_right(days, day) - 1]
            prices = {name: getattr(period, name) for name in PRICES}
            offers.append(Offer(period.offering_id, offering, period.status, period.prices, prices))
        vendor_offer, best = reference_offer(offers, document["vendors"]), lowest_among(offers)
        lowest = best and {"provider": best.provider, **_written(best.prices)}
        vendor_offers = own_offers(offers, document["vendors"])
        own_statuses = [offer.status for offer in vendor_offers]
        statuses = [offer.status for offer in offers]
        status = model_status_on(day, document, own_statuses, statuses)
        left_on = departure_on(day, status, [offer.document for offer in vendor_offers])
        values = {"status": str(status), **(vendor_offer.prices if vendor_offer else dict.fromkeys(PRICES))}
        is_priced = (
            vendor_offer is not None
            and vendor_offer.status != Status.DEPRECATED
            and vendor_offer.prices["blended_price"] is not None
        )
        is_complete = is_priced and document["context_tokens"] is not None
        served = served_at(offers)
        is_current = is_complete and status == Status.AVAILABLE and has_lasting_events(day, document)
        return {
            **values,
            "current_since": _latest_release(document, offerings) if is_current else "",
            "offering_id": vendor_offer and vendor_offer.key,
            "price_at": vendor_offer.provider["name"] if vendor_offer else "",
            "lowest_offering_id": best and best.key,
            "lowest": lowest,
            "served_at": served,
            "today": _today(
                values,
                price_at=vendor_offer and vendor_offer.provider,
                lowest=lowest,
                left_list_on=left_on,
                released_on=document["released_on"],
                served_at=served,
            ),
        }

    turns = status_turns(document) | {day for days in first_days for day in days} - {date.min}
    return [
        ModelPeriod(model_id=key, first_day=first_day, end_day=end_day, **values)
        for first_day, end_day, values in periods(turns, values_on)
    ]


def left_list_on(today: str) -> str | None:
    """Return since when a model is not in its vendor's list, from `today` of a period; None if it is, or has an end."""
    return orjson.loads("{" + today).get("left_list_on")


def lowest_among(offers: Iterable[Offer]) -> Offer | None:
    return lowest_offer(offers, settings.CATALOG_LOWEST_PRICE_KINDS)


def _offering_periods(key: int, document: dict, in_effect: dict) -> list[OfferingPeriod]:
    def values_on(day: date) -> dict:
        offer = Offer.on(day, key, document, in_effect)
        return {
            "status": str(offer.status),
            **{
                name: None if amount is None else DIGITS.create_decimal(amount).quantize(PLACES)
                for name, amount in offer.prices.items()
            },
            "prices": [_without_evidence(price) for price in offer.valid],
        }

    turns = status_turns(document) | price_turns(document["prices"])
    turns |= {PartialDate.parse(in_effect["released_on"]).first_day} if in_effect["released_on"] else set()
    return [
        OfferingPeriod(
            offering_id=key, first_day=first_day, end_day=end_day, **values, today=_today(values, effective=in_effect)
        )
        for first_day, end_day, values in periods(turns, values_on)
    ]


def _without_evidence(price: dict) -> dict:
    """Return the terms of a price, and in `said` its level as `Provenance.place`."""
    level = provenance_of_value(price["evidence"])
    return {name: value for name, value in price.items() if name != "evidence"} | {"said": level.place if level else 0}


def _today(values: dict, **more) -> str:
    return orjson.dumps({"status": values["status"], **_written(values), **more}).decode()[1:]


def _written(values: dict) -> dict[str, str | None]:
    return {name: decimal(values[name]) for name in PRICES}
