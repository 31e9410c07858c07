"""The starter catalogue: vendors, families, providers and models, each fact with its source."""

import tomllib
from pathlib import Path

from catalog.models import AIModel, Family, Modality, Provider, Vendor
from catalog.starter.records import Sources, complete_model, create_model
from publishing.workflow.starter import with_primary_keys

FOLDER = Path(__file__).parent


def load(once) -> None:
    sources = Sources(_read("sources.toml"))
    _load_plain(once, Modality, _read("modalities.toml")["modality"])
    _load_plain(once, Vendor, _read("vendors.toml")["vendor"])
    _load_plain(once, Provider, _read("providers.toml")["provider"])
    families = [entry for entry in _read("families.toml")["family"] if once.needs(Family, entry["slug"])]
    for entry in families:
        vendor = Vendor.objects.filter(slug=entry["vendor"]).first()
        Family.objects.create(name=entry["name"], slug=entry["slug"], summary=entry["summary"], vendor=vendor)
    entries = [entry for path in sorted((FOLDER / "models").glob("*.toml")) for entry in _read(path)["model"]]
    models = [(create_model(entry), entry) for entry in entries if once.needs(AIModel, entry["slug"])]
    # Texts and successors refer to records that must exist first.
    for entry in families:
        _set_body(Family.objects.get(slug=entry["slug"]), entry)
    for model, entry in models:
        complete_model(model, entry, sources)
        _set_body(model, entry)


def _load_plain(once, model, entries):
    for entry in entries:
        if once.needs(model, entry["slug"]):
            model.objects.create(**entry)


def _set_body(record, entry):
    if entry.get("body"):
        record.body = with_primary_keys(entry["body"].strip())
        record.save()


def _read(name) -> dict:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
