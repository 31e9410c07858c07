"""Motifs that illustrate a subject, such as attention or training curves. They show no measured data.

Each takes a random generator and a grid (columns, rows), and returns its marks in grid units, with a margin of one.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from random import Random

# By tone: in the light theme, in the dark theme. The values of css/tokens.css.
TONES = {
    "ink": ("#1b1f2c", "#ebe6db"),
    "soft": ("#c4b5a6", "#6a5b4f"),
    "accent": ("#bd2f17", "#f9845f"),
    "wash": ("#f9ebdf", "#2d221b"),
}


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    radius: float
    tone: str = "ink"


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    tone: str = "ink"


@dataclass(frozen=True)
class Polyline:
    """A line through `points`, `width` wide, with round ends."""

    points: tuple[tuple[float, float], ...]
    width: float
    tone: str = "ink"


Mark = Dot | Bar | Polyline


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
            tone = "accent" if is_focus else "ink"
            marks.append(Dot(column + 1.5, row + 1.5, 0.1 + 0.34 * weight * chance.uniform(0.8, 1), tone))
    return marks


def curves(chance: Random, columns: int, rows: int) -> list[Mark]:
    """Draw training curves, each falling at a different rate; one reaches the lowest value."""
    left, right, top, bottom = 1.0, columns - 1.0, 1.0, rows - 1.0
    marks: list[Mark] = [Polyline(((left, top), (left, bottom), (right, bottom)), 0.1)]
    thin = 0.12 if columns > 8 else 0.17
    floors = sorted((chance.uniform(0.06, 0.66) for _ in range(4)), reverse=True)
    for number, floor in enumerate(floors):
        is_best = number == len(floors) - 1
        speed, points = 6.5 if is_best else chance.uniform(2.5, 5.5), []
        for step in range(columns * 3 + 1):
            share = step / (columns * 3)
            shaken = 0 if is_best else chance.gauss(0, 0.022)
            height = floor + (0.97 - floor) * math.exp(-speed * share) + shaken
            points.append((left + 0.35 + share * (right - left - 0.35), bottom - 0.3 - height * (bottom - top - 0.4)))
        marks.append(Polyline(tuple(points), 2.2 * thin if is_best else thin, "accent" if is_best else "ink"))
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
            marks.append(Bar(x, line + 1.2, width, 0.6, "soft" if chance.random() < 0.3 else "ink"))
            x += width + 0.16
    last = marks.pop()
    return [*marks, Bar(last.x, last.y, max(last.width, 0.9), last.height, "accent")]


def lifetimes(chance: Random, columns: int, rows: int) -> list[Mark]:
    """Draw models from release to retirement, one below the other; today as a line, and one that ends there."""
    left, right = 1.0, columns - 1.0
    span = right - left
    today = left + span * chance.uniform(0.6, 0.76)
    ending = chance.randrange(1, rows - 3)
    marks: list[Mark] = [Polyline(((today, 0.8), (today, rows - 0.8)), 0.08)]
    for row in range(rows - 2):
        y = row + 1.5
        begin = left + span * (row / rows * 0.55 + chance.uniform(0, 0.12))
        end = today if row == ending else min(begin + span * chance.uniform(0.28, 0.6), right)
        tone = "accent" if row == ending else "ink"
        marks.append(Polyline(((begin, y), (max(end, begin + 0.6), y)), 0.34, tone))
        if row == ending:
            marks.append(Dot(end, y, 0.42, tone))
        elif end < right - 0.4:
            marks.append(Polyline(((end + 0.35, y), (right, y)), 0.08, "soft"))
    return marks


def network(chance: Random, columns: int, rows: int) -> list[Mark]:
    """Draw layers of a network and their weights, with one path highlighted."""
    count = 5 if columns > 8 else 3
    xs = [1.4 + (columns - 2.8) * number / (count - 1) for number in range(count)]
    layers = []
    for x in xs:
        nodes = chance.randrange(3, 6)
        gap = (rows - 2.8) / (nodes - 1)
        layers.append([(x, 1.4 + gap * number) for number in range(nodes)])
    marks: list[Mark] = []
    for one, other in pairwise(layers):
        marks += [Polyline((a, b), 0.03 + 0.09 * chance.random() ** 2, "soft") for a in one for b in other]
    path = [chance.choice(layer) for layer in layers]
    marks.append(Polyline(tuple(path), 0.17, "accent"))
    marks += [Dot(x, y, 0.36, "accent" if (x, y) in path else "ink") for layer in layers for x, y in layer]
    return marks


MOTIFS = {motif.__name__: motif for motif in (attention, curves, tokens, lifetimes, network)}
