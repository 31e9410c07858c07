"""Sets a title in lines, in one typeface that has all its letters: one of our own two, or whatever the machine has."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from PIL import ImageDraw, ImageFont, features

SERIF = settings.BASE_DIR / "static" / "fonts" / "newsreader-roman.woff2"
SANS = settings.BASE_DIR / "static" / "fonts" / "instrument-sans.woff2"
SYSTEM_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts", "/Library/Fonts")
SUFFIXES = {".ttf", ".otf", ".ttc", ".woff2"}
FILES_LIMIT = 600
# No letter is here, so what a font draws for it is what it draws for all that it lacks.
NO_LETTER = "\U0010fffe"
# Letters that only a shaping engine puts in their order and form; without one they would be drawn wrong.
SHAPED = {"R", "AL"}
SHAPED_NAMES = (
    *("DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA"),
    *("THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN"),
)


@lru_cache(maxsize=256)
def loaded(path: Path, size: int, weight: int) -> ImageFont.FreeTypeFont:
    """Return the font at `size` pixels; `weight` is for our own, which vary."""
    font = ImageFont.truetype(str(path), size)
    if path in {SERIF, SANS}:
        font.set_variation_by_axes([weight])
    return font


def font_for(words: str, own: Path) -> Path | None:
    """Return the file of the first font that has every letter of `words`, `own` before all others; or None."""
    letters = set(words)
    return next((path for path in (own, *_system_fonts()) if all(_has(path, letter) for letter in letters)), None)


def without_pictographs(words: str) -> str:
    """Return words without what a title can do without: emoji and the tones of their skin, and what is not drawn
    (joiners, direction marks, variation selectors)."""
    return "".join(letter for letter in words if not (_is_pictograph(letter) or _is_invisible(letter)))


def _is_invisible(letter: str) -> bool:
    is_control = unicodedata.category(letter) in {"Cf", "Cc"} and not letter.isspace()
    return is_control or "VARIATION SELECTOR" in unicodedata.name(letter, "")


def _is_pictograph(letter: str) -> bool:
    return unicodedata.category(letter) in {"So", "Sk"} and ord(letter) > 0x2000


@lru_cache(maxsize=20_000)
def _has(path: Path, letter: str) -> bool:
    if _needs_shaping(letter) and not features.check("raqm"):
        return False
    try:
        font = loaded(path, 40, 500)
        drawn, missing = font.getmask(letter), font.getmask(NO_LETTER)
    except (OSError, ValueError):
        return False  # a font of fixed bitmaps, or a broken file
    return (drawn.size, bytes(drawn)) != (missing.size, bytes(missing))


def _needs_shaping(letter: str) -> bool:
    return unicodedata.bidirectional(letter) in SHAPED or unicodedata.name(letter, "").startswith(SHAPED_NAMES)


@lru_cache(maxsize=1)
def _system_fonts() -> tuple[Path, ...]:
    """The machine's fonts, upright and regular ones of the Noto family first. An operator may add to DATA_DIR/fonts."""
    found: list[Path] = []
    for folder in (settings.DATA_DIR / "fonts", *SYSTEM_FOLDERS):
        found += (path for path in Path(folder).expanduser().rglob("*") if path.suffix.lower() in SUFFIXES)
    return tuple(sorted(found, key=_preference)[:FILES_LIMIT])


def _preference(path: Path) -> tuple:
    name = path.stem.lower()
    odd = ("italic", "oblique", "mono", "condensed", "narrow", "light", "thin", "black", "math", "lastresort")
    return (any(word in name for word in odd), "noto" not in name, "serif" not in name, "bold" in name, name, str(path))


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
