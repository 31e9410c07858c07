"""A generated picture for link previews: words, and a drawing composed from what a text is about.

Its URL holds all of it, and a signature of the words, so that nobody else can have the site show theirs."""

import calendar
import math
import re
import textwrap
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO

from django.conf import settings
from django.core.signing import Signer
from PIL import Image, ImageDraw, ImageFont

from ops.http.urls import route
from publishing.images.illustrations.motifs import MOST, MOTIFS, TONES, Mark
from publishing.richtext.reading import TextBlocks

# Increase when motifs change: it is part of the URL, since browsers cache a drawing for a year.
RECIPE = 9
SCALE = 2  # PNGs are drawn larger and then shrunk, for smooth edges
COLUMNS, ROWS, UNIT_PX = 20, 10, 60
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
MOST_VALUES = 60
FEWEST, FEWEST_LIVES = 3, 2  # numbers, and pairs of dates, that make a drawing
NAME = re.compile(rf"(?P<motif>{'|'.join(MOTIFS)})-(?P<values>[0-9a-z]{{1,{MOST_VALUES}}})-{RECIPE}")
MONTHS = [month for month in calendar.month_name if month]
DATE = re.compile(rf"(?:(?:(\d{{1,2}}) )?({'|'.join(MONTHS)}) )?((?:19|20)\d\d)")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
LATIN = re.compile(r"[ -~\xa0-\xff–—‘’“”…€]+")  # what the fonts have
TOP, SHARE = 7.3, 0.25  # of the drawing below words: its first row, and its share of the height
# The most lines and the height of a title, and of one with a line below it.
ALONE, BESIDE_LINE = (4, 4.5), (2, 2.4)
# Fonts, tones and possible sizes of the words.
NAME_SIZE, NAME_AT, WORDS_AT = 0.6, 0.55, 1.5
HANDS = ("newsreader-roman.woff2", "ink", 2.3, 1.9, 1.55, 1.1), ("instrument-sans.woff2", "accent", 0.8)


@dataclass(frozen=True)
class Drawing:
    """A generated drawing, for link previews. `words` are a title, or two lines: a figure and what it counts, or a
    title and the values that matter most. `name` is that of the site.
    """

    motif: str
    values: str  # in DIGITS
    words: tuple[str, ...] = ()
    name: str = ""

    def shared(self, name: str, line: str = "") -> "Drawing":
        """Return the drawing with the name of the site, and with a line below a title that stands alone."""
        lines = (*self.words, line) if line and len(self.words) == 1 else self.words
        return replace(self, words=lines, name=name if LATIN.fullmatch(name) else "")

    @property
    def alt(self) -> str:
        return ". ".join(filter(None, [self.name, *self.words]))

    @property
    def subject(self) -> str:
        return f"{self.motif}-{self.values}"

    @property
    def url(self) -> str:
        lines = self.words if all(map(LATIN.fullmatch, self.words)) else ()
        query = [("words", signer().sign_object((self.name, *lines)))] if lines or self.name else ()
        return route("share_image", f"{self.subject}-{RECIPE}", query=query)

    @property
    def marks(self) -> list[Mark]:
        return MOTIFS[self.motif]([*map(DIGITS.index, self.values)], COLUMNS, ROWS)


def signer() -> Signer:
    return Signer(salt="drawing")


@lru_cache(maxsize=1_024)
def drawing_about(key: str, title: str) -> Drawing:
    """Return the drawing of a title: the lengths of its words. Parts of its `key` (a slug) make it unique."""
    crumbs = (zlib.crc32(key.encode()) >> shift for shift in (0, 8, 16))
    lengths = [min(len(word), 15) for word in re.findall(r"\w+", title)][:20]
    return _drawing("tokens", [*lengths, *(1 + crumb % 15 for crumb in crumbs)], title)


def drawing_of(html: str, key: str, title: str) -> Drawing:
    """Return the drawing of a stored body: of lives of records whose dates it cites, of numbers, or of its title."""
    reading = TextBlocks.of(html)
    dates, amounts = defaultdict(list), []
    for item in reading.mentioned:
        text = item.mention.words.strip()
        if item.mention.fact and (date := DATE.fullmatch(text)):
            day, month, year = date.groups()
            months = int(year) * 12 + (MONTHS.index(month) if month else 0) + int(day or 1) / 31
            dates[item.mention.pk].append(months)
        elif item.mention.fact and NUMBER.fullmatch(text):
            amounts.append(math.log10(1 + float(text.replace(",", ""))))
    lives = [(min(days), max(days)) for days in dates.values() if min(days) < max(days)]
    if len(lives) >= FEWEST_LIVES:
        first = min(start for start, _ in lives)
        return _drawing("lifetimes", _scaled([day for life in lives for day in life], first), title)
    if len({*amounts}) >= FEWEST:
        return _drawing("bands", _scaled(amounts, 0), title)
    return drawing_about(key, title)


def _scaled(values: Sequence[float], least: float) -> list[int]:
    most = max(values)
    return [round(MOST * (value - least) / (most - least)) for value in values]


def _drawing(motif: str, values: list[int], title: str) -> Drawing:
    return Drawing(motif, "".join(DIGITS[value] for value in values[:MOST_VALUES]), (title,) if title else ())


@lru_cache(maxsize=16)
def as_png(drawing: Drawing) -> bytes:
    """Return the drawing in the light colours, for link previews, which show no SVG."""
    large = UNIT_PX * SCALE
    image = Image.new("RGB", (COLUMNS * large, ROWS * large), TONES["wash"])
    canvas = ImageDraw.Draw(image)
    top, share = (TOP, SHARE) if drawing.words else (0, 1)
    for mark in drawing.marks:
        box = mark.x, top + mark.y * share, mark.x + mark.width, top + (mark.y + mark.height) * share
        canvas.rounded_rectangle([side * large for side in box], mark.radius * share * large, TONES[mark.tone])
    if drawing.name:
        face = ImageFont.truetype(settings.BASE_DIR / "static" / "fonts" / HANDS[0][0], NAME_SIZE * large)
        canvas.text((large, NAME_AT * large), drawing.name, TONES["ink"], face)
    y, (most_lines, most) = WORDS_AT, BESIDE_LINE if drawing.words[1:] else ALONE
    for text, (font, tone, *sizes) in zip(drawing.words, HANDS, strict=False):
        for size in sizes:  # the largest that fits
            face = ImageFont.truetype(settings.BASE_DIR / "static" / "fonts" / font, size * large)
            fitting = (COLUMNS - 2) * large * len(text) // max(face.getlength(text), 1)
            lines = textwrap.wrap(text, int(fitting), max_lines=most_lines, placeholder="…")
            if len(lines) * size < most:
                break
        canvas.text((large, y * large), "\n".join(lines), TONES[tone], face, spacing=0.35 * size * large)
        y += 1.3 * size * len(lines)
    buffer = BytesIO()
    image.resize((COLUMNS * UNIT_PX, ROWS * UNIT_PX), Image.Resampling.LANCZOS).save(buffer, "PNG")
    return buffer.getvalue()
