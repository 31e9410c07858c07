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


def read_up_to_date(queryset, slug: str):
    """Return the record of this address in `queryset`, or None, after an update of it that is overdue went live.

    Costs no query more, unless there is such an update or no such record.
    """
    if not issubclass(queryset.model, Revised):
        return queryset.filter(slug=slug).first()
    kind = ContentType.objects.get_for_model(queryset.model)
    due = Revision.objects.due().filter(record_type=kind)
    # What is found may be overdue; what is not may be what an update brings to this address.
    record = queryset.annotate(is_overdue=Exists(due.filter(record_id=OuterRef("pk")))).filter(slug=slug).first()
    if record is not None:
        updates = due.filter(record_id=record.pk) if record.is_overdue else due.none()
    else:
        updates = due.filter(content__fields__slug=slug)
    if not _apply(updates):
        return record
    return queryset.filter(slug=slug).first()


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
