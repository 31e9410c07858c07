"""The JSON schemas of documents and records for the OpenAPI document.

They are derived from the declaration of facts and from model fields, so a new fact needs no change here.
"""

from django.db import models
from django.utils.text import capfirst

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
from catalog.rules.choices import AliasKind, Confidence, Existence, Listing, Meter, ModelKind, Openness, Unit
from catalog.rules.constraints import LARGEST_NUMBER
from catalog.rules.facts import BY_NAME, MODEL_FACTS, OFFERING_FACTS, SHARED_FACTS, Fact
from catalog.rules.partial_dates import PartialDateField
from catalog.rules.status import Bound, EventKind, Status
from catalog.sync.declaration import TYPES
from publishing.api.schemas import ADDRESS, DAY, ID, MOMENT, TEXT, an_object, or_null, ref, several

# By the names in the published schema, which do not change when a class is renamed.
ENUMS = {
    "AliasKind": AliasKind,
    "Bound": Bound,
    "Confidence": Confidence,
    "EventKind": EventKind,
    "Existence": Existence,
    "Kind": ModelKind,
    "Listing": Listing,
    "Meter": Meter,
    "Openness": Openness,
    "Status": Status,
    "Unit": Unit,
}
ENUM_NAMES = {tuple(enum.values): name for name, enum in ENUMS.items()}
COUNT = {"type": "integer", "minimum": 0, "maximum": LARGEST_NUMBER}
HTML = {"type": "string", "description": "HTML, without links."}
# The schema of a column is that of the first matching field class.
BY_COLUMN = (
    (PartialDateField, {"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"}),
    (models.DateTimeField, MOMENT),
    (models.DateField, DAY),
    (models.DecimalField, {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}),
    (models.BooleanField, {"type": "boolean"}),
    (models.IntegerField, COUNT),
    (models.URLField, ADDRESS),
    (models.CharField, TEXT),
    (models.TextField, TEXT),
)
PRICE_WORDS = "Lowest ordinary price of {} on that day, in USD per million tokens, as decimal text. Null: unknown."


def columns(model: type[models.Model], *names: str) -> dict:
    """Return the schemas of columns whose value is always known."""
    return {name: _of_column(model, name) for name in names}


def known(model: type[models.Model], *names: str) -> dict:
    """Return the schemas of columns that are null in documents if they are empty."""
    return {name: or_null(schema) for name, schema in columns(model, *names).items()}


def _of_column(model: type[models.Model], name: str) -> dict:
    column = model._meta.get_field(name)
    words = (column.help_text or f"{capfirst(column.verbose_name)}.").replace("Empty: unknown", "Null: unknown")
    if column.choices:
        return {**ref(ENUM_NAMES[tuple(value for value, _ in column.flatchoices)]), "description": words}
    schema = next(schema for kind, schema in BY_COLUMN if isinstance(column, kind))
    return {**schema, "description": words}


def _facts(model: type[models.Model], facts: tuple[Fact, ...]) -> dict:
    found = known(model, *(fact.name for fact in facts if fact.is_value))
    for name, schema in found.items():
        if unit := BY_NAME[name].unit:
            schema["description"] = f"In {unit}. {schema['description']}"
    return found


def _named(words: str) -> dict:
    return or_null({**ref("Reference"), "description": words})


def _listed_modalities(words: str) -> dict:
    return or_null(several(ref("ListedModality"), words))


HASH = {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "SHA-256 of the document, RFC 8785."}
SEQ = {"type": "integer", "minimum": 1, "description": "The number of this state of the record in the feed."}
EVIDENCE = {"evidence": several(ref("Evidence"), "What vouches for it.")}
EVENTS = {"events": several(ref("Event"), "Dated events; the status on a day follows from them.")}
OFFERED_MODALITIES = {
    "input_modalities": _listed_modalities("What it takes there. Null: the provider does not say."),
    "output_modalities": _listed_modalities("What it gives there. Null: the provider does not say."),
}


def _head(model: type[models.Model]) -> dict:
    path = {**TEXT, "description": "Of its page on the site of which this is a copy."}
    return {"id": ID, **columns(model, "slug", "name"), "path": or_null(path)}


