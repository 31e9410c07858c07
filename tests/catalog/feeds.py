"""Feeds for tests: small ones made here, and the real files if they are beside the checkout."""

from copy import deepcopy
from pathlib import Path

import orjson
import pytest

from catalog.importers.running import import_feed
from catalog.models import AIModel, ImportedRecord, Offering, Provider, RunState
from catalog.rules.choices import ImportFeed

ROOT = Path(__file__).resolve().parents[2]
PLACES = [parent / "shared" / "data" for parent in ROOT.parents]


def real_file(name: str) -> Path:
    """Return the real file of that name; the test is skipped if it is missing."""
    found = next((place / name for place in PLACES if (place / name).exists()), None)
    if found is None:
        pytest.skip(f"../shared/data/{name} is not beside this checkout.")
    return found


def real(name: str):
    return orjson.loads(real_file(name).read_bytes())


SMALL = {
    "_source": {"commit_date": "2026-07-02T00:40:28+08:00"},
    "models": {
        "acme/alpha-1": {
            "name": "Alpha 1",
            "family": "alpha",
            "modalities": {"input": ["text", "image"], "output": ["text"]},
            "limit": {"context": 100_000, "output": 8_000},
            "release_date": "2025-08-01",
            "knowledge": "2025-02",
            "open_weights": True,
            "reasoning": False,
            "tool_call": True,
            "last_updated": "2025-08-02",
            "benchmarks": [{"name": "Test", "score": 71.5, "source": "https://example.com/", "date": "2025-08-03"}],
            "weights": [{"label": "Hub", "url": "https://example.com/w", "quantization": "fp8"}],
        },
        "acme/alpha-2": {"name": "Alpha 2", "limit": {"context": 0, "output": 99_999_999}, "release_date": "2026"},
    },
    "providers": {
        "acme": {
            "provider": {"name": "Acme", "doc": "https://example.com/docs", "env": ["KEY"], "npm": "acme"},
            "models": {
                "alpha-1": {"base_model": "acme/alpha-1", "cost": {"input": 1.5, "output": 6, "cache_read": 0.15}},
                "Alpha-1": {"name": "Twin", "knowledge": "2025-02-31", "status": "alpha"},
            },
        },
        "host.example": {
            "provider": {"name": "Host", "doc": "https://host.example/docs", "env": []},
            "models": {
                "x/alpha-1": {
                    "base_model": "acme/alpha-1",
                    "base_model_omit": ["limit.output"],
                    "cost": {
                        "input": 0,
                        "output": 0.049999999999999996,
                        "cached_input": 0.1,
                        "tiers": [{"tier": {"size": 200_000, "type": "context"}, "input": 3, "output": 12.0}],
                    },
                    "interleaved": {"field": "x"},
                },
                "alpha-2": {"limit": {"context": 0}, "modalities": {"input": ["text"], "output": ["text"]}},
            },
            "symlinks": {"beta": "../../acme/models/beta.toml"},
        },
    },
}


def small(**paths):
    """Return the small feed with changes: `paths` names the changed values, with two underscores between the steps."""
    data = deepcopy(SMALL)
    for path, value in paths.items():
        put(data, path.split("__"), value)
    return data


def put(data, steps, value):
    *parents, last = steps
    for step in parents:
        data = data[step]
    if value is None:
        del data[last]
    else:
        data[last] = value


def take_over(data, *, is_dry=False, holds=False):
    ends_as = RunState.TRIED if is_dry else RunState.HELD if holds else RunState.DONE
    return import_feed(data, "test", ends_as)


def stored() -> dict:
    """Return models.dev's records as the links to the records that are still there keep them, in its own shape."""
    rows = {"provider": {}, "model": {}, "offering": {}}
    there = {
        model._meta.model_name: set(model._base_manager.values_list("pk", flat=True))
        for model in (Provider, AIModel, Offering)
    }
    links = ImportedRecord.objects.filter(feed=ImportFeed.MODELS_DEV, kind__in=rows, gone_on=None)
    for link in links.select_related("record_type").order_by("pk"):
        if link.record_id in there[link.record_type.model]:
            rows[link.kind][link.key] = link.data
    providers = {}
    for key, data in rows["provider"].items():
        links = {"symlinks": data.pop("symlinks")} if "symlinks" in data else {}
        providers[key] = {"provider": data, "models": {}, **links}
    for key, data in rows["offering"].items():
        provider, _, api_id = key.partition("/")
        providers[provider]["models"][api_id] = data
    return {"models": rows["model"], "providers": providers}


def without_source(data) -> dict:
    return {"models": data["models"], "providers": data["providers"]}
