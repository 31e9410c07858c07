"""Sets a title in lines: wraps, shrinks, mixes scripts and directions."""

import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import ImageDraw

from publishing.drawings.fonts import SERIF, font_for, is_pictograph, loaded

SIZES = (80, 72, 64, 58, 52, 46, 40, 36, 32)
BREAKING_SIZE = 52  # a word too long for a line is rather broken than set smaller than this
LEADING = 1.14
ASCENT = 0.86  # of the size, from the top of the first line to its baseline
WEIGHT = 500
LETTERS_LIMIT = 260


@dataclass(frozen=True)
class Word:
    """`glued`: no space stands before it."""

    text: str
    font: Path
    is_rtl: bool
    glued: bool = False
    weight: int = WEIGHT

    def width(self, size: int) -> float:
        return self.loaded(size).getlength(self.text)

    def loaded(self, size: int):
        return loaded(self.font, size, self.weight if self.font == SERIF else 0)


def words_of(title: str, weight: int = WEIGHT) -> list[Word] | None:
    """Return the words of a title with their fonts; None if some letter is in no font of this machine."""
    words: list[Word] = []
    title = unicodedata.normalize("NFC", title)
    if len(title) > LETTERS_LIMIT:
        title = f"{title[:LETTERS_LIMIT]}…"
    for chunk in title.split():
        glued = False
        for piece in _pieces(chunk):
            font = font_for(piece, SERIF)
            if font is None:
                piece = "".join(letter for letter in piece if not is_pictograph(letter))
                font = font_for(piece, SERIF)
            if font is None:
                return None
            if piece.strip("\ufe0f\u200d"):
                words.append(Word(piece, font, _is_rtl(piece), glued, weight))
                glued = True
    return words


def _pieces(chunk: str) -> list[str]:
    """Split where a line may break without a space, as between Chinese characters, and where the script changes."""
    pieces: list[str] = []
    for letter in chunk:
        alone = _breaks_anywhere(letter)
        follows = pieces and not alone and not _breaks_anywhere(pieces[-1][-1])
        closes = pieces and unicodedata.category(letter) in {"Pe", "Pf", "Po", "Mn", "Mc", "Cf"}
        if (follows and is_pictograph(letter) == is_pictograph(pieces[-1][-1])) or closes:
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces


def _breaks_anywhere(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in {"W", "F"} and not is_pictograph(letter)


def _is_rtl(text: str) -> bool:
    strong = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind in {"R", "AL"} for kind in strong if kind in {"L", "R", "AL"}), False)


def set_in_lines(words: list[Word], width: int, height: int, sizes=SIZES) -> tuple[int, list[list[Word]]]:
    """Return the largest size at which the words fit, and their lines. What does not fit at the smallest ends in …"""
    for size in sizes:
        whole = words if size > BREAKING_SIZE else [part for word in words for part in _broken(word, size, width)]
        lines = _lines(whole, size, width)
        if len(lines) * size * LEADING <= height and all(_width(line, size) <= width for line in lines):
            return size, lines
    fitting = int(height / (size * LEADING))
    if len(lines) > fitting:
        lines = lines[:fitting]
        last = lines[-1]
        ellipsis = Word("…", SERIF, last[-1].is_rtl, glued=True, weight=last[-1].weight)
        while len(last) > 1 and _width([*last, ellipsis], size) > width:
            last.pop()
        last.append(ellipsis)
    return size, lines


def _lines(words: list[Word], size: int, width: int) -> list[list[Word]]:
    lines: list[list[Word]] = []
    for word in words:
        if lines and _width([*lines[-1], word], size) <= width:
            lines[-1].append(word)
        else:
            lines.append([word])
    return lines


def _broken(word: Word, size: int, width: int) -> list[Word]:
    """A word wider than the line, in parts that are not."""
    if word.width(size) <= width:
        return [word]
    count = int(word.width(size) / width) + 1
    step = max(1, len(word.text) // (count + 1))
    parts = [word.text[start : start + step] for start in range(0, len(word.text), step)]
    return [replace(word, text=part, glued=word.glued or number > 0) for number, part in enumerate(parts)]


def _width(line: list[Word], size: int) -> float:
    return sum(word.width(size) + (0 if word.glued or not number else _space(size)) for number, word in enumerate(line))


def _space(size: int) -> float:
    return loaded(SERIF, size, WEIGHT).getlength(" ")


def draw_lines(canvas: ImageDraw.ImageDraw, lines: list[list[Word]], size: int, place: tuple[int, int, int], fill):
    """Draw lines from the top at `place` (left, top, width). Lines of a title that begins in a script written from
    the right stand at the right, their words in that order."""
    left, top, width = place
    from_right = bool(lines) and lines[0][0].is_rtl
    for number, line in enumerate(lines):
        x = left + width if from_right else left
        baseline = top + size * (ASCENT + number * LEADING)
        for position, run in enumerate(_runs(line)):
            text = "".join(word.text if word.glued or word is run[0] else f" {word.text}" for word in run)
            gap = _space(size) if position and not run[0].glued else 0
            length = run[0].loaded(size).getlength(text)
            x = x - gap - length if from_right else x + gap
            canvas.text((x, baseline), text, font=run[0].loaded(size), fill=fill, anchor="ls")
            x = x if from_right else x + length


def _runs(line: list[Word]) -> list[list[Word]]:
    """Neighbouring words of one font and one direction: drawn at once, so that letters join and stand in order."""
    runs: list[list[Word]] = []
    for word in line:
        if runs and (runs[-1][-1].font, runs[-1][-1].is_rtl) == (word.font, word.is_rtl):
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs
