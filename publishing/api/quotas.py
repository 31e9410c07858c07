"""How much one asker may ask of the API in a window of time. If nobody can count just now, the request is answered."""

import time
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils.crypto import salted_hmac

from ops.http.client_ip import client_address, network_of
from ops.limits import counter_store


@dataclass(frozen=True)
class Quota:
    """What one asker has used of so many requests in a window. `key` is where it is counted."""

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
        """The fields of draft-ietf-httpapi-ratelimit-headers-10."""
        return {
            "RateLimit-Policy": f'"{self.name}";q={self.limit};w={self.window_seconds}',
            "RateLimit": f'"{self.name}";r={max(0, self.limit - self.used)};t={self.reset_seconds}',
        }

    def give_back(self) -> "Quota":
        """Return the quota when the request that was counted is free after all."""
        counter_store.give_back(self.key)
        return replace(self, used=self.used - 1)


def quota_of(request, key) -> Quota | None:
    """Count a request for the key's partner, else for the asker's network address.

    None where there is no limit, or nobody can count just now.
    """
    if key:
        name, asker, limit = "key", f"partner {key.partner_id}", settings.API_QUOTA_KEY
    else:
        name, asker, limit = "address", network_of(client_address(request)), settings.API_QUOTA_ADDRESS
    return take(name, asker, limit, settings.API_QUOTA_SECONDS) if limit else None


def take(name: str, asker: str, limit: int, window_seconds: int) -> Quota | None:
    """Count one request, unless the quota is used up. None where nobody can count just now."""
    digest = salted_hmac("publishing.api.quotas", f"{name} {asker}", algorithm="sha256").hexdigest()
    # Each asker's windows begin at another moment, so that not all come back in the same second.
    now = time.time() + int(digest[:8], 16) % window_seconds
    window, elapsed = divmod(now, window_seconds)
    reset = max(1, -int(-(window_seconds - elapsed) // 1))
    key = f"quota:{digest}:{window_seconds}:{int(window)}"
    used = counter_store.take(key, limit, reset)
    return None if used is None else Quota(name, limit, window_seconds, used, reset, key)
