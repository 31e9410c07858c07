"""Imports that a user starts in the admin: the worker compares the feed, and writes it once the user agrees.

Both steps can be stopped. A comparison stores each difference as a `HeldRecord` and writes nothing else.
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
from ops.jobs.claims import lapsed
from publishing.content.permissions import AnyUser

UNDER_WAY = (RunState.QUEUED, RunState.RUNNING, RunState.APPLYING)


def request_feed(feed: ImportFeed, user: AnyUser) -> ImportRun:
    """Queue the comparison with the feed at its public address."""
    return _queue(feed, READERS[feed].data_address, user)


def request_file(file: UploadedFile, user: AnyUser) -> ImportRun:
    """Queue the comparison with an uploaded file. Raises UnreadableFeedError if it is not JSON of one of the feeds."""
    name = file.name or "file"
    if (file.size or 0) > MOST_BYTES:
        raise UnreadableFeedError(f"{name} is larger than {MOST_BYTES // 1024**2} MB.")
    content = file.read()
    feed, _ = entries_of(parsed(content, name))
    with transaction.atomic():
        run = _queue(feed, name[:500], user)
        _upload_of(run.pk).parent.mkdir(parents=True, exist_ok=True)
        _upload_of(run.pk).write_bytes(content)
    return run


def stop(run: ImportRun) -> None:
    """Ask the worker to stop after the current batch: a comparison is interrupted, the rest of a writing is held."""
    runs, now = ImportRun.objects.filter(pk=run.pk), timezone.now()
    runs.filter(state__in=[RunState.QUEUED, RunState.RUNNING]).update(state=RunState.INTERRUPTED, finished_at=now)
    runs.filter(state=RunState.APPLYING).update(state=RunState.HELD)


def interrupt_silent() -> int:
    """Mark comparisons as interrupted whose worker was killed; return their number."""
    silent = ImportRun.objects.filter(lapsed("applying_at", PATIENCE), state=RunState.RUNNING)
    return silent.update(state=RunState.INTERRUPTED, finished_at=timezone.now())


def _queue(feed: str, address: str, user: AnyUser) -> ImportRun:
    with transaction.atomic():
        run = ImportRun.objects.create(feed=feed, address=address, requested_by=user, state=RunState.QUEUED)
        compare_requested.enqueue(run.pk)
    return run


def _upload_of(pk: int) -> Path:
    return Path(settings.DATA_DIR) / "imports" / f"{pk}.json"


@task
def compare_requested(pk: int) -> None:
    runs, upload = ImportRun.objects.filter(pk=pk), _upload_of(pk)
    run = runs.filter(state=RunState.QUEUED).first()
    if run is None:
        upload.unlink(missing_ok=True)
        return
    runs.update(state=RunState.RUNNING, applying_at=timezone.now())

    def on_progress(done: int, total: int) -> None:
        seen: dict[str, Any] = {"done_count": done, "total_count": total, "applying_at": timezone.now()}
        if not runs.filter(state=RunState.RUNNING).update(**seen):
            raise StoppedError

    try:
        data: Any = read(run.address if is_address(run.address) else str(upload))
        run.refresh_from_db()
        import_feed(data, run.address, RunState.HELD, on_progress=on_progress, run=run)
    except StoppedError:
        pass
    except UnreadableFeedError as error:
        remedy = " Try again or choose a file." if is_address(run.address) else ""
        line = {"what": "failed", "place": run.address, "reason": f"{error}{remedy}"}
        runs.update(state=RunState.FAILED, finished_at=timezone.now(), report=[line])
    finally:
        upload.unlink(missing_ok=True)
