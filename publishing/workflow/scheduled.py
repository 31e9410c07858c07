"""Publish scheduled updates when a reader requests the page before the job has run."""

import logging

from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError

from ops.db.lock_timeout import lock_timeout
from publishing.content.revised import Revised
from publishing.revisions.models import Revision
from publishing.workflow.actions import apply_or_say_why_not

logger = logging.getLogger(__name__)
PATIENCE_MS = 200  # how long a reader waits for a lock before getting the page as it is


def read_up_to_date(model, slug: str, find, site):
    """Return the record of this address, or None, after publishing an overdue update of it.

    `find` returns a list of the record or an empty one. There is no additional query unless the settings of the `site`
    say that some update is overdue.
    """
    record = next(iter(find()), None)
    if not site.has_update_due or not issubclass(model, Revised):
        return record
    due = Revision.objects.due().filter(record_type=ContentType.objects.get_for_model(model).pk)
    # A record that was found may have an overdue update; otherwise an update may move a record to this address.
    updates = due.filter(content__fields__slug=slug) if record is None else due.filter(record_id=record.pk)
    return next(iter(find()), None) if _apply(updates) else record


def _apply(updates) -> bool:
    """Publish the first update; return whether this call did. Never raises: the reader gets the page in any case."""
    try:
        pk = next(iter(updates.values_list("pk", flat=True)), None)
        if pk is None:
            return False
        with lock_timeout(PATIENCE_MS):
            return apply_or_say_why_not(pk)
    except DatabaseError as error:
        logger.warning("An overdue update could not go live while a page was read: %s", type(error).__name__)
        return False
