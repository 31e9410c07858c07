"""Sending what waits to be mailed. While the server is down it is tried again, ever more rarely."""

import logging
import smtplib
from collections.abc import Callable

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from publishing.models import Mailed

logger = logging.getLogger(__name__)
AT_ONCE = 100


def is_mail_configured() -> bool:
    return bool(settings.MAILERS)


def deliver(row: Mailed, message: EmailMessage) -> bool:
    """Send the mail of `row`, unless it was sent or somebody else is just doing so. Never call it in a transaction.

    Returns False where the server refused or did not answer; that is noted on the row.
    """
    if not row.claim_mail(timezone.now()):
        return True
    stored = type(row).objects.filter(pk=row.pk)
    try:
        message.send()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        # What the server said may name people: it is for the admin, not for the log.
        logger.warning("The mail of %s %s was not sent: %s.", row._meta.verbose_name, row.pk, type(error).__name__)
        stored.update(mail_error=f"{type(error).__name__}: {error}"[:300].replace("\x00", ""))
        return False
    stored.update(mailed_at=timezone.now(), mail_error="")
    return True


def deliver_waiting(rows, mail: Callable[[Mailed], bool]):
    """Mail what of `rows` (in the order of their turn) is due. A server that fails once is left alone until the next
    round."""
    for row in rows.filter(mail_next_at__lte=timezone.now())[:AT_ONCE]:
        if not mail(row):
            break
