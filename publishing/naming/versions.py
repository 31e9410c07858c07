"""What follows the name of a series where its versions are named: numbers, and words as “mini”."""

from functools import lru_cache

from publishing.naming.edges import is_cut, is_edge
from publishing.naming.lexicon import Lexicon
from publishing.naming.spelling import CACHED, Fit, fit
from publishing.naming.tokens import Token, joined, tokens_of

BEFORE_VERSION = {"", " ", "\u00a0", "-", "\u2011"}
VERSION_LETTERS = 2  # of a version, as in “4o” and “v6”
VERSION_NUMBERS = 3  # of a version without a point


def version_end(text: str, tokens: list[Token], place: int, is_whole: bool) -> int | None:
    """Where a version ends that begins at the token `place`: “-4”, “ v6”, “ 3.5b”."""
    if is_whole or place >= len(tokens):
        return None
    at = place
    if tokens[at].folded == "v" and at + 1 < len(tokens) and tokens[at].end == tokens[at + 1].start:
        at += 1
    number = tokens[at]
    if not number.is_number or text[tokens[place - 1].end : tokens[place].start] not in BEFORE_VERSION:
        return None
    if "." not in number.text and len(number.text) > VERSION_NUMBERS:
        return None  # a year, as in “Sora 2026”
    at += 1
    if at < len(tokens) and tokens[at].start == number.end:
        if len(tokens[at].text) > VERSION_LETTERS:
            return None
        at += 1
    return at if is_edge(text, tokens[at - 1].end) and not is_cut(text, tokens[at - 1].end) else None


def variant_end(text: str, tokens: list[Token], place: int, lexicon: Lexicon) -> int | None:
    """Where a word ends that names of versions go on with: “-mini”, “ Turbo”."""
    if place >= len(tokens):
        return None
    token, joint = tokens[place], text[tokens[place - 1].end : tokens[place].start]
    is_word = joint in {"-", "\u2011"} or (joint in {" ", "\u00a0"} and token.text[0].isupper())
    if not is_word or not lexicon.is_variant_word(token.folded) or not is_edge(text, token.end):
        return None
    return place + 1


def has_number(tokens, place: int, count: int) -> bool:
    return any(token.is_number for token in tokens[place : place + count])


def looks_like_line(words: str, key: str, lexicon: Lexicon) -> bool:
    return any(fit(words, _beginning(name.title, key)) >= Fit.VARIANT for name in lexicon.named_like(key))


@lru_cache(CACHED)
def _beginning(title: str, key: str) -> str:
    """The words at the beginning of `title` whose key is `key`."""
    parts = tokens_of(title)
    for count in range(1, len(parts) + 1):
        if joined([token.folded for token in parts[:count]]) == key:
            return title[: parts[count - 1].end]
    return title
