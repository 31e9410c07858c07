"""Set a title in lines, in a single font that has all its letters: one of our two, or a font of the system."""

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
# A noncharacter: a font draws it with the glyph that it uses for all missing letters.
NO_LETTER = "\U0010fffe"
# Letters that need a shaping engine for their order and form; without it they would be drawn incorrectly.
SHAPED = {"R", "AL"}
SHAPED_NAMES = (
    *("DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA"),
    *("THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN"),
)


@lru_cache(maxsize=256)
def loaded(path: Path, size: int, weight: int) -> ImageFont.FreeTypeFont:
    """Return the font at `size` pixels; `weight` applies to our own variable fonts."""
    font = ImageFont.truetype(str(path), size)
    if path in {SERIF, SANS}:
        font.set_variation_by_axes([weight])
    return font


def font_for(words: str, own: Path) -> Path | None:
    """Return the first font file that has every letter of `words`, preferring `own`; None if there is none."""
    letters = set(words)
    return next((path for path in (own, *_system_fonts()) if all(_has(path, letter) for letter in letters)), None)


def without_pictographs(words: str) -> str:
    """Return words without emoji and invisible characters (joiners, direction marks, variation selectors)."""
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
        return False  # a bitmap font, or a broken file
    return (drawn.size, bytes(drawn)) != (missing.size, bytes(missing))


def _needs_shaping(letter: str) -> bool:
    return unicodedata.bidirectional(letter) in SHAPED or unicodedata.name(letter, "").startswith(SHAPED_NAMES)


@lru_cache(maxsize=1)
def _system_fonts() -> tuple[Path, ...]:
    """Return the system's fonts, upright and regular Noto fonts first. Operators may add fonts to DATA_DIR/fonts."""
    found: list[Path] = []
    for folder in (settings.DATA_DIR / "fonts", *SYSTEM_FOLDERS):
        found += (path for path in Path(folder).expanduser().rglob("*") if path.suffix.lower() in SUFFIXES)
    return tuple(sorted(found, key=_preference)[:FILES_LIMIT])


def _preference(path: Path) -> tuple:
    name = path.stem.lower()
    odd = ("italic", "oblique", "mono", "condensed", "narrow", "light", "thin", "black", "math", "lastresort")
    return (any(word in name for word in odd), "noto" not in name, "serif" not in name, "bold" in name, name, str(path))


SIZES = (80, 72, 64, 58, 52, 46, 40, 36, 32)
BREAKING_SIZE = 52  # from this size down, a word that is too long for a line is broken
LEADING = 1.14
ASCENT = 0.86  # as a share of the size, from the top of the first line to its baseline
LETTERS_LIMIT = 260
CLOSING = {"Pe", "Pf", "Po", "Mn", "Mc"}  # Unicode categories of characters that must not begin a line


@dataclass(frozen=True)
class Setting:
    """Lines of text with the font file, size and weight."""

    lines: list[str]
    path: Path
    size: int
    weight: int

    @property
    def font(self):
        return loaded(self.path, self.size, self.weight)

    def draw(self, canvas: ImageDraw.ImageDraw, left: int, top: float, width: int, fill: str):
        """Draw the lines below each other; right-to-left text is aligned right."""
        x, anchor = (left + width, "rs") if _is_rtl(self.lines[0]) else (left, "ls")
        for number, line in enumerate(self.lines):
            baseline = top + self.size * (ASCENT + number * LEADING)
            canvas.text((x, baseline), line, font=self.font, fill=fill, anchor=anchor)


def set_in_lines(title: str, width: int, height: int, weight: int = 500, sizes=SIZES) -> Setting | None:
    """Return a title at the largest size that fits; None without letters, or if no font has all of them.

    Text that does not fit at the smallest size ends in "…".
    """
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
    """Return words shortened to one line, with "…" if some are missing."""
    if font.getlength(words) <= width:
        return words
    while font.getlength(f"{words}…") > width:
        words = words[:-1].rstrip()
    return f"{words}…"


def _is_rtl(text: str) -> bool:
    strong = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind in {"R", "AL"} for kind in strong if kind in {"L", "R", "AL"}), False)
