"""Other patterns of dated claims than those of the site."""

from unittest.mock import patch

from publishing.quality.claims.finding import FILE, PATTERNS, ClaimPattern, read_patterns


def pattern_of(*phrases: str, exceptions: str = "", slug: str = "newest") -> ClaimPattern:
    values, *_ = FILE.read_text("utf-8").partition("[patterns.")
    lines = "\n".join(phrases)
    row = f"name = 'Newest'\ndays = 90\nadvice = 'Name the model.'\nphrases = '''{lines}'''"
    return read_patterns(f"{values}[patterns.{slug}]\n{row}\nexceptions = '''{exceptions}'''")[slug]


def using(*patterns: ClaimPattern):
    """Return a context in which texts are searched by `patterns` alone."""
    return patch.dict(PATTERNS, {pattern.slug: pattern for pattern in patterns}, clear=True)
