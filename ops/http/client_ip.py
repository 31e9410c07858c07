"""The client's IP address, by which rate limits count."""

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    return address_in(request.META)


def address_in(environ: Mapping[str, Any]) -> str:
    """Read X-Forwarded-For from its end, where each proxy appends its caller, past TRUSTED_PROXIES only."""
    address = environ.get("REMOTE_ADDR", "")
    for hop in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        caller = _parsed(address)
        is_trusted = caller is not None and any(caller in network for network in settings.TRUSTED_PROXIES)
        if not is_trusted or not _parsed(hop.strip()):
            break
        address = hop.strip()
    return str(_parsed(address) or address)


def network_of(address: str) -> str:
    """Return the network to count `address` by: a /64 for IPv6, which one customer has; invalid text unchanged."""
    parsed = _parsed(address)
    if parsed is None:
        return address
    return str(ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)


def _parsed(text: str):
    """Return the address in `text`, with IPv4-mapped IPv6 (::ffff:192.0.2.1) as IPv4; None if it is not an address."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
