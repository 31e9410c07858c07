"""Find the names in one block of a text, without regard to their context."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from publishing.quality.names.lexicon import MISSPELLING, MOST_PARTS, OWN, SPELLING, Lexicon, RecordName
from publishing.quality.names.tokens import (
    CACHED,
    Fit,
    Token,
    closed,
    fit,
    fit_of_slug,
    is_cut,
    is_edge,
    is_in_address,
    is_joint,
    is_slug,
    joined,
    key_of,
    plain,
    tokens_of,
)

LOOKED_AHEAD = 200  # characters after a misspelt word; no name is longer


class MatchKind(StrEnum):
    EXACT = "exact"
    VARIANT = "variant"  # the same name in another spelling
    WEAK = "weak"  # the same letters, but possibly something else
    MISSPELT = "misspelt"
    UNKNOWN = "unknown"  # a known series with a version that has no record


@dataclass(frozen=True)
class NameMatch:
    """The words from `start` to `end` of a block, and the names that they may be, the most likely first."""

    start: int
    end: int
    how: MatchKind
    names: tuple[RecordName, ...]
    series: RecordName | None = None  # of an unknown name


def names_in(text: str, lexicon: Lexicon, most: int) -> list[NameMatch]:
    """Return the first `most` names in `text`, in order and without overlap; of several at one place the longest."""
    text = lexicon.genitives.sub(lambda match: f"{match[1] or ''}’", plain(text))
    tokens = tokens_of(text)
    matches, place, whole = [], 0, ""
    while place < len(tokens) and len(matches) < most:
        token, item, used = tokens[place], None, 0
        if lexicon.may_go_on(token.folded):
            item, used = _longest(text, tokens, place, lexicon)
        full_name = text[token.start : item.end] if item else ""
        if item is None and matches and whole and LISTED.fullmatch(text, matches[-1].end, token.start):
            item, used, full_name = _shortened(text, token.start, whole, lexicon)
        if item is None and token.text[0].isupper():
            item, used = _misspelt(text, tokens, place, lexicon)
        if item and not is_in_address(text, item.start, item.end):
            matches.append(item)
            whole = full_name
        place += max(used, 1)
    return matches


def _longest(text: str, tokens: list[Token], place: int, lexicon: Lexicon) -> tuple[NameMatch | None, int]:
    if not is_edge(text, tokens[place].start - 1):
        return None, 0
    best, used, line = None, 0, 0
    key, ignored = "", 0
    for count in range(1, min(MOST_PARTS, len(tokens) - place) + 1):
        last = tokens[place + count - 1]
        if count > 1 and not is_joint(text[tokens[place + count - 2].end : last.start]):
            break
        key = joined([key, last.folded]) if key else last.folded
        if not lexicon.may_go_on(key):
            break
        written = text[tokens[place].start : last.end]
        if key in lexicon.lines and "(" not in written:
            titles = [_beginning(name.title, key) for name in lexicon.named_like(key)]
            line = count if any(fit(written, title) >= Fit.VARIANT for title in titles) else line
        if not is_edge(text, last.end) or is_cut(text, last.end):
            continue
        ignored = count if key in lexicon.ignored else ignored
        end = closed(text, tokens[place].start, last.end)
        if end and (item := _known_name(text, tokens[place].start, end, key, lexicon)):
            best, used = item, count
    if ignored > used:
        return None, ignored
    return _with_version(text, tokens, place, (best, used), line, lexicon)


def _known_name(text: str, start: int, end: int, key: str, lexicon: Lexicon) -> NameMatch | None:
    if not lexicon.spellings(key) or key in lexicon.ignored:
        return None
    verdict = _verdict(text[start:end], key, lexicon)
    return verdict and NameMatch(start, end, *verdict)


def _verdict(text: str, key: str, lexicon: Lexicon) -> tuple[MatchKind, tuple[RecordName, ...]] | None:
    """Return which names of `key` the words are, and how well they fit."""
    correct_names = [name for name in lexicon.names(key) if name.role != MISSPELLING]
    if not correct_names:
        return MatchKind.MISSPELT, tuple(lexicon.names(key))
    spellings = lexicon.spellings(key)
    fits = {name.ref: max(_fit(text, other) for other in spellings if other.ref == name.ref) for name in correct_names}
    fitting = [name for name in correct_names if fits[name.ref] > Fit.NONE]
    if not fitting:
        return None
    if fits[fitting[0].ref] == Fit.WEAK and lexicon.is_ordinary(text, fitting[0]):
        return None
    how = {Fit.EXACT: MatchKind.EXACT, Fit.VARIANT: MatchKind.VARIANT}.get(fits[fitting[0].ref], MatchKind.WEAK)
    return how, tuple(fitting)


def _fit(text: str, name: RecordName) -> Fit:
    """Return how well the words fit. A spelling with the same letters as the name itself counts as a variant at
    most."""
    if name.role == OWN and is_slug(name.written):
        return fit_of_slug(text, name.written)
    name_fit = fit(text, name.written)
    is_spelling = name.role == SPELLING and key_of(name.title) == key_of(name.written)
    return min(name_fit, Fit.VARIANT) if is_spelling and fit(text, name.title) != Fit.EXACT else name_fit


def _with_version(text, tokens, place, best, line: int, lexicon: Lexicon) -> tuple[NameMatch | None, int]:
    """Return an unknown version if the text continues, beyond any known name, as names of versions do."""
    item, used = best
    is_versioned = item is not None and item.names[0].label in lexicon.versioned and item.how != MatchKind.WEAK
    base = max(used, line) if is_versioned else line
    if base < used or not base:
        return item, used
    is_whole = any(token.is_number for token in tokens[place : place + base])
    end = version_end(text, tokens, place + base, is_whole)
    if end is None and is_versioned and base == used:
        end = variant_end(text, tokens, place + base, lexicon)
    if end is None:
        return item, used
    while (further := variant_end(text, tokens, end, lexicon)) is not None:
        end = further
    while end < len(tokens) and text[tokens[end - 1].end : tokens[end].start] in BEFORE_VERSION:
        if not lexicon.named_like(joined([token.folded for token in tokens[place : end + 1]])):
            break
        end += 1  # “Llama 4 Scout” for “Llama 4 Scout 17B”
    start, last = tokens[place].start, tokens[end - 1].end
    key = joined([token.folded for token in tokens[place:end]])
    if key in lexicon.ignored:
        return None, end - place
    base_key = joined([token.folded for token in tokens[place : place + base]])
    series, first = lexicon.series(base_key), text[start : tokens[place + base - 1].end]
    is_name = is_versioned and base == used
    if series is None and not is_name and lexicon.is_ordinary(first, lexicon.named_like(base_key)[0]):
        return item, used  # “Step 3” and the like
    return NameMatch(start, last, MatchKind.UNKNOWN, tuple(lexicon.named_like(key)), series), end - place


def _misspelt(text: str, tokens: list[Token], place: int, lexicon: Lexicon) -> tuple[NameMatch | None, int]:
    """Return the name that begins at `place` once a typo in its first or second word is corrected."""
    first = tokens[place]
    if not is_edge(text, first.start - 1):
        return None, 0
    right, wrong = lexicon.near(first.text), first
    if not right and place + 1 < len(tokens):
        wrong = tokens[place + 1]
        right = lexicon.near(wrong.text, after=first.folded)
    if not right or text[wrong.end : wrong.end + 1].isalnum():
        return None, 0
    mended = f"{text[first.start : wrong.start]}{right.title()}{text[wrong.end : wrong.end + LOOKED_AHEAD]}"
    item, used = _longest(mended, tokens_of(mended), 0, lexicon)
    if item is None or item.how == MatchKind.UNKNOWN:
        return None, 0
    if used == 1 and all(lexicon.is_ordinary(name.written, name) for name in lexicon.names(right)):
        return None, 0
    end = first.start + item.end - len(right) + len(wrong.text)
    if wrong.end > end or key_of(text[first.start : end]) in lexicon.ignored:
        return None, 0
    return NameMatch(first.start, end, MatchKind.MISSPELT, item.names), used


LISTED = re.compile(r"/|, (?:and |or |und |et )?| (?:and|or|und|oder|et|ou|&) |[、和と]|와 |과 ")


def _shortened(text: str, start: int, whole: str, lexicon: Lexicon) -> tuple[NameMatch | None, int, str]:
    """Return the name at `start` that shares its beginning with `whole`, the one before it in a list, and its full
    words: “Claude Opus 4.5 and 4.6”, “GPT-3.5/4”, “Gemini 2.5 Flash and Flash-Lite”."""
    for token in reversed(tokens_of(whole)[1:]):
        head = whole[: token.start]
        full = head + text[start : start + LOOKED_AHEAD]
        item, used = (None, 0) if head[-1].isalnum() else _longest(full, tokens_of(full), 0, lexicon)
        if item and item.end > len(head) and item.how in {MatchKind.EXACT, MatchKind.VARIANT}:
            end, full_name = start + item.end - len(head), full[: item.end]
            is_count = full[len(head) : item.end].isdecimal() and text[start - 1] != "/" and FOLLOWED.match(text, end)
            if any(sign.isdecimal() for sign in full_name) and text[start].isalnum():
                how = MatchKind.WEAK if is_count else item.how
                return NameMatch(start, end, how, item.names), used - len(tokens_of(head)), full_name
    return None, 0, ""


FOLLOWED = re.compile(r" [a-z]")  # “GPT-3.5 and 4 others”
BEFORE_VERSION = {"", " ", "-"}
VERSION_LETTERS = 2  # maximum number of letters in a version, as in “4o” and “v6”
VERSION_NUMBERS = 3  # maximum number of digits in a version without a point


def version_end(text: str, tokens: list[Token], place: int, is_whole: bool) -> int | None:
    """Return the end of a version that begins at the token `place`, such as “-4”, “ v6” or “ 3.5b”."""
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
    if at < len(tokens) and tokens[at].start == number.end and tokens[at].text.isascii():
        if len(tokens[at].text) > VERSION_LETTERS:
            return None
        at += 1
    return at if is_edge(text, tokens[at - 1].end) and not is_cut(text, tokens[at - 1].end) else None


def variant_end(text: str, tokens: list[Token], place: int, lexicon: Lexicon) -> int | None:
    """Return the end of a word that names of versions continue with, such as “-mini” or “ Turbo”."""
    if place >= len(tokens):
        return None
    token, joint = tokens[place], text[tokens[place - 1].end : tokens[place].start]
    is_word = joint == "-" or (joint == " " and token.text[0].isupper())
    if not is_word or token.folded not in lexicon.variant_words or not is_edge(text, token.end):
        return None
    return place + 1


@lru_cache(CACHED)
def _beginning(title: str, key: str) -> str:
    """Return the words at the beginning of `title` whose key is `key`."""
    parts = tokens_of(title)
    for count in range(1, len(parts) + 1):
        if joined([token.folded for token in parts[:count]]) == key:
            return title[: parts[count - 1].end]
    return title
