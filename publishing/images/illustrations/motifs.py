"""Motifs of covers. Each draws the values that a text states, from 0 to 35, on a grid of columns and rows.

A motif returns its marks in grid units, with a margin of one. It needs one value, and repeats or leaves out others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import batched, cycle

# Most are values of css/tokens.css in the light theme.
TONES = {"ink": "#1b1f2c", "soft": "#c4b5a6", "accent": "#bd2f17", "wash": "#f9ebdf"}
MOST = 35


@dataclass(frozen=True)
class Mark:
    """A bar whose corners are rounded by `radius`; a dot if that is half of width and height."""

    x: float
    y: float
    width: float
    height: float
    radius: float = 0
    tone: str = "ink"


def dot(x: float, y: float, radius: float, tone: str) -> Mark:
    return Mark(x - radius, y - radius, 2 * radius, 2 * radius, radius, tone)


def lifetimes(values: Sequence[int], columns: int, rows: int) -> list[Mark]:
    """Draw lives, pairs of the first and the last day, one below the other; the one that ends first is highlighted."""
    lives = [*batched(values, 2)][: rows - 2]
    start, end = min(life[0] for life in lives), max(life[-1] for life in lives)
    step, unit = (rows - 2) / len(lives), (columns - 2) / max(end - start, 1)
    first, size, marks = min(range(len(lives)), key=lambda at: lives[at][-1]), min(step, 1.2), []
    for number, life in enumerate(lives):
        y, left = 1 + step * (number + 0.5), 1 + min(max(life[0] - start, 0) * unit, columns - 3)
        right, tone = max(1 + (life[-1] - start) * unit, left + size), "accent" if number == first else "ink"
        marks.append(Mark(1, y - 0.04, columns - 2, 0.08, tone="soft"))
        marks.append(Mark(left, y - size * 0.2, right - left, size * 0.4, size * 0.2, tone))
        marks.append(dot(right - size * 0.42, y, size * 0.42, tone))
    return marks


def bands(values: Sequence[int], columns: int, rows: int) -> list[Mark]:
    """Draw a band for each value, as high as the picture, which no reader takes for a chart."""
    widths, marks, x = [value + 4 for value in values[: columns - 2]], [], 1.0
    for at, width in enumerate(widths):
        share, tone = width * (columns - 2) / sum(widths), "accent" if at == widths.index(max(widths)) else "ink"
        marks.append(Mark(x, 1, share, rows - 2, tone="soft" if at % 2 and tone == "ink" else tone))
        x += share
    return marks


def tokens(values: Sequence[int], columns: int, rows: int) -> list[Mark]:
    """Draw words cut into pieces by their lengths; the last one is highlighted."""
    marks, lengths, lines = [], cycle(values), rows - 2
    for line in range(lines):
        x, end = 1.0, columns - 1.0 if line < lines - 1 else columns * 0.6
        while x < end - 0.45:
            length = next(lengths)
            width = min(0.4 + length * 0.16, end - x)
            marks.append(Mark(x, line + 1.2, width, 0.6, tone="soft" if length < 4 else "ink"))
            x += width + 0.16
    last = marks.pop()
    return [*marks, Mark(last.x, last.y, max(last.width, 0.9), last.height, tone="accent")]


MOTIFS = {motif.__name__: motif for motif in (lifetimes, bands, tokens)}
