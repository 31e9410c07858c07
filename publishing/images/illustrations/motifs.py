"""Motifs of covers. Each draws the values that a text states, from 0 to 35, on a grid of columns and rows.

A motif returns its marks in grid units, with a margin of one. It needs one value, and repeats or leaves out others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import batched, cycle, islice

# By tone: in the light theme, in the dark theme. Most are values of css/tokens.css; "night" and "day" stay as they are.
TONES = {
    "ink": ("#1b1f2c", "#ebe6db"),
    "soft": ("#c4b5a6", "#6a5b4f"),
    "accent": ("#bd2f17", "#f9845f"),
    "wash": ("#f9ebdf", "#2d221b"),
    "night": ("#1b1f2c", "#12141c"),
    "day": ("#f9ebdf", "#ebe6db"),
    "glow": ("#f9845f", "#f9845f"),
}
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


def numbers(values: Sequence[int], columns: int, rows: int) -> list[Mark]:
    """Draw a bar for each value, the highest highlighted."""
    shown = _heights(values[: columns - 2])
    step, highest = (columns - 2) / len(shown), shown.index(max(shown))
    bars = enumerate((share * (rows - 2), "accent" if at == highest else "ink") for at, share in enumerate(shown))
    return [Mark(1 + step * (at + 0.1), rows - 1 - high, step * 0.8, high, tone=tone) for at, (high, tone) in bars]


def curve(values: Sequence[int], columns: int, rows: int) -> list[Mark]:
    """Draw the values from the highest to the lowest as a falling curve of dots; the last is highlighted."""
    shown = sorted(_heights([*dict.fromkeys(values)][: columns - 2]), reverse=True)
    step, marks = (columns - 2) / len(shown), []
    size = min(step, 1.1) * 0.42
    for number, share in enumerate(shown):
        x, y = 1 + step * (number + 0.5), rows - 1 - size - share * (rows - 2 - 2 * size)
        marks.append(Mark(x - size * 0.3, y, size * 0.6, rows - 1 - y, tone="soft"))
        marks.append(dot(x, y, size, "accent" if number == len(shown) - 1 else "ink"))
    return marks


def attention(values: Sequence[int], columns: int, rows: int) -> list[Mark]:
    """Draw an attention matrix: a row shows the positions before it, the highest highlighted."""
    lengths, marks = [*islice(cycle(values), columns - 2)], [Mark(0, 0, columns, rows, tone="night")]
    for row in range(rows - 2):
        seen = (columns - 2) * (row + 1) // (rows - 2)
        shares = [(lengths[row] + 5 * column + 3 * lengths[column] * (row + 1)) % 11 / 10 for column in range(seen)]
        for column, share in enumerate(shares):
            size, tone = 0.3 + 0.6 * share, "glow" if column == shares.index(max(shares)) else "day"
            marks.append(Mark(1.5 + column - size / 2, 1.5 + row - size / 2, size, size, tone=tone))
        marks += [dot(1.5 + column, 1.5 + row, 0.07, "soft") for column in range(seen, columns - 2)]
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


def _heights(values: Sequence[int]) -> list[float]:
    """Return shares of the highest, half by value and half by rank, so that a large one does not flatten the rest."""
    ranks = sorted({*values})
    return [(value / max(ranks[-1], 1) + (ranks.index(value) + 1) / len(ranks)) / 2 for value in values]


MOTIFS = {motif.__name__: motif for motif in (lifetimes, numbers, curve, attention, tokens)}
