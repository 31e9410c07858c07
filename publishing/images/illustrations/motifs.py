"""Motifs that illustrate a subject, such as tokens or lifetimes. They show no measured data.

Each takes a random generator and a grid (columns, rows), and returns its marks in grid units, with a margin of one.
"""

from dataclasses import dataclass
from random import Random

# By tone: in the light theme, in the dark theme. The values of css/tokens.css.
TONES = {
    "ink": ("#1b1f2c", "#ebe6db"),
    "soft": ("#c4b5a6", "#6a5b4f"),
    "accent": ("#bd2f17", "#f9845f"),
    "wash": ("#f9ebdf", "#2d221b"),
}


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


def attention(chance: Random, columns: int, rows: int) -> list[Mark]:
    """Draw an attention matrix: each word against the earlier ones, larger with more weight; one word gets the most."""
    across, down = columns - 2, rows - 2
    focus = chance.randrange(across // 3 + 1)
    marks = []
    for row in range(down):
        seen = max(1, round((row + 1) * across / down))
        for column in range(seen):
            is_focus = column == focus
            weight = 0.95 if is_focus or column == seen - 1 else chance.random() ** 2
            radius = 0.1 + 0.34 * weight * chance.uniform(0.8, 1)
            marks.append(dot(column + 1.5, row + 1.5, radius, "accent" if is_focus else "ink"))
    return marks


def tokens(chance: Random, columns: int, rows: int) -> list[Mark]:
    """Draw a text cut into pieces of uneven length; the last one is highlighted."""
    marks, lines = [], rows - 2
    for line in range(lines):
        x, end = 1.0, columns - 1.0
        if line == lines - 1:
            end = 1 + (columns - 2) * chance.uniform(0.35, 0.6)
        while x < end - 0.45:
            width = min(chance.choice([0.55, 0.8, 1.1, 1.5, 2.1]), end - x)
            marks.append(Mark(x, line + 1.2, width, 0.6, tone="soft" if chance.random() < 0.3 else "ink"))
            x += width + 0.16
    last = marks.pop()
    return [*marks, Mark(last.x, last.y, max(last.width, 0.9), last.height, tone="accent")]


def lifetimes(chance: Random, columns: int, rows: int) -> list[Mark]:
    """Draw models from release to retirement, one below the other; today as a line, and one that ends there."""
    left, right = 1.0, columns - 1.0
    span = right - left
    today = left + span * chance.uniform(0.6, 0.76)
    ending = chance.randrange(1, rows - 3)
    marks = [Mark(today, 0.8, 0.08, rows - 1.6)]
    for row in range(rows - 2):
        y, tone = row + 1.5, "accent" if row == ending else "ink"
        begin = left + span * (row / rows * 0.55 + chance.uniform(0, 0.12))
        end = today if row == ending else min(begin + span * chance.uniform(0.28, 0.6), right)
        marks.append(Mark(begin, y - 0.17, max(end - begin, 0.6), 0.34, 0.17, tone))
        if row == ending:
            marks.append(dot(end, y, 0.42, tone))
        elif end < right - 0.4:
            marks.append(Mark(end + 0.35, y - 0.04, right - end - 0.35, 0.08, tone="soft"))
    return marks


MOTIFS = {motif.__name__: motif for motif in (attention, tokens, lifetimes)}
