"""A generated drawing for link previews: composed from what a text is about, and reproducible by its name."""

import calendar
import math
import re
import zlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

from ops.http.urls import route
from publishing.images.illustrations.motifs import MOST, MOTIFS, TONES, Mark
from publishing.richtext.reading import TextBlocks

# Increase when motifs change: it is part of the URL, since browsers cache a drawing for a year.
RECIPE = 7
SCALE = 2  # PNGs are drawn larger and then shrunk, for smooth edges
COLUMNS, ROWS, UNIT_PX = 20, 10, 60
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
MOST_VALUES = 60
TITLE_ALONE = "tokens"  # the motif of a text without more
FEWEST, FEWEST_LIVES = 3, 2  # numbers or blocks, and pairs of dates, that make a drawing
NAME = re.compile(rf"(?P<motif>{'|'.join(MOTIFS)})-(?P<values>[0-9a-z]{{1,{MOST_VALUES}}})-{RECIPE}")
MONTHS = [month for month in calendar.month_name if month]
DATE = re.compile(rf"(?:(?:(\d{{1,2}}) )?({'|'.join(MONTHS)}) )?((?:19|20)\d\d)")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True)
class Drawing:
    """A generated drawing, for link previews."""

    motif: str
    values: str  # in DIGITS

    @property
    def subject(self) -> str:
        return f"{self.motif}-{self.values}"

    @property
    def url(self) -> str:
        return route("share_image", f"{self.subject}-{RECIPE}")

    @property
    def marks(self) -> list[Mark]:
        return MOTIFS[self.motif]([*map(DIGITS.index, self.values)], COLUMNS, ROWS)


@lru_cache(maxsize=1_024)
def drawing_about(key: str, title: str) -> Drawing:
    """Return the drawing of a title: the lengths of its words. Parts of its `key` (a slug) make it unique."""
    crumbs = (zlib.crc32(key.encode()) >> shift for shift in (0, 8, 16))
    lengths = [min(len(word), 15) for word in re.findall(r"\w+", title)][:20]
    return _drawing(TITLE_ALONE, [*lengths, *(1 + crumb % 15 for crumb in crumbs)])


def drawing_of(html: str, key: str, title: str, neighbours: Collection[str] = (), motif: str = "") -> Drawing:
    """Return the drawing of a stored body in this `motif`, or else in one that its `neighbours` do not have.

    These are tried: lives of records whose dates it cites, the numbers that it cites, its paragraphs, its title.
    """
    reading = TextBlocks.of(html)
    dates, amounts = defaultdict(list), []
    for item in reading.mentioned:
        words = item.mention.words.strip()
        if item.mention.fact and (date := DATE.fullmatch(words)):
            day, month, year = date.groups()
            months = int(year) * 12 + (MONTHS.index(month) if month else 0) + int(day or 1) / 31
            dates[item.mention.pk].append(months)
        elif item.mention.fact and NUMBER.fullmatch(words):
            amounts.append(math.log10(1 + float(words.replace(",", ""))))
    lives = [(min(days), max(days)) for days in dates.values() if min(days) < max(days)]
    blocks = [block for block in reading.blocks if not block.place.is_heading]
    found = [drawing_about(key, title)]
    if len(blocks) >= FEWEST:
        found.append(_drawing("attention", [min(len(block.words) // 8, MOST) for block in blocks]))
    if len({*amounts}) >= FEWEST:
        found += [_drawing(shown, _scaled(amounts, 0)) for shown in ("dots", "bands")]
    if len(lives) >= FEWEST_LIVES:
        first = min(start for start, _ in lives)
        found.append(_drawing("lifetimes", _scaled([day for life in lives for day in life], first)))
    kept = [one for one in found if one.motif == motif != TITLE_ALONE]
    return next((one for one in kept or found[::-1] if one.motif not in neighbours), found[-1])


def _scaled(values: Sequence[float], least: float) -> list[int]:
    most = max(values)
    return [round(MOST * (value - least) / (most - least)) for value in values]


def _drawing(motif: str, values: list[int]) -> Drawing:
    return Drawing(motif, "".join(DIGITS[value] for value in values[:MOST_VALUES]))


@lru_cache(maxsize=16)
def as_png(drawing: Drawing) -> bytes:
    """Return the drawing in the light colours, for link previews, which show no SVG."""
    large = UNIT_PX * SCALE
    image = Image.new("RGB", (COLUMNS * large, ROWS * large), TONES["wash"])
    canvas = ImageDraw.Draw(image)
    for mark in drawing.marks:
        box = mark.x, mark.y, mark.x + mark.width, mark.y + mark.height
        canvas.rounded_rectangle([side * large for side in box], mark.radius * large, TONES[mark.tone])
    buffer = BytesIO()
    image.resize((COLUMNS * UNIT_PX, ROWS * UNIT_PX), Image.Resampling.LANCZOS).save(buffer, "PNG")
    return buffer.getvalue()
