"""Which typeface has the letters of some words: our own two, and for other scripts whatever the machine has."""

import unicodedata
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from PIL import ImageFont, features

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
