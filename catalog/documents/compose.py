"""Compose documents from rows: pure functions.

A document contains the public data of a record and its parts. It contains no data that changes with time alone, no host
names, and no values that can be derived from other documents. A change of its form must raise `SCHEMA`, so that the
next stamp composes all documents again.
"""

from collections.abc import Callable
from datetime import UTC, date
from decimal import Decimal

from django.urls import NoReverseMatch

from catalog.documents.load import LoadedRows, load, public_id
from catalog.models import AIModel, Family, Modality, Offering, Provider, Source, Vendor
from catalog.rules.constraints import LARGEST_NUMBER
from catalog.rules.facts import MODEL_FACTS, OFFERING_FACTS, Fact, FactKind, covered_by
from publishing.richtext.portable import portable_html

SCHEMA = 5


def documents(type_name: str, keys, as_if_public=()) -> dict[int, dict]:
    """Return the documents of the records that are public, by primary key (see `load`)."""
    return compose(load(type_name, keys, as_if_public))


def compose(rows: LoadedRows) -> dict[int, dict]:
    """Return the documents of the records of `rows`, by primary key."""
    return {key: COMPOSERS[rows.model](rows, key, row) for key, row in rows.records.items()}


def _vendor(rows: LoadedRows, key: int, row: dict) -> dict:
    return {
        **_head(rows, row),
        "website": known(row["website"]),
        "country": known(row["country"]),
        "description_html": portable_html(row["description"]),
    }


def _modality(rows: LoadedRows, key: int, row: dict) -> dict:
    return {**_head(rows, row), "description": row["description"]}


def _family(rows: LoadedRows, key: int, row: dict) -> dict:
    return {
        **_head(rows, row),
        "vendor": rows.named[Vendor].get(row["vendor_id"]),
        "summary": row["summary"],
        "body_html": portable_html(row["body"]),
    }


def _provider(rows: LoadedRows, key: int, row: dict) -> dict:
    return {
        **_head(rows, row),
        "summary": row["summary"],
        **{name: known(row[name]) for name in ("website", "api_base", "docs_url", "terms_url", "status_url")},
        "evidence": _evidence(rows.parts["evidence"], key),
    }


def _source(rows: LoadedRows, key: int, row: dict) -> dict:
    return {
        "id": public_id(Source, row),
        **picked(row, "title", "publisher", "note"),
        "read_on": day(row["read_on"]),
        "url": known(row["url"]),
        "licence": known(row["licence"]),
    }


def _model(rows: LoadedRows, key: int, row: dict) -> dict:
    return {
        **_head(rows, row),
        "vendors": _tags(rows, "vendors", Vendor, key),
        "input_modalities": _tags(rows, "input_modalities", Modality, key),
        "output_modalities": _tags(rows, "output_modalities", Modality, key),
        "family": rows.named[Family].get(row["family_id"]),
        "replaced_by": rows.named[AIModel].get(row["replaced_by_id"]),
        **picked(row, "existence", "notice", "summary"),
        "body_html": portable_html(row["body"]),
        **{fact.name: fact_value(fact, row) for fact in MODEL_FACTS if fact.is_value},
        **{name: known(row[name]) for name in ("use_for", "avoid_for")},
        **{name: day(row[name]) for name in ("reviewed_on", "checked_on")},
        "published_at": _moment(row["first_published_at"]),
        "aliases": [picked(part, "text", "kind") for part in _sorted(rows, "aliases", key, "kind", "text")],
        "benchmarks": [_benchmark(part) for part in _sorted(rows, "benchmarks", key, *BENCHMARK_ORDER)],
        "weights": [_weights(part) for part in _sorted(rows, "weights", key, "label", "url", "format", "quantisation")],
        "events": _events(rows, key),
        "evidence": _evidence(rows.parts["evidence"], key),
    }


def _offering(rows: LoadedRows, key: int, row: dict) -> dict:
    return {
        "id": public_id(Offering, row),
        "provider": rows.named[Provider][row["provider_id"]],
        "model": rows.named[AIModel].get(row["model_id"]),
        **picked(row, "api_id", "inherits", "note"),
        "not_inherited": covered_by(words(row["not_inherited"]) or ()),
        **{name: known(row[name]) for name in ("name", "listing")},
        **{fact.name: fact_value(fact, row) for fact in OFFERING_FACTS},
        "input_modalities": _modalities(rows, row["input_modalities"]),
        "output_modalities": _modalities(rows, row["output_modalities"]),
        "checked_on": day(row["checked_on"]),
        "prices": [
            _price(part, _evidence(rows.parts["price evidence"], part["id"]))
            for part in _sorted(rows, "prices", key, *PRICE_ORDER)
        ],
        "events": _events(rows, key),
        "evidence": _evidence(rows.parts["evidence"], key),
    }


