"""All long work on a large site, one after the other: `python -m tests.ops.db.holding.jobs MODELS`.

It fills the database of DATA_DIR and prints in JSON how long the longest write transaction of each held the lock, in
seconds of processor time.
"""

import csv
import io
import json
import sys
import uuid
from datetime import timedelta

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.fill.__main__ import fill  # noqa: E402
from catalog.documents.sync.keeping import audit  # noqa: E402
from catalog.history.bulk_edit import change_all, revert_batch  # noqa: E402
from catalog.importers.feeds import parsed  # noqa: E402
from catalog.importers.held import apply_held  # noqa: E402
from catalog.importers.running import import_feed  # noqa: E402
from catalog.importers.tables import ask_to_write, go_on, request_table  # noqa: E402
from catalog.models import AIModel, FeedEntry, RunState  # noqa: E402
from enquiries.models import Enquiry  # noqa: E402
from ops.jobs.scheduler import jobs  # noqa: E402
from publishing.content.page_view import PageView  # noqa: E402
from publishing.content.reference import Reference  # noqa: E402
from publishing.quality.text_sweep import TextSweep  # noqa: E402
from publishing.rendering.compiled_text import CompiledText  # noqa: E402
from publishing.workflow.reindex import repair  # noqa: E402
from tests.ops.db.write_times import write_transactions  # noqa: E402

LONG_AGO = timezone.now() - timedelta(days=3650)
SNAPSHOT = settings.BASE_DIR / "catalog" / "starter" / "models_dev.json"
SKIPPED = ("ops.backups", "import_catalogue")  # a process of its own; and what the imports below do
USER = "bulk-editor"


def make_work():
    """Give every job something to do."""
    TextSweep.objects.update(digest="")
    Reference.objects.update(compare_at=LONG_AGO)
    FeedEntry.objects.bulk_create(
        FeedEntry(
            **{"type": "model", "object_id": str(uuid.uuid4()), "row_id": 10**8 + number, "seq": 10**8 + number},
            **{"is_deleted": True, "reason": FeedEntry.Reason.DELETED, "stamped_at": LONG_AGO, "body": "", "hash": ""},
        )
        for number in range(5_000)
    )
    pks = AIModel.objects.order_by("-pk").values_list("pk", flat=True)[:200]
    AIModel._base_manager.filter(pk__in=list(pks)).update(deleted_at=LONG_AGO)
    days = [timezone.localdate() - timedelta(days=number) for number in (400, 500, 900)]
    PageView.objects.bulk_create(
        PageView(day=day, path=f"/catalog/models/{number}/", host=f"site-{number % 7}.example", views=1)
        for day in days
        for number in range(10_000)
    )
    Session.objects.bulk_create(
        Session(session_key=uuid.uuid4().hex, session_data="", expire_date=LONG_AGO) for _ in range(10_000)
    )
    enquiries = Enquiry.objects.bulk_create(Enquiry(name="A", email="a@a.example", message="B") for _ in range(2_000))
    Enquiry.objects.filter(pk__in=[one.pk for one in enquiries]).update(last_changed_at=LONG_AGO)


def import_snapshot(ends_as: RunState):
    return import_feed(parsed(SNAPSHOT.read_bytes(), SNAPSHOT.name), SNAPSHOT.name, ends_as)


def apply_snapshot():
    run = import_snapshot(RunState.HELD)
    apply_held(run, run.held.all(), None)


def edit_in_bulk():
    user = get_user_model().objects.create_user(USER)
    pks = list(AIModel.objects.order_by("pk").values_list("pk", flat=True)[:2_000])
    batch = change_all(AIModel, pks, "context_tokens", 12_345, user)
    revert_batch(batch, user)


def import_table():
    rows = AIModel.objects.order_by("pk").values_list("slug", "name")[:2_000]
    text = io.StringIO()
    csv.writer(text).writerows([("slug", "name", "context_tokens"), *((slug, name, 54_321) for slug, name in rows)])
    user = get_user_model().objects.create_user("importer")
    run = request_table("aimodel", "rows.csv", text.getvalue().encode(), user)
    go_on.call(run.pk)
    assert ask_to_write(run, user)
    go_on.call(run.pk)


def compile_all():
    CompiledText.objects.all().delete()
    CompiledText.objects.follow()


def work() -> dict:
    registered = {name: job.run for name, job in jobs.items() if not any(word in name for word in SKIPPED)}
    return {
        "import held": lambda: import_snapshot(RunState.HELD),
        "import written": lambda: import_snapshot(RunState.DONE),
        "held records applied": apply_snapshot,
        "bulk edit": edit_in_bulk,
        "CSV file": import_table,
        "audit": audit,
        "reindex": lambda: list(repair()),
        **registered,
    }


def main(models: int):
    settings.CATALOG_SNAPSHOT = ""
    call_command("migrate", verbosity=0)
    call_command("load_starter", say=lambda sentence: None)  # only into an empty database
    fill(models, articles_count=models // 20, questions=100, say=lambda sentence: None)
    make_work()
    longest = {}
    for name, run in work().items():
        with write_transactions() as finished:
            run()
        if finished:
            worst = max(finished, key=lambda transaction: transaction.cpu_seconds)
            longest[name] = [round(worst.cpu_seconds, 3), str(worst), len(finished)]
            print(name, *longest[name], file=sys.stderr, flush=True)
    print(json.dumps(longest))


if __name__ == "__main__":
    main(int(sys.argv[1]))
