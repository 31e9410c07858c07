"""The starter catalogue: vendors, families, providers and models, each fact with its source."""

from collections.abc import Callable
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Model

from catalog import models
from catalog.importers.known_providers import fill_in_after_import
from catalog.rules.choices import Confidence
from catalog.starter.listed import listed_models
from catalog.starter.snapshot import load_snapshot, queue_snapshot
from ops.toml_files import toml_beside
from publishing.workflow.starter import with_primary_keys

# Keys of an entry that are not fields of its record.
PARTS = {
    *("vendors", "inputs", "outputs", "family", "replaced_by", "body", "api_ids", "spellings"),
    *("evidence", "events", "offering", "provider", "prices"),
}
ALIASES = (("api_id", "api_ids"), ("spelling", "spellings"))
# Keys of a source that are about its evidence.
OF_EVIDENCE = {"confidence", "is_list"}


def load() -> None:
    sources = Sources(toml_beside(__file__, "sources.toml"))
    for model, name in ((models.Modality, "modalities"), (models.Vendor, "vendors"), (models.Provider, "providers")):
        for entry in chain.from_iterable(toml_beside(__file__, f"{name}.toml").values()):
            model.objects.create(**entry)
    families = toml_beside(__file__, "families.toml")["family"]
    for entry in families:
        vendor = models.Vendor.objects.filter(slug=entry.get("vendor")).first()
        models.Family.objects.create(name=entry["name"], slug=entry["slug"], summary=entry["summary"], vendor=vendor)
    files = sorted((Path(__file__).parent / "models").glob("*.toml"))
    entries = [entry for path in files for entry in toml_beside(__file__, f"models/{path.name}")["model"]]
    created = [(create_model(entry), entry) for entry in entries]
    # Texts and successors refer to records that must exist first.
    for entry in families:
        _set_body(models.Family.objects.get(slug=entry["slug"]), entry)
    for model, entry in created:
        complete_model(model, entry, sources)
        _set_body(model, entry)
    fill_in_after_import()
    if settings.CATALOG_SNAPSHOT:  # before it what its lists name otherwise, or do not have
        create_models([*toml_beside(__file__, "several_names.toml")["model"], *listed_models()], sources)
        queue_snapshot()


def load_rest(report: Callable[[str], object]) -> None:
    load_snapshot(report)


def _set_body(record, entry):
    if entry.get("body"):
        record.body = with_primary_keys(entry["body"].strip())
        record.save()


class Sources:
    """The sources in sources.toml by key; each is created when it is first cited."""

    def __init__(self, file: dict):
        self._read_on, self._entries, self._rows = file["read_on"], file["source"], {}

    def cite(self, entries: list[dict], **subject: Model) -> None:
        """Create the evidence in `entries` for one record, given as a keyword argument such as `model=...`."""
        models.Evidence.objects.bulk_create(self.rows(entries, **subject))

    def rows(self, entries: list[dict], **subject: Model) -> list[models.Evidence]:
        """Return that evidence unsaved."""
        rows = []
        for entry in entries:
            confidence = entry.get("confidence", self._entries[entry["source"]]["confidence"])
            is_read = entry.get("is_checked", confidence in {Confidence.VENDOR, Confidence.THIRD_PARTY})
            rows += [
                models.Evidence(
                    source=self._row(entry["source"]),
                    fact=fact,
                    confidence=confidence,
                    is_checked=is_read and not self._is_list(entry["source"]),
                    note=entry.get("note", ""),
                    **subject,
                )
                for fact in entry.get("facts", [""])
            ]
        return rows

    def first_day(self, entries: list[dict]) -> str:
        """Return the first day on which a source of `entries` was read."""
        return min(self._entries[entry["source"]].get("read_on", self._read_on) for entry in entries).isoformat()

    def _is_list(self, key: str) -> bool:
        """Return whether the source collects what others state: a value from it was not read at its own source."""
        return "feed" in self._entries[key] or self._entries[key].get("is_list", False)

    def _row(self, key: str) -> models.Source:
        if key not in self._rows:
            entry = {name: value for name, value in self._entries[key].items() if name not in OF_EVIDENCE}
            entry = {"url": "", "read_on": self._read_on} | entry
            names = ("feed",) if "feed" in entry else ("title", "url", "read_on")
            address = {name: entry[name] for name in names}
            self._rows[key] = models.Source.objects.get_or_create(**address, defaults=entry)[0]
        return self._rows[key]


