"""Slugs for URLs."""

from collections.abc import Collection

from anyascii import anyascii
from django.utils.text import slugify

MAX_LENGTH = 100


def slug_for(text: str, fallback: str, taken: Collection[str] = frozenset()) -> str:
    """Return an ASCII slug not in `taken`; `fallback` if no part of the words can be transliterated."""
    stem = slugify(anyascii(text).replace(".", "-").replace("_", "-"))[:MAX_LENGTH].strip("-") or fallback
    slug, number = stem, 1
    while slug in taken:
        number += 1
        slug = numbered(stem, number)
    return slug


def numbered(stem: str, number: int) -> str:
    """Return the slug for the `number`th record with the same stem; the first gets the stem itself."""
    return f"{stem[: MAX_LENGTH - 8].rstrip('-')}-{number}" if number > 1 else stem
