"""What stands right before and after a name: whether it is part of a longer one, as in “Open Sora”."""

import re
from bisect import bisect_right

from publishing.naming.tokens import TOKEN

# Words that may stand, with a capital letter, before a name at the beginning of a sentence.
OPENERS = frozenset(
    [
        *("a", "an", "the", "this", "that", "these", "those", "its", "our", "their", "his", "her", "your", "my"),
        *("some", "any", "both", "all", "each", "every", "either", "neither", "no", "not", "in", "on", "at", "by"),
        *("for", "from", "of", "to", "with", "without", "within", "like", "unlike", "as", "than", "and", "or"),
        *("but", "so", "yet", "if", "when", "while", "where", "because", "since", "until", "after", "before"),
        *("although", "though", "once", "besides", "beside", "despite", "except", "among", "between", "against"),
        *("via", "per", "is", "are", "was", "were", "be", "does", "do", "did", "can", "could", "may", "might"),
        *("must", "should", "will", "would", "has", "have", "had", "what", "which", "who", "why", "how", "whether"),
        *("use", "using", "used", "try", "trying", "choose", "choosing", "pick", "see", "compare", "comparing"),
        *("take", "takes", "get", "gets", "give", "gives", "let", "ask", "asking", "run", "running", "call"),
        *("calling", "meet", "consider", "even", "only", "just", "also", "then", "today", "now", "later", "soon"),
        *("here", "there", "new", "newer", "old", "older", "latest", "example", "examples", "e", "g", "i"),
    ]
)
# Words with a capital letter that may follow a name without being part of a longer one.
TAILS = frozenset(["api", "apis", "llm", "llms", "ai"])
LOOKED_BACK = 100  # signs before a name
JOINED_BEFORE = re.compile(r"[^\W_][-\u2010\u2011·+&.]$")
CAPITAL_BEFORE = re.compile(r"(?:^|(?<=\s))([^\W_]\S*) $")
CAPITAL_AFTER = re.compile(r" ([^\W\d_a-z][\w-]*)|[-\u2011]([^\W_a-z][\w-]*)|[.·+&](\w)")
# A word before which nothing stands as a noun: “Google the term”.
OBJECT_AFTER = re.compile(r" (?:the|a|an|it|them|this|that|these|those|your|my|our|their|any)\b")
LOWER_PREFIX = re.compile(r"(?:^|[\s(“\"])(?:non|pre|post|anti|ex|pro|co|cross|multi|self)[-\u2011]$", re.IGNORECASE)


def is_part_of_more(text: str, start: int, end: int, named: list, sentences: list[int], subject) -> bool:
    """Whether the words around a name make it something else. Other names, whose places in order are `named`, and a
    word of the `subject` do not; nor does the beginning of a sentence, from `sentences`, as long as its word may begin
    one before any name."""
    first = max(0, start - LOOKED_BACK)
    before = text[first:start]
    if JOINED_BEFORE.search(before) and not LOWER_PREFIX.search(before):
        return True
    previous = CAPITAL_BEFORE.search(before)
    if previous and previous[1][0].isupper() and not _ends_clause(previous[1]):
        place, word = first + previous.start(1), previous[1].casefold()
        is_opener = word in OPENERS and _begins_sentence(text, place, sentences)
        if not (_holds(named, place) or is_opener or word in TAILS):
            return True
    following = CAPITAL_AFTER.match(text, end)
    if not following:
        return False
    place, word = following.start(following.lastindex), following[following.lastindex].casefold()
    return not (_holds(named, place) or word in TAILS or word in subject or place in sentences)


def _holds(named: list[tuple[int, int]], place: int) -> bool:
    at = bisect_right(named, place, key=lambda span: span[0]) - 1
    return at >= 0 and place < named[at][1]


def _begins_sentence(text: str, place: int, sentences: list[int]) -> bool:
    begun = sentences[bisect_right(sentences, place) - 1]
    return TOKEN.search(text, begun).start() == place


def _ends_clause(word: str) -> bool:
    return word[-1] in ',;:.!?)”"’…' and not word.endswith(("’s", "'s"))
