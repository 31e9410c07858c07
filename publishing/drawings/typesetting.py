"""Sets a title in lines, in one typeface that has all its letters: wraps and shrinks it."""

import unicodedata
from dataclasses import dataclass
from pathlib import Path

from PIL import ImageDraw

from publishing.drawings.fonts import SERIF, font_for, loaded, without_pictographs

SIZES = (80, 72, 64, 58, 52, 46, 40, 36, 32)
BREAKING_SIZE = 52  # a word too long for a line is rather broken than set smaller than this
LEADING = 1.14
ASCENT = 0.86  # of the size, from the top of the first line to its baseline
LETTERS_LIMIT = 260
CLOSING = {"Pe", "Pf", "Po", "Mn", "Mc"}  # kinds of letter with which no line begins


@dataclass(frozen=True)
class Setting:
    """Lines of words in the file of a font."""

    lines: list[str]
    path: Path
    size: int
    weight: int

    @property
    def font(self):
        return loaded(self.path, self.size, self.weight)

    def draw(self, canvas: ImageDraw.ImageDraw, left: int, top: float, width: int, fill: str):
        """Draw the lines below each other; those of a script that is written from the right stand at the right."""
        x, anchor = (left + width, "rs") if _is_rtl(self.lines[0]) else (left, "ls")
        for number, line in enumerate(self.lines):
            baseline = top + self.size * (ASCENT + number * LEADING)
            canvas.text((x, baseline), line, font=self.font, fill=fill, anchor=anchor)


def set_in_lines(title: str, width: int, height: int, weight: int = 500, sizes=SIZES) -> Setting | None:
    """Return a title at the largest size at which it fits; None for one without letters, or with letters that no font
    of this machine has. What does not fit at the smallest size ends in …"""
    words = " ".join(without_pictographs(unicodedata.normalize("NFC", title)).split())
    words = words if len(words) <= LETTERS_LIMIT else f"{words[:LETTERS_LIMIT]}…"
    path = font_for(words, SERIF) if words else None
    if path is None:
        return None
    for size in sizes:
        font = loaded(path, size, weight)
        lines = _lines(words, font, width, may_break=size <= BREAKING_SIZE)
        fitting = int(height / (size * LEADING))
        if len(lines) <= fitting and all(font.getlength(line) <= width for line in lines):
            return Setting(lines, path, size, weight)
    lines = [*lines[: fitting - 1], cut(" ".join(lines[fitting - 1 :]), font, width)]
    return Setting(lines, path, size, weight)


def _lines(words: str, font, width: int, may_break: bool) -> list[str]:
    lines: list[str] = []
    for word in words.split():
        if lines and font.getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
            continue
        while may_break and font.getlength(word) > width:
            ends = (end for end in range(len(word) - 1, 0, -1) if font.getlength(word[:end]) <= width)
            end = next((end for end in ends if unicodedata.category(word[end]) not in CLOSING), 1)
            lines.append(word[:end])
            word = word[end:]
        lines.append(word)
    return lines


def cut(words: str, font, width: int) -> str:
    """Return words as they fit into one line, with … where some are missing."""
    if font.getlength(words) <= width:
        return words
    while font.getlength(f"{words}…") > width:
        words = words[:-1].rstrip()
    return f"{words}…"


def _is_rtl(text: str) -> bool:
    strong = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind in {"R", "AL"} for kind in strong if kind in {"L", "R", "AL"}), False)
