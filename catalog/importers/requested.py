"""Imports that a user starts in the admin: the worker compares the feed, and writes it once the user agrees.

Both steps can be stopped and run again. A comparison stores each difference as a `HeldRecord` and writes nothing else.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.tasks import task
from django.utils import timezone

from catalog.importers.entries import UnreadableFeedError
from catalog.importers.feeds import MOST_BYTES, READERS, entries_of, is_address, parsed, read
from catalog.importers.held import PATIENCE
from catalog.importers.running import StoppedError, import_feed
from catalog.models import ImportRun, RunState
from catalog.rules.choices import ImportFeed
from publishing.content.permissions import AnyUser

UNDER_WAY = (RunState.QUEUED, RunState.RUNNING, RunState.APPLYING)


def request_feed(feed: ImportFeed, user: AnyUser) -> ImportRun:
    """Queue the comparison with the feed at its public address."""
    return _queue(ImportRun(feed=feed, address=READERS[feed].data_address, requested_by=user))


def request_file(file: UploadedFile, user: AnyUser) -> ImportRun:
    """Queue the comparison with an uploaded file. Raises UnreadableFeedError if it is not JSON of one of the feeds."""
    name = file.name or "file"
    if (file.size or 0) > MOST_BYTES:
        raise UnreadableFeedError(f"{name} is larger than {MOST_BYTES // 1024**2} MB.")
    content = file.read()
    feed, _ = entries_of(parsed(content, name))
    with transaction.atomic():
        run = _queue(ImportRun(feed=feed, address=name[:500], requested_by=user))
        _upload_of(run).parent.mkdir(parents=True, exist_ok=True)
        _upload_of(run).write_bytes(content)
    return run


def may_repeat(run: ImportRun) -> bool:
    """Return whether the comparison ended early and its file is still there."""
    is_unfinished = run.state in {RunState.INTERRUPTED, RunState.FAILED}
    return is_unfinished and (is_address(run.address) or _upload_of(run).exists())


def run_again(run: ImportRun) -> bool:
    """Queue an unfinished comparison again; return False if it cannot be repeated."""
    if not may_repeat(run):
        return False
    with transaction.atomic():
        run.held.all().delete()
        run.done_count = run.total_count = 0
        run.finished_at = None
        _queue(run)
    return True


def stop(run: ImportRun) -> None:
    """Ask the worker to stop after the current batch: a comparison is interrupted, the rest of a writing is held."""
    runs, now = ImportRun.objects.filter(pk=run.pk), timezone.now()
    runs.filter(state__in=[RunState.QUEUED, RunState.RUNNING]).update(state=RunState.INTERRUPTED, finished_at=now)
    runs.filter(state=RunState.APPLYING).update(state=RunState.HELD)


def interrupt_silent() -> int:
    """Mark comparisons as interrupted whose worker was killed; return their number."""
    silent = ImportRun.objects.filter(state=RunState.RUNNING, applying_at__lt=timezone.now() - PATIENCE)
    return silent.update(state=RunState.INTERRUPTED, finished_at=timezone.now())


def _queue(run: ImportRun) -> ImportRun:
    run.state, run.applying_at = RunState.QUEUED, timezone.now()
    with transaction.atomic():
        run.save()
        compare_requested.enqueue(run.pk)
    return run


def _upload_of(run: ImportRun) -> Path:
    return Path(settings.DATA_DIR) / "imports" / f"{run.pk}.json"


@task
def compare_requested(pk: int) -> None:
    run = ImportRun.objects.filter(pk=pk, state=RunState.QUEUED).first()
    if run is None:
        return
    runs = ImportRun.objects.filter(pk=pk)
    runs.update(state=RunState.RUNNING, applying_at=timezone.now())
    own = _upload_of(run)

    def on_progress(done: int, total: int) -> None:
        seen: dict[str, Any] = {"done_count": done, "total_count": total, "applying_at": timezone.now()}
        if not runs.filter(state=RunState.RUNNING).update(**seen):
            raise StoppedError

    try:
        data: Any = read(run.address if is_address(run.address) else str(own))
        run.refresh_from_db()
        import_feed(data, run.address, RunState.HELD, on_progress=on_progress, run=run)
    except StoppedError:
        return
    except UnreadableFeedError as error:
        line = {"what": "failed", "place": run.address, "reason": str(error)}
        runs.update(state=RunState.FAILED, finished_at=timezone.now(), report=[line])
        return
    own.unlink(missing_ok=True)
