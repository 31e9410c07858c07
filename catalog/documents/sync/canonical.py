"""The canonical form and hash of documents, which anyone can reproduce (docs/feed-vectors.json)."""

import hashlib
from collections.abc import Iterable

import orjson


def canonical(document: dict) -> bytes:
    """Return the document in the canonical JSON of RFC 8785.

    orjson's output is the same for ASCII names and integers below 2**53; documents have no others.
    """
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def hash_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def digest_of(rows: Iterable[tuple[str, str, str]]) -> tuple[str, int]:
    """Return the digest of rows (type, id, hash), which must be sorted by bytes, and their number."""
    digest, count = hashlib.sha256(), 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 (the last one is wanted)
        digest.update(("\t".join(row) + "\n").encode())
    return digest.hexdigest(), count