DOCUMENTS = {
    "vendor": an_object(
        "Who makes models.", {**_head(Vendor), **known(Vendor, "website", "country"), "description_html": HTML}
    ),
    "modality": an_object(
        "A kind of content that models take or give.", {**_head(Modality), **columns(Modality, "description")}
    ),
    "family": an_object(
        "A series of models of one vendor.",
        {**_head(Family), "vendor": _named("Who makes them."), **columns(Family, "summary"), "body_html": HTML},
    ),
    "provider": an_object(
        "A company that serves models by an API.",
        {
            **_head(Provider),
            **columns(Provider, "summary"),
            **known(Provider, "website", "api_base", "docs_url", "terms_url", "status_url"),
            **EVIDENCE,
        },
    ),
    "model": an_object(
        "A model, as its vendor describes it.",
        {
            **_head(AIModel),
            "vendors": several(ref("Reference"), "Who made it."),
            "input_modalities": several(ref("Reference"), "What it takes."),
            "output_modalities": several(ref("Reference"), "What it gives."),
            "family": _named("The series that it is of."),
            "replaced_by": _named("The replacement that its vendor names."),
            **columns(AIModel, "existence", "notice", "summary"),
            "body_html": HTML,
            **_facts(AIModel, MODEL_FACTS),
            **known(AIModel, "use_for", "avoid_for", "reviewed_on", "checked_on"),
            "published_at": or_null({**MOMENT, "description": "When it was first published."}),
            "aliases": several(ref("Alias"), "Its other names."),
            "benchmarks": several(ref("Benchmark"), "What it reached in tests."),
            "weights": several(ref("Weights"), "Where its weights can be had."),
            **EVENTS,
            **EVIDENCE,
        },
    ),
    "offering": an_object(
        "A model as a provider serves it: what the provider states itself.",
        {
            "id": ID,
            "provider": ref("Reference"),
            "model": _named("Null: the catalogue has no such model."),
            **columns(Offering, "api_id", "inherits", "note"),
            "not_inherited": several(TEXT, "Fields that do not hold here as the model's document has them."),
            **known(Offering, "name", "listing"),
            **_facts(Offering, OFFERING_FACTS),
            **OFFERED_MODALITIES,
            **known(Offering, "checked_on"),
            "prices": several(ref("Price"), "Past, present and coming ones."),
            **EVENTS,
            **EVIDENCE,
        },
    ),
    "source": an_object(
        "A page or a file, as it was read on a day.",
        {"id": ID, **columns(Source, "title", "publisher", "note", "read_on"), **known(Source, "url", "licence")},
    ),
}
TODAY = {
    "day": {**DAY, "description": "Today by the calendar of the site."},
    "status": {**ref("Status"), "description": "The status on that day."},
    "input_price": or_null({**TEXT, "description": PRICE_WORDS.format("input")}),
    "output_price": or_null({**TEXT, "description": PRICE_WORDS.format("output")}),
}
EFFECTIVE = an_object(
    "The values that hold at the offering, those of its model among them. Null: unknown.",
    {**_facts(Offering, SHARED_FACTS), **_facts(Offering, (BY_NAME["open_weights"],)), **OFFERED_MODALITIES},
)
PARTS = {
    "Reference": an_object("Names a record of the catalogue.", {"id": ID, "slug": TEXT, "name": TEXT}),
    "ListedModality": an_object(
        "Names a modality; one that the catalogue does not have by its name alone.",
        {"id": or_null(ID), "slug": or_null(TEXT), "name": TEXT},
    ),
    "Alias": an_object("Another name of a model.", columns(Alias, "text", "kind")),
    "Benchmark": an_object(
        "What a model reached in a test.",
        {
            **columns(BenchmarkResult, "name", "score"),
            **known(BenchmarkResult, "metric", "version", "dataset", "variant", "harness", "source_url", "measured_on"),
        },
    ),
    "Weights": an_object(
        "Where the weights of a model can be had, in one format.",
        {**columns(Weights, "label", "url"), **known(Weights, "format", "quantisation")},
    ),
    "Price": an_object(
        "What one meter of an offering costs from a date on, until the next one of the same meter and conditions.",
        {
            **columns(Price, "meter", "currency", "unit", "is_withdrawn"),
            "amount": {**known(Price, "amount")["amount"], "description": "Null: withdrawn. 0: no charge."},
            **columns(Price, "per_quantity", "above_tokens"),
            **known(Price, "service_level", "conditions", "valid_from"),
            **EVIDENCE,
        },
    ),
    "Event": an_object(
        "A past or coming event of a model (by its vendor) or of an offering (by its provider).",
        {
            **columns(LifecycleEvent, "kind", "date", "bound", "note"),
            "replaced_by": _named("What is to be used instead."),
            **known(LifecycleEvent, "replacement_name"),
            **EVIDENCE,
        },
    ),
    "Evidence": an_object(
        "A source for a fact.",
        {
            **known(Evidence, "fact"),
            "source": {**TEXT, "description": "The id of a record of the type source, which has its licence."},
            **columns(Evidence, "confidence", "is_checked", "note"),
        },
    ),
    "Today": an_object("What holds today. It is not part of the document, since it changes by itself.", TODAY),
    "OfferingToday": an_object(
        "What holds today at a provider. It is not part of the document, since it changes by itself.",
        {**TODAY, "effective": EFFECTIVE},
    ),
    **{name: {"type": "string", "enum": enum.values} for name, enum in ENUMS.items()},
}
TODAYS = {"model": "Today", "offering": "OfferingToday"}


def document_name(type_name: str) -> str:
    return TYPES[type_name]._meta.verbose_name.capitalize()


def record_name(type_name: str) -> str:
    return f"{document_name(type_name)}Record"


def _record(type_name: str) -> dict:
    page = {**ADDRESS, "description": "Its page, in lists and single records. Null where it has none."}
    today = {**ref(TODAYS[type_name]), "description": "In lists and single records."} if type_name in TODAYS else None
    return an_object(
        f"A record of the type {type_name}, the same in lists, the feed and the export.",
        {
            "type": {"type": "string", "const": type_name},
            **{"id": ID, "seq": SEQ, "hash": HASH},
            "changed_at": {**MOMENT, "description": "When this state of the record was stored."},
            "data": ref(document_name(type_name)),
        },
        {
            "op": {"type": "string", "const": "upsert", "description": "In the feed."},
            "url": or_null(page),
            **({"today": today} if today else {}),
        },
    )


def components() -> dict[str, dict]:
    """Return the schemas by their names in the OpenAPI document."""
    records = {name: ref(record_name(name)) for name in TYPES}
    return {
        **{document_name(name): schema for name, schema in DOCUMENTS.items()},
        **PARTS,
        **{record_name(name): _record(name) for name in TYPES},
        "Record": {
            "description": "A record of any type.",
            "oneOf": [*records.values()],
            "discriminator": {
                "propertyName": "type",
                "mapping": {name: found["$ref"] for name, found in records.items()},
            },
        },
    }
