"""Scheduled updates that a reader notices before any job does."""

import logging

from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError
from django.db.models import Exists, OuterRef

from publishing.models import Revised, Revision
from publishing.patience import patience
from publishing.revisions.acts import apply_or_say_why_not

logger = logging.getLogger(__name__)
PATIENCE_MS = 200  # how long a reader waits for somebody who is writing; then she gets the page as it stands


def read_up_to_date(model, slug: str, find):
    """Return the record of this address, or None, after an update of it that is overdue went live.

    `find` looks for it: it returns a list of one or none, of a Revised kind, whose content type it then gets besides,
    `with_overdue`. Costs no query more, unless there is such an update or no such record.
    """
    if not issubclass(model, Revised):
        return next(iter(find(slug)), None)
    kind = ContentType.objects.get_for_model(model).pk
    record = next(iter(find(slug, kind)), None)
    if record is not None and not record.is_overdue:
        return record
    # What is found may be overdue; what is not may be what an update brings to this address.
    due = Revision.objects.due().filter(record_type=kind)
    updates = due.filter(content__fields__slug=slug) if record is None else due.filter(record_id=record.pk)
    return next(iter(find(slug, kind)), None) if _apply(updates) else record


def with_overdue(queryset, kind):
    """With `is_overdue`: whether an update of the record should be live by now. `kind` is its content type's key."""
    due = Revision.objects.due().filter(record_type=kind, record_id=OuterRef("pk"))
    return queryset.annotate(is_overdue=Exists(due))


def _apply(updates) -> bool:
    """Let the first go live; return whether that was done now. Never raises: the reader gets her page in any case."""
    try:
        pk = updates.values_list("pk", flat=True).first()
        if pk is None:
            return False
        with patience(PATIENCE_MS):
            return apply_or_say_why_not(pk)
    except DatabaseError as error:
        logger.warning("An overdue update could not go live while a page was read: %s", type(error).__name__)
        return False
