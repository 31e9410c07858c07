"""Log searches without results: the words only, and no personal data."""

import re

from publishing.content.miss import Miss
from publishing.quality.count_misses import BatchedCounter
from publishing.quality.not_found import is_by_a_reader
from publishing.search.results import Answer
from publishing.search.words import fold

MOST_LETTERS = 80
MOST_WORDS, LONGEST_WORD, MOST_DIGITS = 8, 30, 6
LETTERS = re.compile(r"[^\W\d_]{2}")
# E-mail and web addresses, the queries of vulnerability scanners, and meaningless input.
NONSENSE = re.compile(
    r"[@<>{}\[\]\\|;=`~^*$%]|https?:|www\.|://|\.\.|--|(.)\1{4}|\b(?:select|union|script|alert)\b.*\("
)
# A spelt-out e-mail address, a URL with a path, a date, or a key: letters with groups of digits between them.
PERSONAL = re.compile(
    r"\bat\b.*(?:\bdot\b|\w\.[a-z]{2})|\(at\)|\w\.[a-z]{2,}/\S|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b"
    r"|\b(?=(?:[a-z]*\d){5})[a-z]*\d+[a-z]+\d+[a-z]*\d*\b"
)
VOWELS = re.compile("[aeiouy]")
LONG_CONSONANTS = 7

counter = BatchedCounter(Miss.Kind.SEARCH)


def note(request, found: Answer):
    """Count a reader's search if no page contains all of its words. No queries."""
    if (found.total == 0 or found.is_partial) and is_by_a_reader(request):
        text = in_one_spelling(found.query.text)
        if text:
            counter.count(request, text)


def in_one_spelling(asked: str) -> str:
    """Return `asked` without case, accents and surrounding punctuation; "" if it must not be stored."""
    text = " ".join(word.strip(".,:;!?\"'“”„‘’()«»") for word in fold(asked).split())
    text = " ".join(text.split())
    words = text.split()
    is_kept = (
        len(text) <= MOST_LETTERS
        and len(words) <= MOST_WORDS
        and all(len(word) <= LONGEST_WORD and _can_be_said(word) for word in words)
        and sum(letter.isdigit() for letter in text) <= MOST_DIGITS
        and LETTERS.search(text)
        and not NONSENSE.search(text)
        and not PERSONAL.search(text)
    )
    return text if is_kept else ""


def _can_be_said(word: str) -> bool:
    """Return whether the word is short, in another script, or contains a vowel."""
    return len(word) < LONG_CONSONANTS or not (word.isascii() and word.isalpha()) or bool(VOWELS.search(word))
