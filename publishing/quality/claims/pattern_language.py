"""The pattern language in which editors describe dated claims: words, and placeholders for what varies.

    as of {date}            one phrase per line; case does not matter, and a hyphen equals a space
    current|latest price*   | separates alternative words, * stands for the rest of a word
    the * model             * alone stands for any one word

Patterns are translated into regular expressions, but cannot contain any themselves, so no phrase can cause
backtracking without end. Two words are separated by one character that neither may contain, so a phrase can match a
text in one way only, apart from the few placeholders in braces. The search time is linear in the length of the text.
"""

import re
from functools import lru_cache

from django.core.exceptions import ValidationError

MOST_LINES, LONGEST_LINE, MOST_WORDS, MOST_IN_BRACES = 100, 200, 12, 3
_NUMBER = r"\d{1,15}(?:[.,]\d{1,9}){0,4}"
_MONTH = (
    "(?:January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)"
)
_YEAR = r"(?:19|20)\d\d"
_COIN = "(?:dollars?|cents?|euros?|pounds?|rupees?|USD|EUR|GBP|INR|¢|€|£)"
_SCALE = "(?: ?(?:thousand|million|billion|trillion|k|m|bn))?"
IN_BRACES = {
    "number": _NUMBER,
    "year": _YEAR,
    "date": (
        rf"(?:\d{{1,2}}(?:st|nd|rd|th)? {_MONTH} {_YEAR}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? {_YEAR}"
        rf"|(?:(?:early|mid|late)[ -])?(?:{_MONTH} )?{_YEAR}|\d{{4}}-\d\d-\d\d)"
    ),
    "price": rf"(?:(?:US ?)?[$€£¥₹] ?{_NUMBER}{_SCALE}|{_NUMBER}{_SCALE} ?(?:US[ -])?{_COIN})",
    "version": r"(?:v\d{1,4}(?:\.\d{1,6}){0,3}|\d{1,4}(?:\.\d{1,6}){1,3})",
    "percent": rf"{_NUMBER} ?(?:%|per ?cent)",
}
_KNOWN = ", ".join(f"{{{name}}}" for name in IN_BRACES)
_LITERAL = re.compile(r"[^\W_][\w'’.&+/]*")
_BETWEEN = "[ -]"
_BEFORE, _AFTER = r"(?<![\w])", r"(?![\w])(?![.,]\d)"


def checked(lines: str):
    """Raise ValidationError, with the line and its problem, if `lines` are not valid phrases."""
    phrases(lines)


@lru_cache(maxsize=256)
def compiled(lines: str, exceptions: str) -> re.Pattern:
    """Return a regular expression whose group `claim` matches `lines` where none of `exceptions` covers them."""
    claims = "|".join(phrases(lines)) or r"(?!)"
    covers = "|".join(phrases(exceptions)) or r"(?!)"
    return re.compile(f"{_BEFORE}(?:(?:{covers})|(?P<claim>{claims})){_AFTER}", re.IGNORECASE)


def hits(pattern: re.Pattern, text: str) -> list[str]:
    """Return the words of `text` that are claims by `pattern`, in order."""
    return [match["claim"] for match in pattern.finditer(text) if match["claim"]]


def phrases(lines: str) -> list[str]:
    """Return each phrase as a regular expression, longest first. Raises ValidationError."""
    kept = [" ".join(line.split()) for line in lines.splitlines() if line.strip()]
    if len(kept) > MOST_LINES:
        raise ValidationError(f"These are {len(kept)} phrases; {MOST_LINES} is the most. Make two patterns of it.")
    return [_phrase(line) for line in sorted(kept, key=lambda line: (-len(line.split()), -len(line)))]


def _phrase(line: str) -> str:
    if len(line) > LONGEST_LINE:
        raise ValidationError(f"“{line[:40]}…” is too long: a phrase has {LONGEST_LINE} characters at most.")
    words = re.sub(r"(?<=\w)[-‐‑](?=\w)", " ", line).split()
    if len(words) > MOST_WORDS:
        raise ValidationError(f"“{line}” has {len(words)} words; {MOST_WORDS} is the most.")
    if line.count("{") > MOST_IN_BRACES:
        raise ValidationError(f"“{line}” has more than {MOST_IN_BRACES} things in braces.")
    if not any(all(len(choice.strip("*")) > 1 for choice in word.split("|")) for word in words):
        raise ValidationError(f"“{line}” would be found nearly everywhere: it needs a word of two letters or more.")
    return _BETWEEN.join(_word(word, line) for word in words)


def _word(word: str, line: str) -> str:
    choices = [_choice(choice, line) for choice in word.split("|")]
    return choices[0] if len(choices) == 1 else f"(?:{'|'.join(choices)})"


def _choice(choice: str, line: str) -> str:
    if not choice:
        raise ValidationError(f"“{line}”: a word is missing beside |.")
    if choice == "*":
        return r"[\w'’]{1,40}(?:\.[\w'’]{1,40}){0,2}"
    if choice.startswith("{") or choice.endswith("}"):
        name = choice.strip("{}")
        if choice != f"{{{name}}}" or name not in IN_BRACES:
            raise ValidationError(f"“{line}”: {choice} is none of {_KNOWN}.")
        return IN_BRACES[name]
    literal, has_more = choice.removesuffix("*"), choice.endswith("*")
    if not _LITERAL.fullmatch(literal):
        said = (
            f"“{choice}” is no word. Only letters, numbers, | between words, * at an end and {_KNOWN} mean something."
        )
        raise ValidationError(f"“{line}”: {said}")
    escaped = re.escape(literal).replace("’", "'").replace("'", "['’]")
    return rf"{escaped}[\w'’]{{0,30}}" if has_more else escaped
