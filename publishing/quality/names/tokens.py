"""Split texts into words and numbers, build the keys by which names are compared, and rate spellings of a name."""

import re
from enum import IntEnum
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

# Characters of Chinese, Japanese and Korean, which need no space beside a name.
EAST = "\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff9f"
# “Command R+” is not “Command R”.
HIDDEN = "\u00ad\u200b-\u200d\u2060\ufeff"  # soft hyphens and other characters without width
TOKEN = re.compile(
    rf"[^\W\d_{EAST}](?:[{HIDDEN}]*[^\W\d_{EAST}])*|(?:(?![\W\d_])[{EAST}])+|\d+(?:\.\d+)*|(?<=[^\W_])\+(?![\w+])"
)
IS_HIDDEN = re.compile(f"[{HIDDEN}]")
# The separators allowed between two parts of a name. An opening bracket must be closed right after the name.
JOINTS = frozenset(["", " ", "-", "\u2013", "·", "•", "_", " (", "("])
_WIDE = [0xFF0D, 0xFF0E, *range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]
_PLAIN = str.maketrans(
    {code: code - 0xFEE0 for code in _WIDE}
    | dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\u3000\n\t"), " ")
    | dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2212"), "-")
)


class Token(NamedTuple):
    start: int
    end: int
    text: str
    folded: str

    @property
    def is_number(self) -> bool:
        return self.text[0].isdecimal()


def tokens_of(text: str) -> list[Token]:
    spans = [(m.start(), m.end(), m[0] if m[0].isascii() else IS_HIDDEN.sub("", m[0])) for m in TOKEN.finditer(text)]
    return [Token(start, end, word, word.casefold()) for start, end, word in spans]


def plain(text: str) -> str:
    """Return `text` with ordinary spaces, hyphens, letters and digits in place of typographic and full-width ones."""
    return text.translate(_PLAIN)


def is_joint(between: str) -> bool:
    return between in JOINTS or IS_HIDDEN.sub("", between) in JOINTS


def joined(parts: list[str]) -> str:
    """Return the key by which names are equal: "DALL·E 3", "DALL-E 3" and "dalle3" are; "4 1" is not "41"."""
    key = ""
    for part in parts:
        key += f" {part}" if key and key[-1].isdecimal() and part[0].isdecimal() else part
    return key


def key_of(text: str) -> str:
    return joined([token.folded for token in tokens_of(plain(text))])


def as_written(text: str) -> str:
    """Return a spelling without typographic differences: kinds of spaces and hyphens, and brackets."""
    return " ".join(re.sub(f"[(){HIDDEN}]", "", plain(text)).split())


# Addresses, handles and paths, even if they contain names.
ADDRESS = re.compile(r"://|@|\bwww\.|^[#/~]|\w\.[a-z]{2,}(?:[/:)\]\"”,;]|$)|\w/[\w.-]+/", re.IGNORECASE)

BEFORE, AFTER = re.compile(rf"(?<![^\s({EAST}])[^\s({EAST}]*\Z"), re.compile(rf"[^\s{EAST}]*")
IN_WORD = re.compile(rf"(?![{EAST}])[\w@#$+]")
LONGEST = 200  # characters of an address on each side of a name


def is_edge(text: str, place: int) -> bool:
    """Return whether no word or number continues at `place`."""
    return place < 0 or not IN_WORD.match(text, place)


def is_cut(text: str, place: int) -> bool:
    """Return whether an address continues after a point, as in “openai.com”."""
    return text[place : place + 1] == "." and text[place + 1 : place + 2].isalnum()


def closed(text: str, start: int, end: int) -> int | None:
    """Return the end including a closing bracket; None if a bracket is left open."""
    if "(" not in text[start:end]:
        return end
    return end + 1 if text[end : end + 1] == ")" else None


def is_in_address(text: str, start: int, end: int) -> bool:
    before, after = BEFORE.search(text[max(0, start - LONGEST) : start]), AFTER.match(text, end, end + LONGEST)
    return bool(ADDRESS.search(f"{before[0] if before else ''}{text[start:end]}{after[0] if after else ''}"))


