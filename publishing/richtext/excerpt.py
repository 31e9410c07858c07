"""Titles and descriptions of limited length, for search engines and previews."""

TITLE_LIMIT = 60  # characters
DESCRIPTION_LIMIT = 155


def description_from(words: str) -> str:
    """Return the beginning of a text as a description."""
    return shorten(words, DESCRIPTION_LIMIT)


def shorten(text: str, limit: int) -> str:
    """Return `text` cut at a word to at most `limit` characters."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    kept = text[: limit - 1] if text[limit - 1] == " " else text[: limit - 1].rsplit(" ", 1)[0]
    return f"{kept.rstrip(' ,;:–-')}…"
