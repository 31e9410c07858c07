"""Motifs of covers. Each draws the values that a text states, from 0 to 35, on a grid of columns and rows.

A motif returns its marks in grid units, with a margin of one. It needs one value, and repeats or leaves out others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import batched, cycle

# By tone: in the light theme, in the dark theme. The values of css/tokens.css.
TONES = {
    "ink": ("#1b1f2c", "#ebe6db"),
    "soft": ("#c4b5a6", "#6a5b4f"),
    "accent": ("#bd2f17", "#f9845f"),
    "wash": ("#f9ebdf", "#2d221b"),
}
MOST = 35
# In `sections`: a value for the start of a section, and what is added for a block that cites the catalogue.
SECTION, CITES = 0, 18


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
    step, unit = (rows - 2) / len(lives), (columns - 2) / MOST
    first, marks = min(range(len(lives)), key=lambda number: lives[number][-1]), []
    for number, life in enumerate(lives):
        y, start = 1 + step * (number + 0.5), 1 + min(life[0], MOST - 1) * unit
        end, tone = max(1 + life[-1] * unit, start + 0.6), "accent" if number == first else "ink"
        marks.append(Mark(end, y - 0.04, max(columns - 1 - end, 0.1), 0.08, tone="soft"))
        marks.append(Mark(start, y - 0.17, end - start, 0.34, 0.17, tone))
        marks.append(dot(end, y, 0.42, tone))
    return marks


def numbers(values: Sequence[int], columns: int, rows: int) -> list[Mark]:
    """Draw a bar for each value, the highest highlighted."""
    shown = values[: columns - 2]
    step, unit, highest = (columns - 2) / len(shown), (rows - 2) / MOST, max(range(len(shown)), key=shown.__getitem__)
    return [
        Mark(1 + step * number, rows - 1 - height, step * 0.68, height, tone="accent" if number == highest else "ink")
        for number, height in enumerate(max(value, 1) * unit for value in shown)
    ]


def sections(values: Sequence[int], columns: int, rows: int) -> list[Mark]:
    """Draw the blocks of the longest sections as dots, by their length; those that cite the catalogue are red."""
    lines: list[list[int]] = [[]]
    for value in values:
        lines += [[]] if value == SECTION else []
        lines[-1] += [value] if value != SECTION else []
    lines = [line for line in lines if line] or [[1]]
    longest = sorted(range(len(lines)), key=lambda number: -len(lines[number]))[: rows - 2]
    lines = [lines[number] for number in sorted(longest)]
    across = min(max(*map(len, lines), 4), columns - 2)
    step, down = min((columns - 2) / across, 1.6), (rows - 2) / len(lines)
    size = min(step, down) * 0.47
    return [
        dot(
            1 + step * (place + 0.5),
            1 + down * (number + 0.5),
            size * (0.45 + 0.55 * (value % CITES) / (CITES - 1)),
            "accent" if value >= CITES else "ink",
        )
        for number, line in enumerate(lines)
        for place, value in enumerate(line[:across])
    ]


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


MOTIFS = {motif.__name__: motif for motif in (lifetimes, numbers, sections, tokens)}
