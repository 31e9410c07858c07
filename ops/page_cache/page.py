"""One cached page: its bytes in each requested encoding, and the response headers."""

import gzip

import brotli
from django.utils.http import parse_etags

from ops.http.encodings import preferred_encoding

ENTRY_BYTES = 800  # size of an entry without its bodies: headers, keys, objects
BROTLI_QUALITY = 5  # smaller than gzip at its best, and compressed in a millisecond
GZIP_LEVEL = 6
COMPRESS = {
    "br": lambda body: brotli.compress(body, quality=BROTLI_QUALITY),
    "gzip": lambda body: gzip.compress(body, GZIP_LEVEL, mtime=0),
}
ENCODINGS = tuple(COMPRESS)
# Headers of a 304 response (RFC 9110, section 15.4.5), and those that middleware adds to every response.
OF_UNCHANGED = {
    *("cache-control", "content-location", "etag", "expires", "last-modified", "vary"),
    *("strict-transport-security", "x-content-type-options", "referrer-policy", "cross-origin-opener-policy"),
    *("access-control-allow-origin", "access-control-expose-headers"),
}

Headers = list[tuple[str, str]]


class Variant:
    """The page in one encoding: its ETag, its bytes, and its headers with a body and without (304)."""

    __slots__ = ("body", "etag", "headers", "unchanged")

    def __init__(self, headers: Headers, body: bytes, encoding: str):
        headers_by_name = {name.lower(): value for name, value in headers}
        self.etag = headers_by_name.get("etag", "")
        if encoding:
            self.etag = f'{self.etag[:-1]}-{encoding}"'
        changed_headers = {"etag": self.etag, "content-length": str(len(body))}
        self.headers = [(name, changed_headers.get(name.lower(), value)) for name, value in headers]
        if encoding:
            self.headers.append(("Content-Encoding", encoding))
        self.body = body
        self.unchanged = [(name, value) for name, value in self.headers if name.lower() in OF_UNCHANGED]

    def is_known_by(self, if_none_match: str) -> bool:
        """Return whether the client has this already. Proxies may have weakened the tag."""
        if if_none_match == self.etag:
            return True
        etags = parse_etags(if_none_match)
        return etags == ["*"] or self.etag in {tag.removeprefix("W/") for tag in etags}


class CachedResponse:
    """A response without any personal data of the reader; `ends_at` and `rendered_at` are seconds since 1970."""

    __slots__ = (
        *("bytes", "ends_at", "content_version", "headers", "may_be_compressed", "plain", "rendered_at", "status"),
        "variants",
    )

    def __init__(self, status: str, headers: Headers, body: bytes, rendered_at: float):
        self.status, self.rendered_at = status, rendered_at
        self.headers = [(name, value) for name, value in headers if name.lower() != "x-request-id"]
        # Django's compression sets Vary on every response that it would compress.
        self.may_be_compressed = any(name.lower() == "vary" for name, _ in self.headers)
        self.plain = Variant(self.headers, body, "")
        self.variants = {"": self.plain}
        self.content_version, self.ends_at = None, 0.0
        self.bytes = ENTRY_BYTES + len(body)

    @property
    def is_ok(self) -> bool:
        return self.status.startswith("200")

    @property
    def is_error(self) -> bool:
        return self.status.startswith("5")

    @property
    def may_be_kept(self) -> bool:
        """Return whether this is the same for all readers, according to its headers."""
        headers_by_name = {name.lower(): value.lower() for name, value in self.headers}
        policy = headers_by_name.get("cache-control", "")
        return (
            self.is_ok
            and "public" in policy
            and not any(word in policy for word in ("private", "no-store", "no-cache"))
            and "set-cookie" not in headers_by_name
            and "content-encoding" not in headers_by_name
            and headers_by_name.get("vary", "accept-encoding") == "accept-encoding"
            and headers_by_name.get("etag", "").startswith('"')
        )

    def in_encoding(self, accepted: str) -> Variant | None:
        """Return the variant for an Accept-Encoding; None if it has not been made yet."""
        return self.variants.get(preferred_encoding(accepted, ENCODINGS)) if self.may_be_compressed else self.plain

    def compressed(self, accepted: str) -> tuple[Variant, int]:
        """Make the variant for an Accept-Encoding; return it, and the number of bytes by which the page grew."""
        encoding = preferred_encoding(accepted, ENCODINGS)
        body = COMPRESS[encoding](self.plain.body)
        if len(body) >= len(self.plain.body):
            variant, grown = self.plain, 0
        else:
            variant, grown = Variant(self.headers, body, encoding), len(body) + ENTRY_BYTES
        # If two threads compress at once, the first one's variant is used.
        if self.variants.setdefault(encoding, variant) is not variant:
            return self.variants[encoding], 0
        self.bytes += grown
        return variant, grown


NOT_MODIFIED = "304 Not Modified"
