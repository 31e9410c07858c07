"""The client's IP address, by which rate limits count."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

type Address = IPv4Address | IPv6Address | str  # text if it cannot be read


def client_address(request: HttpRequest) -> str:
    return str(address_in(request.META.get("REMOTE_ADDR"), request.META.get("HTTP_X_FORWARDED_FOR")))


def address_in(caller: str | None, forwarded_for: str | None) -> Address:
    """Read X-Forwarded-For from its end, where each proxy appends its caller, past TRUSTED_PROXIES only."""
    address = _parsed(caller or "")
    for hop in reversed((forwarded_for or "").split(",")):
        if address is None or not any(address in network for network in settings.TRUSTED_PROXIES):
            break
        before = _parsed(hop.strip())
        if before is None:
            break
        address = before
    return address or caller or ""


def network_of(address: Address) -> str:
    """Return the network to count `address` by: a /64 for IPv6, which one customer has; invalid text unchanged."""
    parsed = _parsed(address) if isinstance(address, str) else address
    is_v6 = isinstance(parsed, IPv6Address)
    return str(ip_network((parsed, 64), strict=False) if is_v6 else parsed or address)


def _parsed(text: str):
    """Return the address in `text`, with IPv4-mapped IPv6 (::ffff:192.0.2.1) as IPv4; None if it is not an address."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
