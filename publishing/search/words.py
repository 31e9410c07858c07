"""Normalise words, in the same way for indexed texts and queries: the index itself only compares them.

"GPT-3.5", "gpt 3.5" and "GPT3.5" all have the adjacent parts gpt, 3, 5; a word written in one piece is also indexed as
its joined parts, gpt35.
"""

import re
import unicodedata
from collections.abc import Iterator

MAX_WORD = 50  # characters; longer words are cut, in texts and queries
# Scripts without spaces between words: each character is a part, and words are found as adjacent characters.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
PART = re.compile(rf"[{UNSPACED}]|[^\W\d_{UNSPACED}]+|\d+")
# Parts written in one piece, with at most one mark between them.
PIECE = re.compile(r"[^\W_]+(?:[-‐‑–.·'’_/][^\W_]+)*")
# Function words that French joins to others: l’entraînement, servent-elles, a-t-on.
ELISION = re.compile(r"\b(?:[cdjlmnst]|qu)['’](?=\w)|(?:-t)?-(?:elles?|ils?|je|nous|on|vous)\b")
COMBINING = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")

# Words in nearly every English text, which are ignored if the query has others; at last the parts of “what's”, “don't”.
FUNCTION_WORDS = """
    a about an and are as at be been being but by can could did do does for from had has have how i if in into is it its
    many me much my no not of on or our should so than that the their them then there these they this to was we were
    versus vs what when where which while who why will with would you your
    explain explained explains find out need want please tell between
    s t re ve ll don doesn didn isn aren wasn weren won couldn shouldn wouldn
"""
# Likewise in German and French, without those that mean something in English, such as MIT.
OTHER_FUNCTION_WORDS = """
    am auf aus aux avec bei bietet ce ces cet cette combien comment d dans darf das de dem den der des die diese
    dieser dieses dois doit doivent du dürfen ein eine einem einen einer elle elles en entre es est et faut fur für
    gibt haben hat ich ihr ihre ihren il ils im ist je kann konnen können l la le lequel les leur leurs ma man mein
    meine meinem meinen meiner mes mich mir mon muss müssen nach ne nicht nos notre nous ob oder ou où par peut
    peuvent pour pouvons puis qu quand que quel quelle quelles quels qui sa sans se ses sich sie sind soll sollte
    sont sous sur uber um un und une uns unser unsere unserem unseren unserer unseres unter viel viele vom von vos
    votre vous wann welche welcher welches wem wen wenn wer werden wie wieviel wir wird wo zu zum zur zwischen über
"""
ENGLISH_STOP_WORDS = frozenset(FUNCTION_WORDS.split())
STOP_WORDS = ENGLISH_STOP_WORDS.union(OTHER_FUNCTION_WORDS.split())


def fold(text: str) -> str:
    """Return `text` without case, accents and compatibility forms."""
    if text.isascii():
        return text.lower()
    plain = COMBINING.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFC", plain)


def without_elisions(folded: str) -> str:
    return ELISION.sub("", folded)


def pieces(folded: str) -> Iterator[list[str]]:
    """Yield the parts of each piece of a folded text: "gpt-3.5 turbo" gives [gpt, 3, 5], [turbo]."""
    for match in PIECE.finditer(folded):
        if parts := [part[:MAX_WORD] for part in PART.findall(match[0])]:
            yield parts


def joined(parts: list[str]) -> str:
    """Return the joined parts of a piece; "" if it has only one part, or is too long."""
    together = "".join(parts) if len(parts) > 1 else ""
    return together if len(together) <= MAX_WORD else ""


def key(text: str) -> str:
    """Return a whole name as one word: "GPT-3.5 Turbo" is gpt35turbo."""
    return "".join(PART.findall(fold(text)))[:MAX_WORD]


# The ends of verbs and of nouns made of them, after enough letters to tell words apart.
ENDING = re.compile("(?<=.{4})(?:(?<=.{5})(?:e?ment|ion)|ing|(?<!e)ed|(?<!e)e)$")


def root(word: str) -> str:
    """Return what an English word shares with its other forms: "pric" of prices and pricing, "retir" of retirement."""
    return ENDING.sub("", stem(word))


def stem(word: str) -> str:
    """Return an English word without the plural s (Harman's S stemmer); other words stay the same."""
    if len(word) < 4 or not word.endswith("s"):
        return word
    if word.endswith("ies"):
        return word if word.endswith(("eies", "aies")) else f"{word[:-3]}y"
    if word.endswith("es"):
        return word if word.endswith(("aes", "ees", "oes")) else word[:-1]
    return word if word.endswith(("us", "ss")) else word[:-1]
