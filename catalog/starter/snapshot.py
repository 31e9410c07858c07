"""The snapshots with which a new site opens: models.dev, LiteLLM's ends of service, former prices at vendors' APIs."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from catalog.importers.entries import MISSING, UnreadableFeedError, at, put
from catalog.importers.feeds import entries_of as feed_of
from catalog.importers.feeds import read
from catalog.importers.models_dev.models import ModelHandler, ProviderHandler
from catalog.importers.models_dev.offerings import COLUMNS
from catalog.importers.models_dev.shapes import as_authored, entries_of
from catalog.importers.running import import_feed
from catalog.models import RecordKind, RunState
from ops.progress import Progress

HOME = "https://github.com/anomalyco/models.dev"
LICENCE = "MIT, Copyright (c) 2025 models.dev (docs/notices.txt)"
ENDS, PRICES = (Path(__file__).with_name(name) for name in ("litellm_ends.json", "models_dev_prices.json"))
PATHS: dict[str, list[str]] = {
    RecordKind.PROVIDER: [column.path for column in ProviderHandler.columns],
    RecordKind.MODEL: [column.path for column in ModelHandler.columns],
    RecordKind.OFFERING: [*(column.path for column in COLUMNS), "base_model", "cost"],
}


def load_snapshot(report: Callable[[str], object]) -> None:
    """Import each snapshot like any file of its feed."""
    for path in (Path(settings.CATALOG_SNAPSHOT), ENDS, PRICES) if settings.CATALOG_SNAPSHOT else ():
        data = read(str(path))
        feed, _ = feed_of(data)
        progress = Progress(report, f"Models of {feed.label}", "entries", "Composing the documents for partners.")
        import_feed(data, path.name, RunState.DONE, progress.reach)


def renewed(data: object, known: dict, day: date) -> dict[str, Any]:
    """Return the snapshot of a file of models.dev; `known` is the former one. Raises UnreadableFeedError.

    A published file has no models apart from offerings: those of `known` stay, and its offerings inherit from them.
    """
    models, providers, former = {}, {}, {"models": {}, "providers": {}} | known
    entries = entries_of(data)
    if not any(entry.kind == RecordKind.PROVIDER for entry in entries):
        raise UnreadableFeedError("This is no file of models.dev with its providers.")
    for entry in entries:  # an offering comes after its provider
        record, paths = entry.data, PATHS[entry.kind]
        if entry.kind == RecordKind.PROVIDER:
            providers[entry.key] = {"provider": _only(record, paths), "models": {}}
        elif entry.kind == RecordKind.MODEL:
            models[entry.key] = _only(record, paths)
        else:
            provider, _, api_id = entry.key.partition("/")
            if entry.is_resolved:
                own = former["providers"].get(provider, {"models": {}})["models"].get(api_id, {})
                record = as_authored(record, own, former["models"].get(own.get("base_model"), {}))
            providers[provider]["models"][api_id] = _only(record, paths)
    source = {"commit_date": day.isoformat(), "licence": LICENCE, "repository": HOME}
    return {"_source": source, "models": models or former["models"], "providers": providers}


def written(snapshot: dict[str, Any]) -> str:
    """Return a snapshot as JSON, sorted, with a record on each line."""
    providers = (
        f'{_json(key)}:{{"provider":{_json(value["provider"])},"models":{_table(value["models"])}}}'
        for key, value in sorted(snapshot["providers"].items())
    )
    head = f'{{"_source":{_json(snapshot["_source"])},\n"models":{_table(snapshot["models"])}'
    return f'{head},\n"providers":{{\n{",\n".join(providers)}\n}}}}\n'


def _only(data: dict, paths: list[str]) -> dict:
    """Return the values at these paths."""
    kept = {}
    for path in paths:
        if (value := at(data, path)) is not MISSING:
            put(kept, path, value)
    return kept


def _table(records: dict[str, dict]) -> str:
    return "{\n" + ",\n".join(f"{_json(key)}:{_json(value)}" for key, value in sorted(records.items())) + "\n}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