COMPOSERS: dict[type, Callable[[LoadedRows, int, dict], dict]] = {
    Vendor: _vendor,
    Modality: _modality,
    Family: _family,
    Provider: _provider,
    Source: _source,
    AIModel: _model,
    Offering: _offering,
}

# The order of parts. The columns are unique within a record, so the order is the same in every database.
BENCHMARK_ORDER = ("name", "version", "dataset", "variant", "harness", "measured_on", "source_url")
PRICE_ORDER = ("meter", "above_tokens", "service_level", "conditions", "valid_from")
EVENT_ORDER = ("date", "kind", "bound", "replaced_by_id", "replacement_name", "note")


def _head(rows: LoadedRows, row: dict) -> dict:
    return {
        "id": public_id(rows.model, row),
        "slug": row["slug"],
        "name": row["name"],
        "path": path_of(rows.model, row["slug"]),
    }


def path_of(model, slug: str) -> str | None:
    """Return None if the slug fits no URL, as may happen after a write by SQL: one such row must not stop the feed."""
    try:
        return model.address_of(slug)
    except NoReverseMatch:
        return None


def _tags(rows: LoadedRows, part: str, tag: type, key: int) -> list[dict]:
    named = rows.named[tag]
    found = [named[row["tag_id"]] for row in rows.parts[part].get(key, ()) if row["tag_id"] in named]
    return sorted(found, key=lambda one: (one["name"], one["slug"]))


def _modalities(rows: LoadedRows, found) -> list[dict] | None:
    """Return the modalities that an offering lists; one that is not in the catalogue has only a name."""
    found = words(found)
    if found is None:
        return None
    return [rows.modalities.get(word) or {"id": None, "slug": None, "name": word} for word in found]


def _benchmark(row: dict) -> dict:
    names = ("metric", "version", "dataset", "variant", "harness", "source_url", "measured_on")
    return {"name": row["name"], "score": decimal(row["score"]), **{name: known(row[name]) for name in names}}


def _weights(row: dict) -> dict:
    return {**picked(row, "label", "url"), "format": known(row["format"]), "quantisation": known(row["quantisation"])}


def _price(row: dict, evidence: list[dict]) -> dict:
    return {
        **picked(row, "meter", "currency", "unit", "is_withdrawn"),
        "amount": decimal(row["amount"]),
        "per_quantity": whole(row["per_quantity"]),
        "above_tokens": whole(row["above_tokens"]),
        "service_level": known(row["service_level"]),
        "conditions": known(row["conditions"]),
        "valid_from": known(row["valid_from"]),
        "evidence": evidence,
    }


def _events(rows: LoadedRows, key: int) -> list[dict]:
    found = sorted(
        rows.parts["events"].get(key, ()), key=lambda row: (*(str(row[name]) for name in EVENT_ORDER), row["id"])
    )
    return [
        {
            **picked(row, "kind", "date", "bound", "note"),
            "replaced_by": rows.named[AIModel].get(row["replaced_by_id"]),
            "replacement_name": known(row["replacement_name"]),
            "evidence": _evidence(rows.parts["event evidence"], row["id"]),
        }
        for row in found
    ]


def _evidence(groups: dict[int, list[dict]], key: int) -> list[dict]:
    found = sorted(groups.get(key, ()), key=lambda row: (row["fact"], row["source_id"]))
    return [
        {"fact": known(row["fact"]), "source": str(row["source_id"]), **picked(row, "confidence", "is_checked", "note")}
        for row in found
    ]


def _sorted(rows: LoadedRows, part: str, key: int, *order: str) -> list[dict]:
    return sorted(rows.parts[part].get(key, ()), key=lambda row: [row[name] for name in order])


def known(text: str) -> str | None:
    """Return None for an empty text, which means unknown."""
    return text or None


def whole(number: int | None) -> int | None:
    return number if number is not None and -LARGEST_NUMBER <= number <= LARGEST_NUMBER else None


def decimal(value: Decimal | None) -> str | None:
    """Return the shortest text for the value, which is the same for every database."""
    return None if value is None else f"{value.normalize():f}"


def words(value) -> list[str] | None:
    """Return a list of names from a JSON column; None for anything else, and for text that UTF-8 cannot encode."""
    if not isinstance(value, list) or not all(isinstance(name, str) and is_writable(name) for name in value):
        return None
    return value


def day(value: date | None) -> str | None:
    return value and value.isoformat()


def fact_value(fact: Fact, row: dict):
    """Return the value of a fact in the form used by documents; None if unknown."""
    value = row[fact.name]
    if fact.is_text:
        return known(value)
    if fact.kind is FactKind.COUNT:
        return whole(value)
    return words(value) if fact.kind is FactKind.RECORDS else value


def is_writable(text: str) -> bool:
    """Return whether the text has no lone surrogates, which a JSON column of SQLite can contain."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def picked(row: dict, *names: str) -> dict:
    return {name: row[name] for name in names}


def _moment(value) -> str | None:
    return value and value.astimezone(UTC).isoformat().replace("+00:00", "Z")
