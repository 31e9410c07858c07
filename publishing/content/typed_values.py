"""Compare values that authors typed with those of the catalogue: numbers, prices and dates in words."""

import re

SCALES = {"k": 1_000, "thousand": 1_000, "m": 1_000_000, "million": 1_000_000, "": 1}
NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?|\.\d+)[ -]?(k|thousand|m|million)?\b ?(cents?\b|¢)?", re.IGNORECASE)
PER = re.compile(r"(?:per|/|for) ?(\d[\d,]*)? ?(k|thousand|m|million)?\b", re.IGNORECASE)
ROUNDED, EXACT = 0.05, 1e-9  # “128K” may be 131,072
DATE_PARTS = [
    re.compile(r"\b(?:19|20)\d\d\b"),
    re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"),
    re.compile(r"\b\d{1,2}\b(?!,\d)"),
]


def agrees(typed: str, current: str) -> bool:
    """Return whether the value in the words `typed` is the one in `current`, as far as it is precise."""
    parts = [(part.search(typed.lower()), part.search(current.lower())) for part in DATE_PARTS]
    if parts[0][1]:
        return all(mine[0] == theirs[0] for mine, theirs in parts if mine and theirs)
    mine, theirs = NUMBER.search(typed), NUMBER.search(current)
    if not mine or not theirs:
        return True
    count = _count(current, theirs)
    return abs(_count(typed, mine) - count) <= (ROUNDED if mine[2] else EXACT) * count


def _count(text: str, match: re.Match) -> float:
    """Return a number with its scale; for a price that of one token."""
    per = PER.search(text, match.end())
    divisor = float((per[1] or "1").replace(",", "")) * SCALES[(per[2] or "").lower()] if per else 1
    return float(match[1].replace(",", "")) * SCALES[(match[2] or "").lower()] / (100 if match[3] else 1) / divisor
