"""Authentication by partner key (`Authorization: Bearer …`)."""

import logging
import re
from datetime import timedelta
from typing import cast

from django.db import DatabaseError
from django.db.models import Q
from django.utils import timezone

from ops.http.errors import NamedProblem
from publishing.api.partner import PartnerKey

logger = logging.getLogger(__name__)
SCHEME = "Bearer"
CHALLENGE = f'{SCHEME} realm="api"'
FORM = re.compile(r"[a-zA-Z0-9]{8}\.[a-zA-Z0-9]{32}")
NOTED_EVERY = timedelta(minutes=1)


def refused(name: str, detail: str) -> NamedProblem:
    return NamedProblem(401, name, detail, {"WWW-Authenticate": CHALLENGE})


def key_of(request) -> PartnerKey | None:
    """Return the key of `request`, None without an `Authorization` header. Raises NamedProblem.

    Other schemes are refused, so that a client with a malformed header notices that its key is not used. One query if
    the value has the form of a key.
    """
    if "Authorization" not in request.headers:
        return None
    scheme, _, text = request.headers["Authorization"].partition(" ")
    if scheme.lower() != SCHEME.lower():
        raise refused("key-invalid", f"Send a key as “Authorization: {SCHEME} KEY”, or leave the header out.")
    text = text.strip()
    try:
        key = cast(PartnerKey, PartnerKey.objects.get_from_key(text)) if FORM.fullmatch(text) else None
    except PartnerKey.DoesNotExist:
        key = None
    if key is None:
        raise refused("key-invalid", "This key is unknown or was revoked.")
    if key.has_expired:
        raise refused("key-expired", f"This key expired on {key.expiry_date:%Y-%m-%d}. Request a new one.")
    return key


def note_use(key: PartnerKey) -> None:
    """Record that the key was used, at most once a minute. A failure does not affect the response."""
    now = timezone.now()
    if key.last_used_at and key.last_used_at > now - NOTED_EVERY:
        return
    unnoted = Q(last_used_at=None) | Q(last_used_at__lte=now - NOTED_EVERY)
    try:
        PartnerKey.objects.filter(unnoted, pk=key.pk).update(last_used_at=now)
    except DatabaseError:
        logger.warning("The use of a key could not be noted.", exc_info=True)
