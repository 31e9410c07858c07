"""How well words fit a name that has the same letters."""

from enum import IntEnum
from functools import lru_cache

from publishing.naming.tokens import as_written, tokens_of

SHORT = 3  # letters and digits: a name like “o3” is nothing else only as it is written
CACHED = 4_096  # pairs of words and a name: both recur in a text
LONG = 9  # letters: a word like “midjourney” is hardly anything else in small letters


class Fit(IntEnum):
    NONE = 0  # something else, as “command” for “Command”
    WEAK = 1  # perhaps
    VARIANT = 2  # it, written otherwise
    EXACT = 3


@lru_cache(CACHED)
def fit(words: str, name: str) -> Fit:
    """Return how well `words` fit the spelling `name`, both of the same key."""
    words, name = as_written(words), as_written(name)
    if words == name:
        return Fit.EXACT
    ours = [token.text for token in tokens_of(name)]
    theirs = [token.text for token in tokens_of(words)]
    letters = "".join(theirs)
    if len(letters) <= SHORT:
        return Fit.VARIANT if has_inner_capital(words) and has_inner_capital(name) else Fit.NONE
    if letters == "".join(ours):
        return Fit.VARIANT  # other hyphens and spaces
    is_word = len(ours) == 1
    if is_word and is_abbreviation(name):
        return Fit.NONE
    if all(part[0].isupper() or not part[0].isalpha() or not own[0].isupper() for part, own in _pairs(theirs, ours)):
        return Fit.VARIANT
    if not is_word:
        has_number = any(part.isalpha() is False for part in ours)
        return Fit.VARIANT if has_number and theirs[0][0].isupper() else Fit.WEAK
    return Fit.VARIANT if has_inner_capital(name) else Fit.WEAK if len(letters) >= LONG else Fit.NONE


def fit_of_slug(words: str, name: str) -> Fit:
    """The same for a name in small letters that nobody wrote for readers, such as "gemini-flash": capitals are right,
    and words without any may be nothing but words."""
    tokens = tokens_of(words)
    if all(token.is_number or token.text[0].isupper() for token in tokens):
        return Fit.EXACT
    has_number = any(token.is_number for token in tokens)
    return Fit.EXACT if words == name and has_number else Fit.NONE if len(tokens) == 1 else Fit.WEAK


def is_slug(name: str) -> bool:
    return name.islower() and len(tokens_of(name)[0].text) > 1


def _pairs(theirs, ours):
    """The parts that begin at the same letter in both."""
    starts, place = {}, 0
    for part in ours:
        starts[place] = part
        place += len(part)
    place = 0
    for part in theirs:
        if place in starts:
            yield part, starts[place]
        place += len(part)


def is_abbreviation(word: str) -> bool:
    return len(word) >= SHORT and word.isalpha() and word.isupper()


def has_inner_capital(word: str) -> bool:
    return any(sign.isupper() for sign in word[1:]) and any(sign.islower() for sign in word)


def could_be_ordinary(name: str) -> bool:
    """Whether a name has the shape of a word of the language, or of a number: “Claude” and “K2” do, “BERT”, “OpenAI”,
    “GPT-4”, “o3” and “Stable Diffusion” do not."""
    parts = [token.text for token in tokens_of(name)]
    if len(parts) == 1:
        return not is_abbreviation(parts[0]) and not has_inner_capital(parts[0])
    letters = "".join(parts)
    return len(letters) <= SHORT and len(parts) == 2 and parts[0].isupper()
