"""Set a title in lines, in the largest size that fits."""

import re
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from PIL import ImageFont

SERIF = settings.BASE_DIR / "static" / "fonts" / "newsreader-roman.woff2"
SANS = settings.BASE_DIR / "static" / "fonts" / "instrument-sans.woff2"
# A noncharacter: a font draws it with the glyph that it uses for all missing letters.
NO_LETTER = "\U0010fffe"
SIZES = (80, 72, 64, 58, 52, 46, 40, 36, 32)
BREAKING_SIZE = 52  # from this size down, a word that is too long for a line is broken
LEADING = 1.14
ASCENT = 0.86  # as a share of the size, from the top of the first line to its baseline
LETTERS_LIMIT = 260

Font = ImageFont.FreeTypeFont


@lru_cache(maxsize=64)
def loaded(path: Path, size: int, weight: int) -> Font:
    font = ImageFont.truetype(str(path), size)
    font.set_variation_by_axes([weight])
    return font


@lru_cache(maxsize=2_000)
def has(path: Path, letter: str) -> bool:
    font = loaded(path, 40, 500)
    drawn, missing = font.getmask(letter), font.getmask(NO_LETTER)
    return (drawn.size, bytes(drawn)) != (missing.size, bytes(missing))


def drawable(words: str, path: Path) -> str:
    """Return words without signs that the font lacks, such as emoji; "" if it lacks a letter or a digit."""
    missing = {letter for letter in words if not (letter.isprintable() and has(path, letter))}
    if any(letter.isalnum() for letter in missing):
        return ""
    return " ".join("".join(letter for letter in words if letter not in missing).split())


def set_in_lines(
    title: str, width: int, height: int, weight: int = 500, sizes: tuple[int, ...] = SIZES
) -> tuple[list[str], Font] | None:
    """Return the lines of a title and its font at the largest size that fits; None without words that can be drawn.

    Text that does not fit at the smallest size ends in "…".
    """
    words = drawable(re.sub(r"\s+", " ", title), SERIF)
    words = words if len(words) <= LETTERS_LIMIT else f"{words[:LETTERS_LIMIT]}…"
    if not words:
        return None
    for size in sizes:
        font = loaded(SERIF, size, weight)
        lines = _lines(words, font, width, may_break=size <= BREAKING_SIZE)
        fitting = int(height / (size * LEADING))
        if len(lines) <= fitting and all(font.getlength(line) <= width for line in lines):
            return lines, font
    return [*lines[: fitting - 1], cut(" ".join(lines[fitting - 1 :]), font, width)], font


def _lines(words: str, font: Font, width: int, may_break: bool) -> list[str]:
    lines: list[str] = []
    for word in words.split():
        if lines and font.getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
            continue
        while may_break and font.getlength(word) > width:
            end = next(end for end in range(len(word) - 1, 0, -1) if font.getlength(word[:end]) <= width)
            lines.append(word[:end])
            word = word[end:]
        lines.append(word)
    return lines


def cut(words: str, font: Font, width: int) -> str:
    """Return words shortened to one line, with "…" if some are missing."""
    if font.getlength(words) <= width:
        return words
    while font.getlength(f"{words}…") > width:
        words = words[:-1].rstrip()
    return f"{words}…"
