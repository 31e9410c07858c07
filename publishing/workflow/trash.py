"""Empty the trash: records are deleted after some days, unless others refer to them."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils import timezone

from publishing.content.publishable import Publishable
from publishing.content.registry import publishable_models

logger = logging.getLogger(__name__)
AT_ONCE = 200


def purge_date(record: Publishable) -> datetime:
    """Return when a record in the trash will be deleted permanently."""
    return record.deleted_at + timedelta(days=settings.TRASH_DAYS)


def due_for_purge(model):
    """Return the records of `model` that were in the trash for longer than TRASH_DAYS, oldest first."""
    before = timezone.now() - timedelta(days=settings.TRASH_DAYS)
    return model._base_manager.filter(deleted_at__lt=before).order_by("deleted_at", "pk")


def empty_trash() -> int:
    """Delete at most 200 overdue records, each in its own transaction, unless others refer to them; return how many."""
    deleted = 0
    for model in publishable_models():
        for pk in list(due_for_purge(model).values_list("pk", flat=True)):
            if deleted == AT_ONCE:
                return deleted
            deleted += _delete(model, pk)
    if deleted:
        logger.info("%s records were deleted after %s days in the trash.", deleted, settings.TRASH_DAYS)
    return deleted


def _delete(model, pk) -> bool:
    try:
        with transaction.atomic():
            # Checked again under the lock, since the record may just have been restored.
            record = due_for_purge(model).select_for_update(of=("self",)).filter(pk=pk).first()
            if record is None:
                return False
            record.delete()
    except (ProtectedError, RestrictedError):
        return False
    return True
