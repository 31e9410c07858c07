"""The periodic jobs of the catalogue."""

from django.conf import settings

from catalog.importers.entries import UnreadableFeedError
from catalog.importers.feeds import is_address, read
from catalog.importers.held import resume_applying
from catalog.importers.running import import_feed
from catalog.models import RunState
from catalog.sync.keeping import drop_old_tombstones
from catalog.sync.stamping import stamp
from ops.jobs.scheduler import register_job


class ImportFailedError(Exception):
    """The message names the addresses that failed, with the reasons."""


@register_job(hours=24)
def import_catalogue():
    """Import all of CATALOG_IMPORT_URLS. If one fails, the others are still imported."""
    problems = []
    for address in settings.CATALOG_IMPORT_URLS:
        try:
            if not is_address(address):
                raise UnreadableFeedError(f"{address!r} is no address.")
            ends_as = RunState.HELD if settings.CATALOG_IMPORT_HOLD else RunState.DONE
            import_feed(read(address), address, ends_as, say=lambda sentence: None)
        except Exception as error:  # any error is reported below
            problems.append(f"{address}: {error}")
    if problems:
        raise ImportFailedError(" ".join(problems))


register_job(minutes=5)(resume_applying)
register_job(minutes=1)(stamp)  # stamps what remains after writes, and checks the triggers
register_job(hours=24)(drop_old_tombstones)
