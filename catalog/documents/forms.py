"""The forms of all documents: their fields in the order of the published schema.

A document contains the public data of a record and its parts. It contains no data that changes with time alone, no host
names, and no values that can be derived from other documents. A change of its form must raise `compose.SCHEMA`, so that
the next stamp composes all documents again.
"""

from dataclasses import replace

from catalog import models
from catalog.documents.fields import (
    Field,
    Form,
    columns,
    facts,
    head,
    html,
    identifier,
    listed_modalities,
    names_in,
    nullable,
    parts,
    reference_field,
    reference_to,
    tags,
)
from catalog.rules.choices import Level
from catalog.rules.facts import MODEL_FACTS, OFFERING_FACTS, covered_by
from catalog.rules.levels import provenance_of_source
from publishing.api.schemas import DAY, TEXT, or_null, ref, several

SOURCE_ID = {**TEXT, "description": "The id of a record of the type source, which has its licence."}
LEVELS = "; ".join(f"`{level.value}`, {level.label}" for level in Level)
NOT_INHERITED = several(TEXT, "Fields that differ from the document of the model.")
OFFERED_MODALITIES = {
    name: listed_modalities(name, f"Supported {side} there. Null: the provider does not say.")
    for name, side in (("input_modalities", "input"), ("output_modalities", "output"))
}

EVIDENCE = Form(
    "Evidence",
    "A source for a fact.",
    {
        **nullable(models.Evidence, "fact"),
        "source": Field(SOURCE_ID, lambda rows, row: str(row["source_id"])),
        **columns(models.Evidence, "confidence", "is_checked", "note"),
        "level": Field(
            {**ref("Level"), "description": f"Who says so: {LEVELS}."},
            lambda rows, row: provenance_of_source(row).level,
        ),
        "checked_on": Field(
            or_null({**DAY, "description": "When the firm of this site checked it. Null unless the level is `firm`."}),
            lambda rows, row: (day := provenance_of_source(row).day) and day.isoformat(),
        ),
    },
)


def evidence(owner: str) -> dict[str, Field]:
    return {"evidence": parts(models.Evidence, owner, EVIDENCE, "Sources of the fact.", ("fact", "source_id"))}


ALIAS = Form("Alias", "Another name of a model.", columns(models.Alias, "text", "kind"))
BENCHMARK = Form(
    "Benchmark",
    "A benchmark result of a model.",
    {
        **columns(models.BenchmarkResult, "name", "score"),
        **nullable(
            models.BenchmarkResult, "metric", "version", "dataset", "variant", "harness", "source_url", "measured_on"
        ),
    },
)
WEIGHTS = Form(
    "Weights",
    "Where to download the weights of a model, in one format.",
    {**columns(models.Weights, "label", "url"), **nullable(models.Weights, "format", "quantisation")},
)
PRICE = Form(
    "Price",
    "Price of one meter of an offering from a date on, until the next price of the same meter and conditions.",
    {
        **columns(models.Price, "meter", "currency", "unit", "is_withdrawn"),
        "amount": nullable(models.Price, "amount")["amount"].described("Null: withdrawn. 0: no charge."),
        **columns(models.Price, "per_quantity", "above_tokens"),
        **nullable(models.Price, "service_level", "conditions"),
        **columns(models.Price, "valid_from"),
        **evidence("price_id"),
    },
)
EVENT = Form(
    "Event",
    "A past or coming event of a model (by its vendor) or of an offering (by its provider).",
    {
        **columns(models.LifecycleEvent, "kind", "date", "bound", "note"),
        "replaced_by": reference_field(models.AIModel, "replaced_by_id", "The replacement."),
        **nullable(models.LifecycleEvent, "replacement_name"),
        **evidence("event_id"),
    },
)
PARTS = (ALIAS, BENCHMARK, WEIGHTS, PRICE, EVENT, EVIDENCE)


def events(owner: str) -> dict[str, Field]:
    order = ("date", "kind", "bound", "replaced_by_id", "replacement_name", "note", "id")
    return {
        "events": parts(
            models.LifecycleEvent, owner, EVENT, "Dated events; the status on a day follows from them.", order
        )
    }


