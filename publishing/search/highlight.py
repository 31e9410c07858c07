"""Find the searched words in a text. Results are plain text in segments, each with a flag for marked or not."""

import re
import unicodedata

from publishing.richtext.sentences import shorten
from publishing.search.query import Query, Term
from publishing.search.words import UNSPACED, stem

Segments = list[tuple[str, bool]]

SNIPPET = 200  # characters
INNER = "[-‐‑–.·'’_]?"  # may occur inside a word: DALL·E, 3.5
BETWEEN = r"[\W_]{0,3}"
UNSPACED_SIGN = re.compile(f"[{UNSPACED}]")


class FoldTable(dict):
    """A table for str.translate() that removes case and accents, character by character, so positions stay equal."""

    def __missing__(self, number: int) -> int:
        plain = unicodedata.normalize("NFKD", chr(number).casefold())
        self[number] = ord(plain[0]) if plain else number
        return self[number]


FOLDED = FoldTable()


class Highlighter:
    def __init__(self, query: Query):
        terms = (
            f"(?P<term{number}>{'|'.join(map(_pattern, term.wordings))})" for number, term in enumerate(query.terms)
        )
        self.pattern = re.compile("|".join(terms)) if query else None

    def segments(self, text: str) -> Segments:
        """Return `text` in segments, each with whether it matches."""
        return _cut(text, [match.span() for match in self._matches(text)])

    def finds(self, text: str) -> bool:
        return any(True for _ in self._matches(text))

    def snippet(self, sentences: list[str]) -> Segments:
        """Return about 200 characters from the first sentence with the most different terms on; [] without any."""
        terms = [len({match.lastgroup for match in self._matches(one)}) for one in sentences]
        if not any(terms):
            return []
        found, *others = sentences[terms.index(max(terms)) :]
        for one in others:
            if len(found) + len(one) > SNIPPET:
                break
            found += f" {one}"
        return self.segments(shorten(found, SNIPPET))

    def _matches(self, text):
        return self.pattern.finditer(text.translate(FOLDED)) if self.pattern else ()


def _cut(text: str, spans) -> Segments:
    segments, place = [], 0
    for start, end in spans:
        segments += [(text[place:start], False), (text[start:end], True)]
        place = end
    return [segment for segment in [*segments, (text[place:], False)] if segment[0]]


def _pattern(term: Term) -> str:
    *others, last = term.parts
    ending = ""
    if last.isalpha() and not UNSPACED_SIGN.match(last):
        ending = r"[^\W\d_]*" if term.prefix else "(?:e?s)?"
    before, _ = _bounds(term.parts[0])
    _, after = _bounds(last)
    found = _forms(last) if term.prefix in {"", last} else f"(?:{_forms(last)}|{_letters(term.prefix)})"
    return before + BETWEEN.join([*map(_letters, others), found]) + ending + after


def _bounds(part: str) -> tuple[str, str]:
    """Return lookarounds before and after a word: no letters beside letters, no digits beside digits."""
    if UNSPACED_SIGN.match(part):
        return "", ""
    return (r"(?<!\d)", r"(?!\d)") if part.isdigit() else (r"(?<![^\W\d_])", r"(?![^\W\d_])")


def _forms(part: str) -> str:
    singular = stem(part)
    return _letters(part) if singular == part else f"(?:{_letters(part)}|{_letters(singular)})"


def _letters(part: str) -> str:
    """Return the pattern of a part; numbers and parts of more than three letters may contain a mark."""
    return INNER.join(map(re.escape, part)) if part.isdigit() or len(part) > 3 else re.escape(part)
