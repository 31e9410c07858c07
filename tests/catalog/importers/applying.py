"""The worker applies an import and is killed again and again: `python -m tests.catalog.importers.applying N SECONDS`.

It works on the database of the environment, which must be empty except for the migrations. Each of N workers is killed
up to so many seconds after it begins; the next one is left alone until the import is applied. The last line of the
output is JSON: how many kills hit the work, the seconds of the last worker, and the errors.
"""

import json
import os
import random
import subprocess
import sys
import time
from copy import deepcopy
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db.models import F  # noqa: E402
from django.utils import timezone  # noqa: E402
from django_tasks_db.models import DBTaskResult  # noqa: E402

from catalog.documents.sync.keeping import audit  # noqa: E402
from catalog.importers.held import ask_to_apply  # noqa: E402
from catalog.importers.matching import bare_ids  # noqa: E402
from catalog.importers.running import import_feed  # noqa: E402
from catalog.models import ImportedRecord, ImportRun, RunState  # noqa: E402
from ops.models import DueJob  # noqa: E402
from tests import factories  # noqa: E402
from tests.config.running import PROJECT  # noqa: E402

WORKER = [sys.executable, "manage.py", "worker", "--no-startup-delay"]
CLAIMS = [(ImportRun, "applying_at"), (DBTaskResult, "started_at"), (DueJob, "claimed_at")]
MOST_SECONDS = 300


def feed() -> dict:
    """Return the snapshot's offerings whose model is certain, which leaves nothing to decide after the import. Some do
    not say it, so that they are bound at its end.
    """
    whole = json.loads((settings.BASE_DIR / "catalog" / "starter" / "models_dev.json").read_bytes())
    for provider in whole["providers"].values():
        models = provider["models"]
        provider["models"] = {api_id: data for api_id, data in models.items() if "base_model" in data}
        for api_id, data in provider["models"].items():
            if data["base_model"].partition("/")[2] in bare_ids(api_id):
                del data["base_model"]
    return whole


def earlier(data: dict) -> dict:
    """Return the feed without every second provider, and with other prices."""
    providers = deepcopy(dict(list(data["providers"].items())[::2]))
    for provider in providers.values():
        for offering in provider["models"].values():
            offering.get("cost", {})["input"] = 2 * offering.get("cost", {}).get("input", 0)
    return data | {"providers": providers}


def let_an_hour_pass():
    """Make what claims work an hour older: the claims of a killed worker lapse, and the frequent jobs are due."""
    for model, column in CLAIMS:
        model.objects.update(**{column: F(column) - timedelta(hours=1, minutes=1)})


def wait_until(is_so):
    deadline = time.monotonic() + MOST_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def work(longest: float) -> float:
    """Start a worker, and kill it when it has applied for so long, or when all is applied; return the seconds."""
    let_an_hour_pass()
    own = DBTaskResult.objects.running().filter(started_at__gt=timezone.now() - timedelta(minutes=30))
    with subprocess.Popen(WORKER, cwd=PROJECT, stderr=subprocess.DEVNULL) as worker:
        try:
            wait_until(own.exists)
            begun = time.monotonic()
            wait_until(lambda: time.monotonic() > begun + longest or not is_applying())
        finally:
            worker.kill()
    return time.monotonic() - begun


def torn(run: ImportRun) -> list[str]:
    """Return the held records that are marked as applied and not logged, or logged and not marked."""
    logged = set(run.changes.values_list("record_type", "record_id"))
    links = ImportedRecord.objects.values_list("kind", "key", "record_type", "record_id")
    records = {(kind, key): record for kind, key, *record in links}
    return [
        f"{row.kind} {row.key}"
        for row in run.held.all()
        if (row.applied_at is not None) != (tuple(records.get((row.kind, row.key), ())) in logged)
    ]


def is_applying() -> bool:
    return ImportRun.objects.filter(state=RunState.APPLYING).exists()


def main(kills: int, longest: float):
    data, chance, wrong, hits = feed(), random.Random(2026), [], 0
    import_feed(earlier(data), "earlier", RunState.DONE)
    run = import_feed(data, "test", RunState.HELD)
    assert ask_to_apply(run, factories.administrator())
    while hits < kills and is_applying():
        work(chance.uniform(0, longest))
        hits += is_applying()
        wrong += [f"Kill {hits}: {name} is logged or marked, not both." for name in torn(run)]
    seconds = work(MOST_SECONDS) if is_applying() else 0
    wrong += [f"{row.kind} {row.key} still waits." for row in run.held.filter(applied_at=None)]
    if documents := audit()[0]:
        wrong.append(f"{documents} documents were not marked.")
    print(json.dumps({"kills": hits, "seconds": seconds, "wrong": wrong + torn(run)}))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
