"""Records of the catalogue for tests. Every function takes the relevant fields as keywords and fills the rest."""

from datetime import date
from decimal import Decimal
from itertools import count

from catalog.models import (
    AIModel,
    Alias,
    BenchmarkResult,
    Evidence,
    Family,
    LifecycleEvent,
    Modality,
    Offering,
    Price,
    Provider,
    Source,
    Vendor,
    Weights,
)
from catalog.rules.status import Status, status_on

numbers = count(1)


def vendor(**fields) -> Vendor:
    return Vendor.objects.create(**{"name": f"Vendor {next(numbers)}", **fields})


def modality(**fields) -> Modality:
    return Modality.objects.create(**{"name": f"Modality {next(numbers)}", **fields})


def family(**fields) -> Family:
    return Family.objects.create(**{"name": f"Family {next(numbers)}", **fields})


def provider(**fields) -> Provider:
    return Provider.objects.create(**{"name": f"Provider {next(numbers)}", "kind": "host", **fields})


def model(**fields) -> AIModel:
    tags = {name: fields.pop(name, []) for name in ("vendors", "input_modalities", "output_modalities")}
    record = AIModel.objects.create(**{"name": f"Model {next(numbers)}", **fields})
    for name, values in tags.items():
        getattr(record, name).set(values)
    return record


def unverified(**fields) -> AIModel:
    return model(**{"existence": "unverified", "notice": "Named in an article.", **fields})


def alias(**fields) -> Alias:
    return Alias.objects.create(**{"text": f"Alias {next(numbers)}", "model": fields.get("model") or model(), **fields})


def offering(**fields) -> Offering:
    values = {"api_id": f"id{next(numbers)}"}  # "id-2605" would be of May 2026
    values["provider"] = fields.get("provider") or provider()
    values["model"] = fields.get("model") or model()
    return Offering.objects.create(**{**values, **fields})


def status_terms(record: AIModel | Offering) -> dict:
    """Return the part of a document that `status_on` reads, from rows of the table of events."""
    dated = [{"kind": event.kind, "bound": event.bound, "date": event.date} for event in record.events.all()]
    return {"events": dated, "checked_on": record.checked_on and record.checked_on.isoformat()}


def status_of(offered: Offering, day: date) -> Status:
    """Return the status of an offering at its provider, from its rows."""
    prices = [price.terms for price in offered.prices.all()]
    terms = status_terms(offered)
    return status_on(day, {**terms, "listing": offered.listing, "prices": prices})


def status_of_model(record: AIModel, day: date) -> Status:
    """Return the status of a model by the events of its vendor alone, from its rows."""
    return status_on(day, status_terms(record))


def at_reference(offered: Offering) -> Offering:
    """Make the provider of an offering the reference provider of a vendor of its model."""
    offered.model.vendors.add(vendor(reference_provider=offered.provider))
    return offered


def price(**fields) -> Price:
    offered = fields.get("offering") or offering()
    # A price from before the release would make its date implausible.
    since = (offered.model and offered.model.released_on) or "2020"
    values = {"meter": "input", "amount": Decimal("1.5"), "valid_from": since, "offering": offered}
    return Price.objects.create(**{**values, **fields})


def event(**fields) -> LifecycleEvent:
    values = {"kind": "released", "date": "2025-01-01"}
    if "model" not in fields and "offering" not in fields:
        values["model"] = model()
    return LifecycleEvent.objects.create(**{**values, **fields})


def benchmark(**fields) -> BenchmarkResult:
    values = {"name": f"Test {next(numbers)}", "score": Decimal("71.5"), "model": fields.get("model") or model()}
    return BenchmarkResult.objects.create(**{**values, **fields})


def weights(**fields) -> Weights:
    values = {"label": "Hugging Face", "url": f"https://example.com/{next(numbers)}"}
    return Weights.objects.create(**{**values, "model": fields.get("model") or model(), **fields})


def source(**fields) -> Source:
    values = {"title": f"Page {next(numbers)}", "url": "https://example.com/", "read_on": date(2026, 11, 24)}
    return Source.objects.create(**{**values, **fields})


def evidence(**fields) -> Evidence:
    values = {"confidence": "vendor", "source": fields.get("source") or source()}
    return Evidence.objects.create(**{**values, **fields})


def checked_by_firm(record: AIModel, day: date = date(2026, 11, 24)) -> AIModel:
    """Let an account check the one fact of the model that has a source."""
    evidence(model=record, fact="kind", is_checked=True, checked_on=day)
    return record


def whole_model(**fields) -> AIModel:
    """Create a model with a row in every table that refers to it."""
    family_, vendor_, modality_ = family(), vendor(), modality()
    record = model(
        family=family_,
        vendors=[vendor_],
        input_modalities=[modality_],
        output_modalities=[modality_],
        released_on="2025-01",
        context_tokens=1000,
        **fields,
    )
    alias(model=record)
    benchmark(model=record)
    weights(model=record)
    evidence(model=record, fact="context_tokens")
    evidence(event=event(model=record))
    offered = offering(model=record)
    evidence(offering=offered)
    evidence(event=event(offering=offered))
    evidence(price=price(offering=offered))
    return record
