"""Detection of contradicting answers to the same question, by their words."""

import re
from collections import defaultdict

from faq.duplicates.wording import SAME, Wording
from publishing.content.facts import with_current_values
from publishing.richtext.reading import plain_text
from publishing.search.words import stem

# "No one knows" does not match as "no".
OPENING = re.compile(
    r"\W*(yes|no)\b[”’\"»]*(?=\s*[,.;:!–—-]|\s*$|\s+(?:it|they|he|she|there|not|you|we|but)\b)", re.IGNORECASE
)
BOTH = re.compile(r"\W*(?:yes and no|no and yes|yes or no|yes,? but also no)\b", re.IGNORECASE)
SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9, "trillion": 1e12}
COUNTED = """
    second minute hour day week month year token word character page percent parameter layer step bit byte kb mb gb tb
    user request message question image language euro dollar pound
"""
UNITS = frozenset(COUNTED.split())
SIGNS = {"$": "dollar", "€": "euro", "£": "pound", "%": "percent"}
VALUE = re.compile(
    r"(?<![\w.,-])(?P<sign>[$€£])?\s?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:[\s-]?(?P<scale>k|thousand|m|million|bn|billion|trillion)\b)?(?:\s?(?P<percent>%)|[\s-](?P<unit>[a-z]+))?",
    re.IGNORECASE,
)


def contradiction(wording: Wording, answer: str, other: Wording, other_answer: str) -> str:
    """Return a sentence on how the answers (sanitised HTML) contradict each other; "" if they do not seem to."""
    if not answer or not other_answer:
        return ""
    text, other_text = (plain_text(with_current_values(html)) for html in (answer, other_answer))
    first, second = opening(text), opening(other_text)
    if first and second and _is_comparable(wording, other) and (first == second) == (wording.turns != other.turns):
        return f"One answer begins with “{first}”, the other with “{second}”."
    other_values = values(other_text)
    for unit, (numbers, phrases) in values(text).items():
        others, other_phrases = other_values.get(unit, (set(), []))
        if others and numbers.isdisjoint(others):
            return f"One answer says {_listed(phrases)}, the other {_listed(other_phrases)}."
    return ""


def opening(text: str) -> str:
    """Return "yes" or "no" if the text starts with it, else ""."""
    match = OPENING.match(text)
    return match[1].lower() if match and not BOTH.match(text) else ""


def values(text: str) -> dict[str, tuple[set[float], list[str]]]:
    """Return the numbers in a text by the known unit that they count, with the matched words."""
    values_by_unit = defaultdict(lambda: (set(), []))
    for match in VALUE.finditer(text):
        unit = SIGNS.get(match["sign"] or match["percent"] or "") or stem((match["unit"] or "").lower())
        if unit in UNITS:
            number = float(match["number"].replace(",", "")) * SCALES.get((match["scale"] or "").lower(), 1)
            values_by_unit[unit][0].add(number)
            values_by_unit[unit][1].append(match[0].strip())
    return dict(values_by_unit)


def _is_comparable(wording: Wording, other: Wording) -> bool:
    """Return whether "yes" means the same for both: not if one asks for the opposite direction of the other."""
    if not (wording.is_yes_no and other.is_yes_no) and SAME not in wording.tokens:
        return False
    return not (wording.is_one_way or other.is_one_way) or wording.terms == other.terms


def _listed(phrases: list[str]) -> str:
    return " and ".join(f"“{word}”" for word in list(dict.fromkeys(phrases))[:2])
