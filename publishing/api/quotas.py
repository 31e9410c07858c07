"""Quotas of the API per client and time window. While counters are unavailable, requests are not limited."""

import logging
import time
from dataclasses import dataclass, replace

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from ops.http.client_ip import client_address, network_of
from ops.limits import counter_store
from ops.metrics.requests import note_refusal
from publishing.api.partner import PartnerKey

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Quota:
    """The use of a quota by a client in the current window. `key` is the key of its counter."""

    name: str
    limit: int
    window_seconds: int
    used: int
    reset_seconds: int
    key: str

    @property
    def is_within(self) -> bool:
        return self.used <= self.limit

    @property
    def headers(self) -> dict[str, str]:
        """The header fields of draft-ietf-httpapi-ratelimit-headers-10."""
        return {
            "RateLimit-Policy": f'"{self.name}";q={self.limit};w={self.window_seconds}',
            "RateLimit": f'"{self.name}";r={max(0, self.limit - self.used)};t={self.reset_seconds}',
        }

    def give_back(self) -> "Quota":
        """Return the quota without the counted request, which turned out to be free."""
        counter_store.give_back(self.key)
        return replace(self, used=self.used - 1)


def quota_of(request: HttpRequest, key: PartnerKey | None) -> Quota | None:
    """Count a request of the partner or the client's network; None without a limit or if counters are unavailable."""
    if key:
        name, asker, limit = "key", f"partner {key.partner_id}", settings.API_QUOTA_KEY
    else:
        name, asker, limit = "address", network_of(client_address(request)), settings.API_QUOTA_ADDRESS
    quota = take(name, asker, limit, settings.API_QUOTA_SECONDS) if limit else None
    if quota and not quota.is_within:
        note_refusal(name)
        # Once in each window, so that one client cannot fill the log.
        if counter_store.take(f"{quota.key}:logged", 1, quota.reset_seconds) == 1:
            used_by = f"{asker} (key {key})" if key else asker
            message = "The API quota of %s is used up: %s requests in %s seconds."
            logger.warning(message, used_by, quota.limit, quota.window_seconds)
    return quota


def take(name: str, asker: str, limit: int, window_seconds: int) -> Quota | None:
    """Count one request, unless the quota is used up. None if the counters are unavailable."""
    digest = salted_hmac("publishing.api.quotas", f"{name} {asker}", algorithm="sha256").hexdigest()
    # The windows of clients start at different times, so that they do not all return in the same second.
    now = time.time() + int(digest[:8], 16) % window_seconds
    window, elapsed = divmod(now, window_seconds)
    reset = max(1, -int(-(window_seconds - elapsed) // 1))
    key = f"quota:{digest}:{window_seconds}:{int(window)}"
    used = counter_store.take(key, limit, reset)
    return None if used is None else Quota(name, limit, window_seconds, used, reset, key)
