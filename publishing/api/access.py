"""The middleware of the API: keys, quotas and caching headers of every request."""

import logging
import re
from datetime import timedelta
from typing import cast

from django.db import DatabaseError
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers

from ops.http.errors import NamedProblem, error_response, is_api
from ops.http.middleware import Middleware
from publishing.api.partner import PartnerKey
from publishing.api.quotas import quota_of


class ApiAccessMiddleware(Middleware):
    """Checks keys and quotas. It comes before the middleware that answers 304, since those requests are free."""

    def __call__(self, request):
        if not is_api(request):
            return self.get_response(request)
        key, problem = None, None
        try:
            key = key_of(request)
        except NamedProblem as error:
            problem = error
        request.partner_key = key
        quota = quota_of(request, key)
        # An expired key is named even when the address has used up its quota; otherwise the partner would wait in vain.
        # This helps no one to guess keys: only the whole right key is known to be expired.
        if quota and not quota.is_within and not (problem and problem.problem_name == "key-expired"):
            reason = f"{quota.limit} requests in {quota.window_seconds} seconds are used up."
            detail = f"{reason} Wait {quota.reset_seconds} seconds. A 304 does not count."
            problem = NamedProblem(429, "rate-limit-exceeded", detail, {"Retry-After": str(quota.reset_seconds)})
        if problem:
            message, name = str(problem.detail), problem.problem_name
            response = error_response(request, problem.status_code, message, name=name, headers=problem.headers)
        else:
            response = self.get_response(request)
            if response.status_code == 304 and quota:
                quota = quota.give_back()
        for name, value in (quota.headers if quota else {}).items():
            response.headers[name] = value
        mark_private(request, response)
        response.headers["X-Robots-Tag"] = "noindex"  # programs may read it, search engines should show the pages
        if key:
            note_use(key)
        return response


def mark_private(request, response):
    """Keep caches from serving a response to others if it was refused or contains the quota of a client."""
    patch_vary_headers(response, ["Authorization"])
    if not response.has_header("Cache-Control"):
        response.headers["Cache-Control"] = "no-store"
    elif "Authorization" in request.headers and "no-store" not in response.headers["Cache-Control"]:
        patch_cache_control(response, private=True)


logger = logging.getLogger(__name__)
SCHEME = "Bearer"
CHALLENGE = f'{SCHEME} realm="api"'
FORM = re.compile(r"[a-zA-Z0-9]{8}\.[a-zA-Z0-9]{32}")
NOTED_EVERY = timedelta(minutes=1)


def refused(name: str, detail: str) -> NamedProblem:
    return NamedProblem(401, name, detail, {"WWW-Authenticate": CHALLENGE})


def key_of(request: HttpRequest) -> PartnerKey | None:
    """Return the key of `request`, None without an `Authorization` header. Raises NamedProblem. At most one query.

    Other schemes are refused, so that a client with a malformed header notices that its key is not used.
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
