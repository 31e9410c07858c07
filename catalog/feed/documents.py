"""The documents of the feed: what is public of a record, and of what belongs to it.

They hold nothing that changes by time alone and nothing of where the site is. Whatever changes what they look like
raises SCHEMA: the next stamp then looks at all of them.
"""

from collections.abc import Callable, Iterable
from datetime import UTC

from django.urls import NoReverseMatch

from catalog.feed.parts import EventsOf, EvidenceOf, PricesOf, day, decimal, fact_value, known, picked, words
from catalog.feed.rows import grouped_by, public_rows, references, rows_by
from catalog.models import (
    AIModel,
    Alias,
    BenchmarkResult,
    Family,
    Modality,
    ModelInputModality,
    ModelOutputModality,
    ModelVendor,
    Offering,
    Provider,
    Vendor,
    Weights,
)
from catalog.rules.facts import MODEL_FACTS, OFFERING_FACTS, covered_by
from publishing.richtext.portable import portable_html

SCHEMA = 2


def build(type_name: str, keys: Iterable[int]) -> dict[int, dict]:
    """Return the documents of those of the records `keys` that readers may see, by primary key.

    Their number of queries does not depend on how many there are.
    """
    return BUILDERS[type_name](list(keys))


def _head(model, row: dict) -> dict:
    return {
        "id": str(row["public_id"] if model is AIModel else row["id"]),
        "slug": row["slug"],
        "name": row["name"],
        "path": _path(model, row["slug"]),
    }


def _path(model, slug: str) -> str | None:
    """None for what came past the models and can have no page: one such row must not stop the feed."""
    try:
        return model.address_of(slug)
    except NoReverseMatch:
        return None


def vendors(keys) -> dict[int, dict]:
    return {
        key: {
            **_head(Vendor, row),
            "website": known(row["website"]),
            "country": known(row["country"]),
            "description_html": portable_html(row["description"]),
        }
        for key, row in public_rows(Vendor, keys).items()
    }


def modalities(keys) -> dict[int, dict]:
    rows = public_rows(Modality, keys)
    return {key: {**_head(Modality, row), "description": row["description"]} for key, row in rows.items()}


def families(keys) -> dict[int, dict]:
    rows = public_rows(Family, keys)
    vendors_named = references(Vendor, (row["vendor_id"] for row in rows.values()))
    return {
        key: {
            **_head(Family, row),
            "vendor": vendors_named.get(row["vendor_id"]),
            "summary": row["summary"],
            "body_html": portable_html(row["body"]),
        }
        for key, row in rows.items()
    }


def providers(keys) -> dict[int, dict]:
    rows = public_rows(Provider, keys)
    evidence = EvidenceOf("provider", rows)
    return {
        key: {
            **_head(Provider, row),
            "summary": row["summary"],
            **{name: known(row[name]) for name in ("website", "api_base", "docs_url", "terms_url", "status_url")},
            "evidence": evidence.of(key),
        }
        for key, row in rows.items()
    }


def models(keys) -> dict[int, dict]:
    rows = public_rows(AIModel, keys)
    tags = {
        "vendors": _Tags(ModelVendor, Vendor, rows),
        "input_modalities": _Tags(ModelInputModality, Modality, rows),
        "output_modalities": _Tags(ModelOutputModality, Modality, rows),
    }
    families_named = references(Family, (row["family_id"] for row in rows.values()))
    models_named = references(AIModel, (row["replaced_by_id"] for row in rows.values()))
    parts = [_Parts(*part, rows) for part in MODEL_PARTS]
    events, evidence = EventsOf("model", rows), EvidenceOf("model", rows)
    return {
        key: {
            **_head(AIModel, row),
            **{name: links.of(key) for name, links in tags.items()},
            "family": families_named.get(row["family_id"]),
            "replaced_by": models_named.get(row["replaced_by_id"]),
            **picked(row, "existence", "notice", "summary"),
            "body_html": portable_html(row["body"]),
            **{fact.name: fact_value(fact, row) for fact in MODEL_FACTS if fact.is_value},
            **{name: known(row[name]) for name in ("use_for", "avoid_for")},
            **{name: day(row[name]) for name in ("reviewed_on", "checked_on")},
            "published_at": _moment(row["first_published_at"]),
            **{part.name: part.of(key) for part in parts},
            "events": events.of(key),
            "evidence": evidence.of(key),
        }
        for key, row in rows.items()
    }


def offerings(keys) -> dict[int, dict]:
    """An offering is public where its model and its provider are (`OfferingQuerySet.published`; a test compares)."""
    rows = {row["id"]: row for row in rows_by(Offering, "id", keys)}
    providers_named = references(Provider, (row["provider_id"] for row in rows.values()))
    models_named = references(AIModel, (row["model_id"] for row in rows.values()))
    rows = {
        key: row
        for key, row in rows.items()
        if row["provider_id"] in providers_named and row["model_id"] in models_named
    }
    prices, events, evidence = PricesOf(rows), EventsOf("offering", rows), EvidenceOf("offering", rows)
    return {
        key: {
            "id": str(key),
            "provider": providers_named[row["provider_id"]],
            "model": models_named[row["model_id"]],
            **picked(row, "api_id", "inherits", "note"),
            "not_inherited": covered_by(words(row["not_inherited"]) or ()),
            **{name: known(row[name]) for name in ("name", "listing")},
            **{fact.name: fact_value(fact, row) for fact in OFFERING_FACTS},
            "checked_on": day(row["checked_on"]),
            "prices": prices.of(key),
            "events": events.of(key),
            "evidence": evidence.of(key),
        }
        for key, row in rows.items()
    }


BUILDERS: dict[str, Callable] = {
    "vendor": vendors,
    "modality": modalities,
    "family": families,
    "provider": providers,
    "model": models,
    "offering": offerings,
}


def _benchmark(row) -> dict:
    names = ("metric", "version", "dataset", "variant", "harness", "source_url", "measured_on")
    return {"name": row["name"], "score": decimal(row["score"]), **{name: known(row[name]) for name in names}}


def _weights(row) -> dict:
    return {**picked(row, "label", "url"), "format": known(row["format"]), "quantisation": known(row["quantisation"])}


# Name in the document, table, what a row becomes, and by what rows are sorted: what no two of a model have in common.
MODEL_PARTS = (
    ("aliases", Alias, lambda row: picked(row, "text", "kind"), ("kind", "text")),
    (
        *("benchmarks", BenchmarkResult, _benchmark),
        ("name", "version", "dataset", "variant", "harness", "measured_on", "source_url"),
    ),
    ("weights", Weights, _weights, ("label", "url", "format", "quantisation")),
)


class _Parts:
    """The rows of one table that belong to many models."""

    def __init__(self, name, model, document, order, keys):
        self.name, self.document, self.order = name, document, order
        self.rows = grouped_by(model, "model_id", keys)

    def of(self, key: int) -> list[dict]:
        rows = sorted(self.rows.get(key, ()), key=lambda row: [row[name] for name in self.order])
        return [self.document(row) for row in rows]


class _Tags:
    """The public tags of many models, of one sort."""

    def __init__(self, through, tag, keys):
        self.rows = grouped_by(through, "content_object_id", keys)
        self.named = references(tag, (row["tag_id"] for rows in self.rows.values() for row in rows))

    def of(self, key: int) -> list[dict]:
        tags = [self.named[row["tag_id"]] for row in self.rows.get(key, ()) if row["tag_id"] in self.named]
        return sorted(tags, key=lambda tag: (tag["name"], tag["slug"]))


def _moment(value) -> str | None:
    return value and value.astimezone(UTC).isoformat().replace("+00:00", "Z")
