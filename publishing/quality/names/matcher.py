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
    matches, index, whole = [], 0, ""
    while index < len(tokens) and len(matches) < most:
        token, match, used_tokens = tokens[index], None, 0
        if lexicon.may_go_on(token.folded):
            match, used_tokens = _longest(text, tokens, index, lexicon)
        full_name = text[token.start : match.end] if match else ""
        if match is None and matches and whole and LISTED.fullmatch(text, matches[-1].end, token.start):
            match, used_tokens, full_name = _shortened(text, token.start, whole, lexicon)
        if match is None and token.text[0].isupper():
            match, used_tokens = _misspelt(text, tokens, index, lexicon)
        if match and not is_in_address(text, match.start, match.end):
            matches.append(match)
            whole = full_name
        index += max(used_tokens, 1)
    return matches


def _longest(text: str, tokens: list[Token], index: int, lexicon: Lexicon) -> tuple[NameMatch | None, int]:
    if not is_edge(text, tokens[index].start - 1):
        return None, 0
    best, used_tokens, line = None, 0, 0
    key, ignored = "", 0
    for count in range(1, min(MOST_PARTS, len(tokens) - index) + 1):
        last = tokens[index + count - 1]
        if count > 1 and not is_joint(text[tokens[index + count - 2].end : last.start]):
            break
        key = joined([key, last.folded]) if key else last.folded
        if not lexicon.may_go_on(key):
            break
        written = text[tokens[index].start : last.end]
        if key in lexicon.lines and "(" not in written:
            titles = [_beginning(name.title, key) for name in lexicon.named_like(key)]
            line = count if any(fit(written, title) >= Fit.VARIANT for title in titles) else line
        if not is_edge(text, last.end) or is_cut(text, last.end):
            continue
        ignored = count if key in lexicon.ignored else ignored
        end = closed(text, tokens[index].start, last.end)
        if end and (match := _known_name(text, tokens[index].start, end, key, lexicon)):
            best, used_tokens = match, count
    if ignored > used_tokens:
        return None, ignored
    return _with_version(text, tokens, index, (best, used_tokens), line, lexicon)


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


def _with_version(text, tokens, index, best, line: int, lexicon: Lexicon) -> tuple[NameMatch | None, int]:
    """Return an unknown version if the text continues, beyond any known name, as names of versions do."""
    match, used_tokens = best
    is_versioned = match is not None and match.names[0].label in lexicon.versioned and match.how != MatchKind.WEAK
    base = max(used_tokens, line) if is_versioned else line
    if base < used_tokens or not base:
        return match, used_tokens
    is_whole = any(token.is_number for token in tokens[index : index + base])
    end = version_end(text, tokens, index + base, is_whole)
    if end is None and is_versioned and base == used_tokens:
        end = variant_end(text, tokens, index + base, lexicon)
    if end is None:
        return match, used_tokens
    while (further := variant_end(text, tokens, end, lexicon)) is not None:
        end = further
    while end < len(tokens) and text[tokens[end - 1].end : tokens[end].start] in BEFORE_VERSION:
        if not lexicon.named_like(joined([token.folded for token in tokens[index : end + 1]])):
            break
        end += 1  # “Llama 4 Scout” for “Llama 4 Scout 17B”
    start, last = tokens[index].start, tokens[end - 1].end
    key = joined([token.folded for token in tokens[index:end]])
    if key in lexicon.ignored:
        return None, end - index
    base_key = joined([token.folded for token in tokens[index : index + base]])
    series, first = lexicon.series(base_key), text[start : tokens[index + base - 1].end]
    is_name = is_versioned and base == used_tokens
    if series is None and not is_name and lexicon.is_ordinary(first, lexicon.named_like(base_key)[0]):
        return match, used_tokens  # “Step 3” and the like
    return NameMatch(start, last, MatchKind.UNKNOWN, tuple(lexicon.named_like(key)), series), end - index


