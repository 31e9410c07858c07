"""The snapshots with which a new site opens: models.dev, a part of LiteLLM's map, former prices at vendors' APIs."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from catalog.importers.entries import MISSING, UnreadableFeedError, at, put
from catalog.importers.feeds import entries_of as feed_of
from catalog.importers.feeds import read
from catalog.importers.litellm.offerings import PROVIDERS as OTHER_SLUGS
from catalog.importers.litellm.offerings import entries_of as litellm_entries
from catalog.importers.litellm.offerings import id_of
from catalog.importers.models_dev.models import ModelHandler, ProviderHandler
from catalog.importers.models_dev.offerings import COLUMNS
from catalog.importers.models_dev.shapes import as_authored, entries_of
from catalog.importers.running import StoppedError, import_feed
from catalog.models import ImportRun, RecordKind, RunState
from catalog.starter.listed import MAP, add_families, keys
from ops.http.slugs import slug_for
from ops.jobs.claims import recent
from ops.progress import Progress
from ops.server.database_lock import database_lock
from publishing.workflow.starter import confirm_facts

HOME = "https://github.com/anomalyco/models.dev"
LICENCE = "MIT, Copyright (c) 2025 models.dev (docs/notices.txt)"
PRICES = Path(__file__).with_name("models_dev_prices.json")
RETRY_AFTER = timedelta(hours=1)
OF_END = ("deprecation_date", "deprecation_source", "litellm_provider", "successor_model")
PATHS: dict[str, list[str]] = {
    RecordKind.PROVIDER: [column.path for column in ProviderHandler.columns],
    RecordKind.MODEL: [column.path for column in ModelHandler.columns],
    RecordKind.OFFERING: [*(column.path for column in COLUMNS), "base_model", "cost"],
}


def queue_snapshot() -> None:
    """Queue the import of each snapshot for `load_snapshot`. Raises UnreadableFeedError."""
    for path in _paths():
        feed, entries = feed_of(read(str(path)))
        about = {"address": path.name, "state": RunState.QUEUED, "total_count": len(entries)}
        ImportRun.objects.create(feed=feed, **about)


def load_snapshot(report: Callable[[str], object]) -> None:
    """Import each queued snapshot like any file of its feed, also one whose import was killed, or failed an hour ago.

    Users can stop each in the admin.
    """
    has_just_failed = _pending().filter(recent("finished_at", RETRY_AFTER), state=RunState.FAILED).exists()
    if has_just_failed or not _pending().exists():
        return
    with database_lock(report):  # another worker may do the same
        for path in _paths():
            if run := _pending().filter(address=path.name).first():
                _load(path, run, report)


def _paths() -> tuple[Path, ...]:
    return Path(settings.CATALOG_SNAPSHOT), MAP, PRICES


def _pending() -> QuerySet[ImportRun]:
    """Return the unfinished runs of `queue_snapshot`. Other imports of these files have a user, or no total."""
    states = (RunState.QUEUED, RunState.RUNNING, RunState.FAILED)
    runs = ImportRun.objects.filter(requested_by=None, applying_at=None, total_count__gt=0, state__in=states)
    return runs.filter(address__in=[path.name for path in _paths()])


def _load(path: Path, run: ImportRun, report: Callable[[str], object]) -> None:
    data = read(str(path))
    feed, _ = feed_of(data)
    progress = Progress(report, f"Models of {feed.label}", "entries", "Composing the documents for partners.")
    run.held.all().delete()  # of an import that was killed; they are found again
    run.state, run.finished_at = RunState.RUNNING, None

    def on_progress(done: int, total: int) -> None:
        run.done_count = done
        if not ImportRun.objects.filter(pk=run.pk, state=RunState.RUNNING).update(done_count=done):
            raise StoppedError
        progress.reach(done, total)

    def complete() -> None:
        add_families()
        confirm_facts()
        report("The first content is complete.")

    at_end = complete if path == PRICES else lambda: None
    with suppress(StoppedError):
        try:
            import_feed(data, path.name, RunState.DONE, on_progress, run=run, at_end=at_end)
        except (KeyboardInterrupt, SystemExit):  # the server stops, which no user of the admin asked for
            ImportRun.objects.filter(pk=run.pk).update(state=RunState.QUEUED, finished_at=None)
            raise


def renewed(data: object, earlier: dict, day: date) -> dict[str, Any]:
    """Return the snapshot of a file of models.dev; `earlier` is the former one. Raises UnreadableFeedError.

    A published file has no models apart from offerings: those of `earlier` stay, and its offerings inherit from them.
    """
    models, providers, former = {}, {}, {"models": {}, "providers": {}} | earlier
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
                authored = former["providers"].get(provider, {"models": {}})["models"].get(api_id, {})
                record = as_authored(record, authored, former["models"].get(authored.get("base_model"), {}))
            providers[provider]["models"][api_id] = _only(record, paths)
    source = {"commit_date": day.isoformat(), "licence": LICENCE, "repository": HOME}
    return {"_source": source, "models": models or former["models"], "providers": providers}


def of_map(data: dict, snapshot: dict[str, Any], day: date) -> str:
    """Return the part of LiteLLM's map for `litellm.json`.

    It has the entries of the models in `listed.toml`, and the ends of service of the offerings in a snapshot of
    models.dev.
    """
    providers = {slug_for(key, "provider"): value["models"] for key, value in snapshot["providers"].items()}
    entry_by_key, listed = {"_source": {"commit_date": day.isoformat()}}, {*keys()}
    for entry in litellm_entries(data):
        theirs = entry.data.get("litellm_provider", "") if isinstance(entry.data, dict) else ""
        family = "vertex_ai" if theirs.startswith("vertex_ai-") else theirs
        offered = providers.get(OTHER_SLUGS.get(family) or slug_for(family, "provider"), {}) if theirs else {}
        if entry.key in listed:
            entry_by_key[entry.key] = entry.data
        elif id_of(entry.key, theirs) in offered and entry.data.get("deprecation_date"):
            entry_by_key[entry.key] = {name: entry.data[name] for name in OF_END if name in entry.data}
    return f"{{\n{',\n'.join(f'{_json(key)}:{_json(value)}' for key, value in sorted(entry_by_key.items()))}\n}}\n"


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
    chosen = {}
    for path in paths:
        if (value := at(data, path)) is not MISSING:
            put(chosen, path, value)
    return chosen


def _table(records: dict[str, dict]) -> str:
    return "{\n" + ",\n".join(f"{_json(key)}:{_json(value)}" for key, value in sorted(records.items())) + "\n}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
