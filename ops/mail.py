"""Send mail."""

import logging
import smtplib

from django.conf import settings
from django.core.mail import EmailMessage

logger = logging.getLogger(__name__)


def is_mail_configured() -> bool:
    return bool(settings.MAILERS)


def send(message: EmailMessage, about: str) -> str:
    """Send a mail, marked as sent by a program; return the error, or "" on success. Never call it in a transaction."""
    if not is_mail_configured():
        return "The site has no mail server."
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    try:
        message.send()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        # The server's message may name people: it is for the admin, not for the log.
        logger.warning("The mail of %s was not sent: %s.", about, type(error).__name__)
        return f"{type(error).__name__}: {error}"[:300].replace("\x00", "")
    return ""
