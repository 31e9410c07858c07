"""The only way to fetch something from the web: https only, public addresses only, with limits on size and time.

The name is resolved once and the connection goes to the checked address, so a second DNS answer cannot lead elsewhere.
Each redirect is checked in the same way.
"""

import http.client
import ipaddress
import logging
import socket
import ssl
from contextlib import closing
from time import monotonic
from urllib.parse import urljoin, urlsplit

from django.db import connection

logger = logging.getLogger(__name__)
TIMEOUT_SECONDS = 20  # for each step
WHOLE_SECONDS = 120
MOST_REDIRECTS = 3
CHUNK = 64 * 1024
# Addresses that translate to others, which may be private: NAT64, 6to4, Teredo.
TRANSLATED = [ipaddress.ip_network(text) for text in ("64:ff9b::/96", "2002::/16", "2001::/32")]
REDIRECTS = {301, 302, 303, 307, 308}


class FetchError(Exception):
    """The URL could not be fetched, or must not be; the message is a sentence that says why."""


def fetch(url: str, *, most_bytes: int) -> bytes:
    """Return the content of `url`. Raises FetchError, also in a transaction, which would otherwise wait for the web."""
    if any(not block._from_testcase for block in connection.atomic_blocks):  # pyright: ignore[reportAttributeAccessIssue] as Django checks `durable`
        raise FetchError("Nothing is fetched from the web within a transaction.")
    deadline = monotonic() + WHOLE_SECONDS
    for _ in range(MOST_REDIRECTS + 1):
        answer = _get(url, most_bytes, deadline)
        if isinstance(answer, bytes):
            return answer
        url = urljoin(url, answer)
    raise FetchError(f"{url} is redirected more than {MOST_REDIRECTS} times.")


def _get(url: str, most_bytes: int, deadline: float) -> bytes | str:
    """Return the content, or the address of a redirect."""
    parts = _checked(url)
    path = parts.path or "/"
    target = f"{path}?{parts.query}" if parts.query else path
    try:
        with closing(Connection(parts.hostname or "", parts.port or 443)) as client:
            client.request("GET", target, headers={"Accept-Encoding": "identity", "User-Agent": "Vitrine"})
            response = client.getresponse()
            if response.status in REDIRECTS:
                return response.headers.get("Location", "")
            if response.status != 200:
                raise FetchError(f"{url} answers {response.status}.")
            return _body(response, url, most_bytes, deadline)
    except (OSError, http.client.HTTPException) as error:
        logger.warning("%s cannot be fetched: %s", url, error)
        raise FetchError(f"Could not reach {parts.hostname}.") from error


def _checked(url: str):
    try:
        parts = urlsplit(url)
        is_good = parts.scheme == "https" and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        is_good = False
    if not is_good or "@" in parts.netloc or any(ord(sign) <= 32 or ord(sign) > 126 for sign in url):
        raise FetchError(f"{url!r} is not an address that begins with https://.")
    return parts


def _body(response, url, most_bytes, deadline) -> bytes:
    length = response.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > most_bytes:
        raise FetchError(f"{url} is larger than {most_bytes:,} bytes.")
    content = bytearray()
    while chunk := response.read1(CHUNK):
        content += chunk
        if len(content) > most_bytes:
            raise FetchError(f"{url} is larger than {most_bytes:,} bytes.")
        if monotonic() > deadline:
            raise FetchError(f"{url} takes longer than {WHOLE_SECONDS} seconds.")
    if length.isdigit() and len(content) != int(length):
        raise FetchError(f"{url} broke off.")
    return bytes(content)


class Connection(http.client.HTTPSConnection):
    """A connection to the public address of a host, with the certificate checked for the host's name."""

    def __init__(self, host: str, port: int):
        self.tls = ssl.create_default_context()
        super().__init__(host, port, timeout=TIMEOUT_SECONDS, context=self.tls)

    def connect(self) -> None:
        address = public_address(self.host, self.port)
        plain = socket.create_connection((address, self.port), self.timeout)
        self.sock = self.tls.wrap_socket(plain, server_hostname=self.host)


def public_address(host: str, port: int) -> str:
    """Return an address of `host`. Raises FetchError if it has none, or any that is not public."""
    try:
        addresses = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        logger.warning("There is no address for %s: %s", host, error)
        raise FetchError(f"Could not reach {host}.") from error
    for text in sorted(addresses):
        address = ipaddress.ip_address(text.partition("%")[0])
        address = getattr(address, "ipv4_mapped", None) or address
        if not address.is_global or address.is_multicast or any(address in network for network in TRANSLATED):
            raise FetchError(f"{host} is at {text}, which is not a public address.")
    return sorted(addresses, key=lambda text: (":" in text, text))[0]