SHORT = 3  # letters and digits: so short a name, such as “o3”, is unambiguous only in its exact spelling
CACHED = 4_096  # pairs of words and a name, which recur within a text
LONG = 9  # letters: so long a word, such as “midjourney”, is probably the name even in lower case


class Fit(IntEnum):
    NONE = 0  # something else, as “command” for “Command”
    WEAK = 1  # possibly the name
    VARIANT = 2  # the name in another spelling
    EXACT = 3


@lru_cache(CACHED)
def fit(text: str, name: str) -> Fit:
    """Return how well `text` fits the spelling `name`, which has the same key."""
    text, name = as_written(text), as_written(name)
    if text == name:
        return Fit.EXACT
    ours = [token.text for token in tokens_of(name)]
    theirs = [token.text for token in tokens_of(text)]
    letters = "".join(theirs)
    if len(letters) <= SHORT:
        return Fit.VARIANT if has_inner_capital(text) and has_inner_capital(name) else Fit.NONE
    if letters == "".join(ours):
        return Fit.VARIANT  # other hyphens and spaces
    is_word = len(ours) == 1
    if is_word and is_abbreviation(name):
        return Fit.NONE
    if all(
        part[0].isupper() or not part[0].isalpha() or not our_part[0].isupper()
        for part, our_part in _pairs(theirs, ours)
    ):
        return Fit.VARIANT
    if not is_word:
        has_number = any(part.isalpha() is False for part in ours)
        return Fit.VARIANT if has_number and theirs[0][0].isupper() else Fit.WEAK
    return Fit.VARIANT if has_inner_capital(name) else Fit.WEAK if len(letters) >= LONG else Fit.NONE


def fit_of_slug(text: str, name: str) -> Fit:
    """Like `fit`, for a lowercase name not written for readers, such as "gemini-flash" or "xai": capitals are correct,
    and lowercase words may be ordinary words."""
    tokens = tokens_of(text)
    if all(token.is_number or any(map(str.isupper, token.text)) for token in tokens):
        return Fit.EXACT
    has_number = any(token.is_number for token in tokens)
    return Fit.EXACT if text == name and has_number else Fit.NONE if len(tokens) == 1 else Fit.WEAK


def is_slug(name: str) -> bool:
    return name.islower() and len(tokens_of(name)[0].text) > 1


def _pairs(theirs, ours):
    """Return the pairs of parts that begin at the same letter in both."""
    ours_by_start = dict(zip(accumulate(map(len, ours), initial=0), ours, strict=False))
    starts = accumulate(map(len, theirs), initial=0)
    return [(part, ours_by_start[place]) for place, part in zip(starts, theirs, strict=False) if place in ours_by_start]


def is_abbreviation(word: str) -> bool:
    return len(word) >= SHORT and word.isalpha() and word.isupper()


def has_inner_capital(word: str) -> bool:
    return any(sign.isupper() for sign in word[1:]) and any(sign.islower() for sign in word)


def could_be_ordinary(name: str) -> bool:
    """Return whether a name looks like an ordinary word or a number: “Claude” and “K2” do; “BERT”, “OpenAI”, “GPT-4”,
    “o3” and “Stable Diffusion” do not."""
    parts = [token.text for token in tokens_of(name)]
    if len(parts) == 1:
        return not is_abbreviation(parts[0]) and not has_inner_capital(parts[0])
    letters = "".join(parts)
    return len(letters) <= SHORT and len(parts) == 2 and parts[0].isupper()


def is_short(text: str) -> bool:
    """Return whether a name has other meanings elsewhere, such as “o3”, “GPT” (of disks) and “Command R” (a key)."""
    parts = [token.text for token in tokens_of(text)]
    letters = "".join(parts)
    return len(letters) <= SHORT or (
        len(parts) > 1 and letters.isalpha() and len(parts[-1]) == 1 and not is_abbreviation(parts[0])
    )
