"""Compare values that authors typed with those of the catalogue: numbers and dates in words."""

import re

SCALES = {"k": 1_000, "thousand": 1_000, "m": 1_000_000, "million": 1_000_000, "": 1}
NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?) ?(k|thousand|m|million)?\b", re.IGNORECASE)
ROUNDED = 0.05  # “128K” may be 131,072
DATE_PARTS = [
    re.compile(r"\b(?:19|20)\d\d\b"),
    re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"),
    re.compile(r"\b\d{1,2}\b(?!,\d)"),
]


def agrees(typed: str, known: str) -> bool:
    """Return whether the value in the words `typed` is the one in `known`, as far as it is precise."""
    parts = [(part.search(typed.lower()), part.search(known.lower())) for part in DATE_PARTS]
    if parts[0][1]:
        return all(mine[0] == theirs[0] for mine, theirs in parts if mine and theirs)
    mine, theirs = NUMBER.search(typed), NUMBER.search(known)
    if not mine or not theirs:
        return True
    mine_count, count = (float(one[1].replace(",", "")) * SCALES[(one[2] or "").lower()] for one in (mine, theirs))
    return abs(mine_count - count) <= (ROUNDED * count if mine[2] else 0)
