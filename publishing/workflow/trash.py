"""What becomes of the trash: what has lain there long enough is deleted for good, unless something holds on to it."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.db.models.deletion import Collector
from django.utils import timezone

from publishing.content.registry import publishable_models

logger = logging.getLogger(__name__)
AT_ONCE = 200


def gone_on(record) -> datetime:
    """The moment from which a record in the trash is deleted for good."""
    return record.deleted_at + timedelta(days=settings.TRASH_DAYS)


def overdue(model):
    """The records of `model` that have lain in the trash for longer than TRASH_DAYS, those first that lie longest."""
    before = timezone.now() - timedelta(days=settings.TRASH_DAYS)
    return model._base_manager.filter(deleted_at__lt=before).order_by("deleted_at", "pk")


def holders_of(record) -> list:
    """The records that a database would not let go of `record`."""
    try:
        Collector(using=record._state.db, origin=record).collect([record])
    except ProtectedError as error:
        return sorted(error.protected_objects, key=str)
    except RestrictedError as error:
        return sorted(error.restricted_objects, key=str)
    return []


def empty_trash() -> int:
    """Delete for good what is overdue, 200 at most, each record in a transaction of its own; return how many went.

    What something holds on to stays, and the list of the trash says so.
    """
    deleted = 0
    for model in publishable_models():
        for pk in list(overdue(model).values_list("pk", flat=True)):
            if deleted == AT_ONCE:
                return deleted
            deleted += _delete(model, pk)
    if deleted:
        logger.info("%s records were deleted after %s days in the trash.", deleted, settings.TRASH_DAYS)
    return deleted


def _delete(model, pk) -> bool:
    try:
        with transaction.atomic():
            # Asked again under the lock: somebody may just have brought it back.
            record = overdue(model).select_for_update(of=("self",)).filter(pk=pk).first()
            if record is None:
                return False
            record.delete()
    except (ProtectedError, RestrictedError):
        return False
    return True
