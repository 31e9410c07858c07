"""How documents are written and hashed, so that anybody can do the same and compare (docs/feed-vectors.json)."""

import hashlib
from collections.abc import Iterable

import orjson


def canonical(document: dict) -> bytes:
    """Return the document in the canonical JSON of RFC 8785.

    That is what orjson writes as long as names are ASCII and numbers are whole and below 2**53, as ours are: the order
    of names and the form of other numbers is where the two would differ.
    """
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def hash_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def digest_of(rows: Iterable[tuple[str, str, str]]) -> tuple[str, int]:
    """Return the digest of (type, id, hash), which must come sorted by bytes, and how many there were."""
    digest, count = hashlib.sha256(), 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 (the last one is wanted)
        digest.update(("\t".join(row) + "\n").encode())
    return digest.hexdigest(), count
