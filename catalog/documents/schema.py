"""The JSON schemas of documents and records for the OpenAPI document."""

from catalog.documents.fields import ENUMS, facts, nullable
from catalog.documents.forms import DOCUMENTS, OFFERED_MODALITIES, PARTS
from catalog.models import AIModel, Offering
from catalog.rules.facts import BY_NAME, SHARED_FACTS
from catalog.rules.prices import PRICE_LABELS
from publishing.api.schemas import ADDRESS, DAY, ID, MOMENT, TEXT, an_object, or_null, ref, several

PRICES = {
    name: or_null({**TEXT, "description": f"{label}, in USD per million tokens, as decimal text."})
    for name, label in PRICE_LABELS.items()
}
HASH = {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "SHA-256 of the document, RFC 8785."}
SEQ = {"type": "integer", "minimum": 1, "description": "The number of this state of the record in the feed."}
TODAY = {
    "day": {**DAY, "description": "That day, by the calendar of the site."},
    "status": {**ref("Status"), "description": "The status on that day."},
    **PRICES,
}
EFFECTIVE = an_object(
    "The values that hold at the offering, those of its model among them. Null: unknown.",
    {
        name: field.schema
        for name, field in (facts(Offering, (*SHARED_FACTS, BY_NAME["open_weights"])) | OFFERED_MODALITIES).items()
    },
)
END = an_object(
    "An end of service. `providers` names those that state it, beside or instead of the vendor.",
    {"date": TEXT, "bound": ref("Bound"), "providers": several(TEXT, "Their names.")},
)
OF_VENDOR = {
    "end": or_null(
        {**ref("End"), "description": "At its vendor: the next one, or else the last. Null: none on record."}
    ),
    "replacement": several(ref("Replacement"), "Each replacement, up to one without an end. The last is to be used."),
}
OF_REFERENCE = {
    "price_at": or_null({**ref("ProviderReference"), "description": "The reference provider."}),
    "left_list_on": or_null(
        {**DAY, "description": "Since when its vendor’s own list has it no longer, though no end is on record."}
    ),
    "lowest": or_null({**ref("LowestPrice"), "description": "Among the kinds of providers that count here."}),
    "released_on": nullable(AIModel, "released_on")["released_on"]
    .described("Its release, as lists and charts take it. Null: unknown, or contradicted by other dates.")
    .schema,
    "served_at": several(TEXT, "The names of the providers that serve it."),
}
PARTS_ALONE = {
    "Reference": an_object("Names a record of the catalogue.", {"id": ID, "slug": TEXT, "name": TEXT}),
    "ProviderReference": an_object(
        "Names a provider, its kind and the country of its headquarters. Null: unknown.",
        {"id": ID, "slug": TEXT, "name": TEXT, "kind": or_null(ref("ProviderKind")), "country": or_null(TEXT)},
    ),
    "VendorReference": an_object(
        "Names a vendor, and by its id the provider whose prices are those of the models. Null: none.",
        {"id": ID, "slug": TEXT, "name": TEXT, "reference_provider": or_null(ID)},
    ),
    "ListedModality": an_object(
        "Names a modality; one that the catalogue does not have by its name alone.",
        {"id": or_null(ID), "slug": or_null(TEXT), "name": TEXT},
    ),
    "LowestPrice": an_object(
        "The lowest blended price, with the prices of the same offering.",
        {"provider": ref("ProviderReference"), **PRICES},
    ),
    "Today": an_object(
        "Values of today. Not part of the document, because they change over time. The prices are those at the "
        "reference provider of its vendor; null: it has none.",
        {**TODAY, **OF_REFERENCE, **OF_VENDOR},
    ),
    "End": END,
    "Replacement": an_object(
        "A replacement of a model, with its own end. Without a record it has only a name.",
        {"name": TEXT, "slug": or_null(TEXT), "end": or_null(ref("End"))},
    ),
    "OfferingToday": an_object(
        "Values of today at a provider. Not part of the document, because they change over time.",
        {**TODAY, "effective": EFFECTIVE},
    ),
    "AsOf": an_object(
        "Values of the day that `as_of` asks for, from dated records alone.",
        {**TODAY, "not_on_record": several(TEXT, "The names of the values that are not on record for that day.")},
        OF_REFERENCE,
    ),
    **{name: {"type": "string", "enum": enum.values} for name, enum in ENUMS.items()},
}
TODAYS = {"model": "Today", "offering": "OfferingToday"}


def record_name(type_name: str) -> str:
    return f"{DOCUMENTS[type_name].name}Record"


def _record(type_name: str) -> dict:
    page = {**ADDRESS, "description": "Its page, in lists and single records. Null where it has none."}
    today = {**ref(TODAYS[type_name]), "description": "In lists and single records."} if type_name in TODAYS else None
    return an_object(
        f"A record of the type {type_name}, the same in lists, the feed and the export.",
        {
            "type": {"type": "string", "const": type_name},
            **{"id": ID, "seq": SEQ, "hash": HASH},
            "changed_at": {**MOMENT, "description": "When this state of the record was stored."},
            "data": ref(DOCUMENTS[type_name].name),
        },
        {
            "op": {"type": "string", "const": "upsert", "description": "In the feed."},
            "url": or_null(page),
            **({"today": today, "as_of": {**ref("AsOf"), "description": "With `as_of`."}} if today else {}),
        },
    )


def components() -> dict[str, dict]:
    """Return the schemas by their names in the OpenAPI document."""
    records = {name: ref(record_name(name)) for name in DOCUMENTS}
    return {
        **{form.name: form.schema for form in (*DOCUMENTS.values(), *PARTS)},
        **PARTS_ALONE,
        **{record_name(name): _record(name) for name in DOCUMENTS},
        "Record": {
            "description": "A record of any type.",
            "oneOf": [*records.values()],
            "discriminator": {
                "propertyName": "type",
                "mapping": {name: reference["$ref"] for name, reference in records.items()},
            },
        },
    }
