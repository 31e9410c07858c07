"""Who is asking: the address that throttles count by."""

from ipaddress import ip_address, ip_network

from django.conf import settings


def client_address(request) -> str:
    """Return the address of the asker. `X-Forwarded-For` is believed only as far as TRUSTED_PROXIES wrote it.

    Each proxy appends the address it was called from, so the list is read from its end, past our own proxies.
    """
    address = request.META.get("REMOTE_ADDR", "")
    for hop in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        if not _is_in(address, settings.TRUSTED_PROXIES):
            break
        if not _parsed(hop.strip()):
            break
        address = hop.strip()
    return str(_parsed(address) or address)


def network_of(address: str) -> str:
    """Return whom to count `address` as: an IPv6 customer has a whole /64. What is no address counts as itself."""
    parsed = _parsed(address)
    if parsed is None:
        return address
    return str(ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)


def _is_in(address: str, networks) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in networks)


def _parsed(text: str):
    """The address that `text` writes, an IPv4 one also where IPv6 wraps it (::ffff:192.0.2.1); None if it is none."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