DOCUMENTS = {
    "vendor": Form(
        "Vendor",
        "A vendor of models.",
        {
            **head(models.Vendor),
            **nullable(models.Vendor, "website", "country"),
            "description_html": html("description"),
            "reference_provider": reference_field(
                models.Provider, "reference_provider_id", "Its prices are the prices of the models."
            ),
        },
    ),
    "modality": Form(
        "Modality",
        "A kind of content that models accept or produce.",
        {**head(models.Modality), **columns(models.Modality, "description")},
    ),
    "family": Form(
        "Family",
        "A series of models of one vendor.",
        {
            **head(models.Family),
            "vendor": reference_field(models.Vendor, "vendor_id", "Vendor of the models."),
            **columns(models.Family, "summary"),
            "body_html": html("body"),
        },
    ),
    "provider": Form(
        "Provider",
        "A company that serves models by an API.",
        {
            **head(models.Provider),
            **columns(models.Provider, "summary"),
            **nullable(
                models.Provider, "kind", "country", "website", "api_base", "docs_url", "terms_url", "status_url"
            ),
            **evidence("provider_id"),
        },
    ),
    "model": Form(
        "Model",
        "A model, as its vendor describes it.",
        {
            **head(models.AIModel),
            "vendors": tags(models.ModelVendor, models.Vendor, "Vendors of the model."),
            "input_modalities": tags(models.ModelInputModality, models.Modality, "Supported input."),
            "output_modalities": tags(models.ModelOutputModality, models.Modality, "Supported output."),
            "family": reference_field(models.Family, "family_id", "Its series."),
            "replaced_by": reference_field(models.AIModel, "replaced_by_id", "The replacement that its vendor names."),
            **columns(models.AIModel, "existence", "notice", "summary"),
            "body_html": html("body"),
            **facts(models.AIModel, MODEL_FACTS),
            **nullable(models.AIModel, "use_for", "avoid_for", "reviewed_on", "checked_on"),
            "published_at": nullable(models.AIModel, "first_published_at")["first_published_at"].described(
                "When it was first published."
            ),
            "aliases": parts(models.Alias, "model_id", ALIAS, "Its other names.", ("kind", "text")),
            "benchmarks": parts(
                models.BenchmarkResult,
                "model_id",
                BENCHMARK,
                "Benchmark results.",
                ("name", "version", "dataset", "variant", "harness", "measured_on", "source_url"),
            ),
            "weights": parts(
                models.Weights,
                "model_id",
                WEIGHTS,
                "Where to download its weights.",
                ("label", "url", "format", "quantisation"),
            ),
            **events("model_id"),
            **evidence("model_id"),
        },
    ),
    "offering": Form(
        "Offering",
        "A model as a provider serves it: what the provider states itself.",
        {
            **identifier(models.Offering),
            "provider": replace(
                reference_field(models.Provider, "provider_id", ""), schema=reference_to(models.Provider)
            ),
            "model": reference_field(models.AIModel, "model_id", "Null: the catalogue has no such model."),
            **columns(models.Offering, "api_id", "inherits", "note"),
            "not_inherited": Field(NOT_INHERITED, lambda rows, row: covered_by(names_in(row["not_inherited"]) or [])),
            **nullable(models.Offering, "name", "listing", "last_listed_on", "left_list_on"),
            **facts(models.Offering, OFFERING_FACTS),
            **OFFERED_MODALITIES,
            **nullable(models.Offering, "checked_on"),
            "prices": parts(
                models.Price,
                "offering_id",
                PRICE,
                "Past, present and coming ones.",
                ("meter", "above_tokens", "service_level", "conditions", "valid_from"),
            ),
            **events("offering_id"),
            **evidence("offering_id"),
        },
    ),
    "source": Form(
        "Source",
        "A page or a file, as it was read on a day.",
        {
            **identifier(models.Source),
            **columns(models.Source, "title", "publisher", "note", "read_on"),
            **nullable(models.Source, "url", "licence"),
        },
    ),
}