def _misspelt(text: str, tokens: list[Token], index: int, lexicon: Lexicon) -> tuple[NameMatch | None, int]:
    """Return the name that begins at the token `index` once a typo in its first or second word is corrected."""
    first = tokens[index]
    if not is_edge(text, first.start - 1):
        return None, 0
    right, wrong = lexicon.near(first.text), first
    if not right and index + 1 < len(tokens):
        wrong = tokens[index + 1]
        right = lexicon.near(wrong.text, after=first.folded)
    if not right or text[wrong.end : wrong.end + 1].isalnum():
        return None, 0
    mended = f"{text[first.start : wrong.start]}{right.title()}{text[wrong.end : wrong.end + LOOKED_AHEAD]}"
    match, used_tokens = _longest(mended, tokens_of(mended), 0, lexicon)
    if match is None or match.how == MatchKind.UNKNOWN:
        return None, 0
    if used_tokens == 1 and all(lexicon.is_ordinary(name.written, name) for name in lexicon.names(right)):
        return None, 0
    end = first.start + match.end - len(right) + len(wrong.text)
    if wrong.end > end or key_of(text[first.start : end]) in lexicon.ignored:
        return None, 0
    return NameMatch(first.start, end, MatchKind.MISSPELT, match.names), used_tokens


LISTED = re.compile(r"/|, (?:and |or |und |et )?| (?:and|or|und|oder|et|ou|&) |[、和と]|와 |과 ")


def _shortened(text: str, start: int, whole: str, lexicon: Lexicon) -> tuple[NameMatch | None, int, str]:
    """Return the name at `start` that shares its beginning with `whole`, the one before it in a list, and its full
    words: “Claude Opus 4.5 and 4.6”, “GPT-3.5/4”, “Gemini 2.5 Flash and Flash-Lite”."""
    for token in reversed(tokens_of(whole)[1:]):
        head = whole[: token.start]
        full = head + text[start : start + LOOKED_AHEAD]
        match, used_tokens = (None, 0) if head[-1].isalnum() else _longest(full, tokens_of(full), 0, lexicon)
        if match and match.end > len(head) and match.how in {MatchKind.EXACT, MatchKind.VARIANT}:
            end, full_name = start + match.end - len(head), full[: match.end]
            is_count = full[len(head) : match.end].isdecimal() and text[start - 1] != "/" and FOLLOWED.match(text, end)
            if any(sign.isdecimal() for sign in full_name) and text[start].isalnum():
                how = MatchKind.WEAK if is_count else match.how
                return NameMatch(start, end, how, match.names), used_tokens - len(tokens_of(head)), full_name
    return None, 0, ""


FOLLOWED = re.compile(r" [a-z]")  # “GPT-3.5 and 4 others”
BEFORE_VERSION = {"", " ", "-"}
VERSION_LETTERS = 2  # maximum number of letters in a version, as in “4o” and “v6”
VERSION_NUMBERS = 3  # maximum number of digits in a version without a point


def version_end(text: str, tokens: list[Token], first: int, is_whole: bool) -> int | None:
    """Return the end of a version that begins at the token `first`, such as “-4”, “ v6” or “ 3.5b”."""
    if is_whole or first >= len(tokens):
        return None
    index = first
    if tokens[index].folded == "v" and index + 1 < len(tokens) and tokens[index].end == tokens[index + 1].start:
        index += 1
    number = tokens[index]
    if not number.is_number or text[tokens[first - 1].end : tokens[first].start] not in BEFORE_VERSION:
        return None
    if "." not in number.text and len(number.text) > VERSION_NUMBERS:
        return None  # a year, as in “Sora 2026”
    index += 1
    if index < len(tokens) and tokens[index].start == number.end and tokens[index].text.isascii():
        if len(tokens[index].text) > VERSION_LETTERS:
            return None
        index += 1
    return index if is_edge(text, tokens[index - 1].end) and not is_cut(text, tokens[index - 1].end) else None


def variant_end(text: str, tokens: list[Token], index: int, lexicon: Lexicon) -> int | None:
    """Return the end of a word that names of versions continue with, such as “-mini” or “ Turbo”."""
    if index >= len(tokens):
        return None
    token, joint = tokens[index], text[tokens[index - 1].end : tokens[index].start]
    is_word = joint == "-" or (joint == " " and token.text[0].isupper())
    if not is_word or token.folded not in lexicon.variant_words or not is_edge(text, token.end):
        return None
    return index + 1


@lru_cache(CACHED)
def _beginning(title: str, key: str) -> str:
    """Return the words at the beginning of `title` whose key is `key`."""
    parts = tokens_of(title)
    for count in range(1, len(parts) + 1):
        if joined([token.folded for token in parts[:count]]) == key:
            return title[: parts[count - 1].end]
    return title
