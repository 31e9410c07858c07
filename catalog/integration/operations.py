"""The catalogue's part in ops: periodic jobs, metrics of the partner feed for /metrics, and backups."""

from functools import partial

from django.conf import settings

from catalog.documents.sync.keeping import drop_old_tombstones, start_epoch
from catalog.documents.sync.stamping import stamp
from catalog.importers.entries import UnreadableFeedError
from catalog.importers.feeds import is_address, read
from catalog.importers.held import resume_applying
from catalog.importers.requested import interrupt_silent
from catalog.importers.running import import_feed
from catalog.importers.tables import forget_old_tables, resume_tables
from catalog.models import FeedMark, FeedState, RunState
from catalog.models.feed import FEED
from catalog.models.summaries import SUMMARIES
from ops.backups.making import left_out
from ops.backups.restoring import after_restore
from ops.jobs.scheduler import register_job
from ops.metrics.readings import reading
from publishing.workflow.starter import load_rest


class ImportFailedError(Exception):
    """The message names the addresses that failed, with the reasons."""


@register_job(minutes=1)
def load_rest_of_first_content():
    """Load what a new site lacks; the worker shows at the terminal how far it is."""
    load_rest(partial(print, flush=True))


@register_job(hours=24)
def import_catalogue():
    """Import all of CATALOG_IMPORT_URLS. If one fails, the others are still imported."""
    if settings.CATALOG_IMPORT_URLS:
        load_rest_of_first_content()  # its data are older
    problems = []
    for address in settings.CATALOG_IMPORT_URLS:
        try:
            if not is_address(address):
                raise UnreadableFeedError(f"{address!r} is no address.")
            ends_as = RunState.HELD if settings.CATALOG_IMPORT_HOLD else RunState.DONE
            import_feed(read(address), address, ends_as)
        except Exception as error:  # any error is reported below
            problems.append(f"{address}: {error}")
    if problems:
        raise ImportFailedError(" ".join(problems))


register_job(minutes=5)(resume_applying)
register_job(minutes=5)(interrupt_silent)
register_job(minutes=5)(resume_tables)
register_job(hours=24)(forget_old_tables)
register_job(minutes=1)(stamp)  # stamps what remains after writes, and checks the triggers
register_job(hours=24)(drop_old_tombstones)


@reading("feed_head", "The highest number of the partners' feed.")
def feed_head():
    return FeedState.objects.values_list("head", flat=True).first()


@reading("feed_marks", "Rows changed since the feed was last brought up to date.")
def feed_marks():
    return FeedMark.objects.count()


left_out += [*FEED, *SUMMARIES]
after_restore.append(start_epoch)