def create_model(entry: dict) -> models.AIModel:
    """Create the record and its tags; `complete_model` adds what refers to other models."""
    model = models.AIModel.objects.create(
        **_fields(entry), family=models.Family.objects.filter(slug=entry["family"]).first()
    )
    model.vendors.set(models.Vendor.objects.filter(slug__in=entry["vendors"]))
    model.input_modalities.set(models.Modality.objects.filter(slug__in=entry["inputs"]))
    model.output_modalities.set(models.Modality.objects.filter(slug__in=entry["outputs"]))
    return model


def create_models(entries: list[dict], sources: Sources) -> None:
    """Create models that have no offerings or texts yet, together: an import completes them."""
    families = dict(models.Family.objects.values_list("slug", "pk"))
    created = [models.AIModel(**_fields(entry), family_id=families.get(entry.get("family"))) for entry in entries]
    models.AIModel.objects.bulk_create(created)
    pairs = [*zip(created, entries, strict=True)]
    tags: list[tuple[Any, type, str]] = [
        (models.ModelVendor, models.Vendor, "vendors"),
        (models.ModelInputModality, models.Modality, "inputs"),
        (models.ModelOutputModality, models.Modality, "outputs"),
    ]
    for through, tag, part in tags:
        keys = dict(tag.objects.values_list("slug", "pk"))
        links = ((model, slug) for model, entry in pairs for slug in entry[part])
        through.objects.bulk_create(through(content_object=model, tag_id=keys[slug]) for model, slug in links)
    models.Alias.objects.bulk_create(
        models.Alias(model=model, text=text, kind=kind)
        for kind, names in ALIASES
        for model, entry in pairs
        for text in entry.get(names, [])
    )
    models_and_events = [(model, event_entry) for model, entry in pairs for event_entry in entry.get("events", [])]
    events = [models.LifecycleEvent(**_fields(event_entry), model=model) for model, event_entry in models_and_events]
    models.LifecycleEvent.objects.bulk_create(events)
    rows = [row for model, entry in pairs for row in sources.rows(entry["evidence"], model=model)]
    rows += [
        row
        for event, (_, event_entry) in zip(events, models_and_events, strict=True)
        for row in sources.rows(event_entry["evidence"], event=event)
    ]
    models.Evidence.objects.bulk_create(rows)


def complete_model(model: models.AIModel, entry: dict, sources: Sources) -> None:
    """Add aliases, events, offerings, evidence and the successor."""
    for kind, names in ALIASES:
        models.Alias.objects.bulk_create(
            models.Alias(model=model, text=text, kind=kind) for text in entry.get(names, [])
        )
    if "replaced_by" in entry:
        model.replaced_by = models.AIModel.objects.filter(slug=entry["replaced_by"]).first()
        model.save()
    sources.cite(entry["evidence"], model=model)
    _add_events(entry.get("events", []), sources, model=model)
    for offered in entry.get("offering", []):
        _add_offering(model, offered, sources)


def _add_offering(model: models.AIModel, entry: dict, sources: Sources):
    provider = models.Provider.objects.get(slug=entry["provider"])
    offering = models.Offering.objects.create(**_fields(entry), model=model, provider=provider)
    sources.cite(entry["evidence"], offering=offering)
    _add_events(entry.get("events", []), sources, offering=offering)
    for price in entry.get("prices", []):
        evidence = price.get("evidence", entry["evidence"])
        fields = {"valid_from": sources.first_day(evidence)} | _fields(price) | {"amount": Decimal(price["amount"])}
        sources.cite(evidence, price=models.Price.objects.create(**fields, offering=offering))


def _add_events(entries, sources: Sources, **subject):
    for entry in entries:
        successor = models.AIModel.objects.filter(slug=entry["replaced_by"]).first() if "replaced_by" in entry else None
        event = models.LifecycleEvent.objects.create(**_fields(entry), replaced_by=successor, **subject)
        sources.cite(entry["evidence"], event=event)


def _fields(entry: dict) -> dict:
    return {name: value for name, value in entry.items() if name not in PARTS}
