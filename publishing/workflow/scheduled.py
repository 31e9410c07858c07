"""Scheduled updates that a reader notices before any job does."""

import logging

from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError

from ops.db.lock_timeout import lock_timeout
from publishing.content.revised import Revised
from publishing.revisions.models import Revision
from publishing.workflow.actions import apply_or_say_why_not

logger = logging.getLogger(__name__)
PATIENCE_MS = 200  # how long a reader waits for somebody who is writing; then she gets the page as it stands


def read_up_to_date(model, slug: str, find, site):
    """Return the record of this address, or None, after an update of it that is overdue went live.

    `find` looks for it and returns a list of one or none. No query more, unless the settings of the `site` say that
    some update is overdue.
    """
    record = next(iter(find()), None)
    if not site.has_update_due or not issubclass(model, Revised):
        return record
    due = Revision.objects.due().filter(record_type=ContentType.objects.get_for_model(model).pk)
    # What is found may be overdue; what is not may be what an update brings to this address.
    updates = due.filter(content__fields__slug=slug) if record is None else due.filter(record_id=record.pk)
    return next(iter(find()), None) if _apply(updates) else record


def _apply(updates) -> bool:
    """Let the first go live; return whether that was done now. Never raises: the reader gets her page in any case."""
    try:
        pk = next(iter(updates.values_list("pk", flat=True)), None)
        if pk is None:
            return False
        with lock_timeout(PATIENCE_MS):
            return apply_or_say_why_not(pk)
    except DatabaseError as error:
        logger.warning("An overdue update could not go live while a page was read: %s", type(error).__name__)
        return False
