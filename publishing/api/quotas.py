"""How much one asker may ask of the API in a window of time. If nobody can count just now, the request is answered."""

import time
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import salted_hmac

from ops import counter_store
from publishing.client_address import client_address, network_of


@dataclass(frozen=True)
class Quota:
    """So many requests of one asker, in each window."""

    name: str
    asker: str
    limit: int
    window_seconds: int

    @property
    def policy(self) -> str:
        """The field `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10)."""
        return f'"{self.name}";q={self.limit};w={self.window_seconds}'


@dataclass(frozen=True)
class Count:
    """What is left of a quota after a request. `key` is where it is counted."""

    quota: Quota
    is_within: bool
    left: int
    reset_seconds: int
    key: str

    @property
    def field(self) -> str:
        """The field `RateLimit` of the same draft."""
        return f'"{self.quota.name}";r={self.left};t={self.reset_seconds}'


def quota_for(request, key) -> Quota | None:
    """Return the quota of the key's partner, else of the asker's network address; None where there is no limit."""
    if key:
        quota = Quota("key", f"partner {key.partner_id}", settings.API_QUOTA_KEY, settings.API_QUOTA_SECONDS)
    else:
        network = network_of(client_address(request))
        quota = Quota("address", network, settings.API_QUOTA_ADDRESS, settings.API_QUOTA_SECONDS)
    return quota if quota.limit else None


def take(quota: Quota) -> Count | None:
    """Count one request, unless the quota is used up. None where nobody can count just now."""
    digest = salted_hmac("publishing.api.quotas", f"{quota.name} {quota.asker}", algorithm="sha256").hexdigest()
    # Each asker's windows begin at another moment, so that not all come back in the same second.
    now = time.time() + int(digest[:8], 16) % quota.window_seconds
    window, elapsed = divmod(now, quota.window_seconds)
    reset = max(1, -int(-(quota.window_seconds - elapsed) // 1))
    key = f"quota:{digest}:{quota.window_seconds}:{int(window)}"
    used = counter_store.take(key, quota.limit, reset)
    if used is None:
        return None
    return Count(quota, used <= quota.limit, max(0, quota.limit - used), reset, key)


def give_back(count: Count) -> Count:
    """Return what is left when the request that was counted is free after all."""
    counter_store.give_back(count.key)
    return Count(count.quota, True, min(count.quota.limit, count.left + 1), count.reset_seconds, count.key)
