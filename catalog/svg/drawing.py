"""The parts of charts: planes, scales, and labels that do not overlap."""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from django.utils.html import format_html, format_html_join

type Box = tuple[float, float, float, float]  # left, top, right, bottom
LETTER = 0.56  # average width of a letter relative to the font size, rounded up


@dataclass(frozen=True)
class ChartArea:
    """The size of a chart in its own units, its margins, and its font size (`type_px`)."""

    name: str
    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    type_px: int

    @property
    def x_end(self) -> int:
        return self.width - self.right

    @property
    def y_end(self) -> int:
        return self.height - self.bottom

    @property
    def below(self) -> int:
        """Return where the words below the axis stand."""
        return self.y_end + self.type_px + 6

    def without_collisions(self, texts: Iterable["ChartText"]) -> list["ChartText"]:
        """Return those of `texts`, most important first, that do not overlap each other."""
        boxes, placed = [], []
        for text in texts:
            box = text.box(self.type_px)
            if box[0] >= 0 and box[2] <= self.width and box[1] >= 0 and not any(_touch(box, other) for other in boxes):
                boxes.append(box)
                placed.append(text)
        return placed


# A scaled-down drawing would be unreadable.
WIDE = ChartArea("wide", 760, 440, 54, 20, 26, 46, 13)
NARROW = ChartArea("narrow", 340, 440, 44, 12, 26, 44, 14)


@dataclass(frozen=True)
class ChartText:
    x: float
    y: float
    text: str
    anchor: str = "start"
    style: str = ""

    def box(self, type_px: int) -> Box:
        width = LETTER * type_px * len(self.text)
        left = self.x - {"start": 0, "middle": width / 2, "end": width}[self.anchor]
        return left, self.y - type_px, left + width, self.y + type_px * 0.3


@dataclass(frozen=True)
class ChartMark:
    """A dot. `url` is the page of the model with its values, `title` has the values."""

    x: float
    y: float
    radius: float
    title: str
    style: str = "colour-ink"
    url: str = ""

    @property
    def element(self) -> str:
        outline = CIRCLE.format(self.x, self.y, self.radius, round(2 * self.radius, 1))
        return format_html(DOT, self.style, outline, self.url, self.title)


DOT = '<path class="chart__mark chart__mark--dot {}" d="{}" data-url="{}"><title>{}</title></path>'
CIRCLE = "M{0} {1}m-{2} 0a{2} {2} 0 1 0 {3} 0a{2} {2} 0 1 0 -{3} 0"  # around x, y with a radius and twice of it
STEPS = '<path class="chart__steps {}" d="{}"/>'
LABEL = '<text class="chart__label {}" x="{}" y="{}" text-anchor="{}">{}</text>'
X_TICK = (
    '<path class="chart__axis" d="M{0} {1}v5"/><text class="chart__tick" x="{0}" y="{2}" text-anchor="{3}">{4}</text>'
)
Y_TICK = (
    '<path class="chart__line" d="M{1} {3}H{2}"/>'
    '<text class="chart__tick" x="{0}" y="{3}" dy="0.35em" text-anchor="end">{4}</text>'
)


@dataclass(frozen=True)
class ChartSteps:
    """A line of horizontal steps, each (x from, x to, y); it is interrupted where no step continues the one before."""

    style: str
    steps: list[tuple[float, float, float]]

    @property
    def element(self) -> str:
        path, end = "", None
        for start, stop, y in self.steps:
            path += f"V{y}H{stop}" if start == end else f"M{start} {y}H{stop}"
            end = stop
        return format_html(STEPS, self.style, path)


@dataclass
class Chart:
    """The parts of a chart, rendered as SVG elements in Python, because there are hundreds."""

    plane: ChartArea
    marks: Sequence[ChartMark | ChartSteps] = ()
    labels: list[ChartText] = field(default_factory=list)
    x_ticks: list[ChartText] = field(default_factory=list)
    y_ticks: list[ChartText] = field(default_factory=list)

    @property
    def elements(self) -> str:
        """Return ticks and marks, then labels, which are drawn on top."""
        plane = self.plane
        return format_html(
            "{}" * 4,
            format_html_join(
                "", Y_TICK, ((tick.x, plane.left, plane.x_end, tick.y, tick.text) for tick in self.y_ticks)
            ),
            format_html_join(
                "", X_TICK, ((tick.x, plane.y_end, tick.y, tick.anchor, tick.text) for tick in self.x_ticks)
            ),
            format_html_join("", "{}", ((mark.element,) for mark in self.marks)),
            format_html_join(
                "", LABEL, ((label.style, label.x, label.y, label.anchor, label.text) for label in self.labels)
            ),
        )


@dataclass(frozen=True)
class LinearScale:
    """A scale from values to coordinates."""

    least: float
    most: float
    start: float
    end: float

    def share(self, value: float) -> float:
        return (value - self.least) / (self.most - self.least)

    def __call__(self, value) -> float:
        return round(self.start + self.share(float(value)) * (self.end - self.start), 1)

    def ticks(self) -> list[float]:
        """Return multiples of 1, 2 or 5 times a power of ten, at most about seven."""
        least = (self.most - self.least) / 6
        power = 10.0 ** math.floor(math.log10(least))
        step = next(step * power for step in (1, 2, 5, 10) if step * power >= least * 0.999)
        return [step * number for number in range(math.ceil(self.least / step), math.floor(self.most / step) + 1)]


class LogScale(LinearScale):
    @classmethod
    def over(cls, values: Collection[float], start: float, end: float) -> Self:
        """Return a scale of all `values`, with a little space at both ends."""
        return cls(min(values) / 1.4, max(values) * 1.4, start, end)

    def share(self, value: float) -> float:
        return math.log(value / self.least) / math.log(self.most / self.least)

    def ticks(self, steps: Iterable[int] = (1, 5, 2)) -> list[float]:
        """Return these multiples of the powers of ten within the scale, in this order, for which there may be space."""
        powers = range(math.floor(math.log10(self.least)), math.ceil(math.log10(self.most)) + 1)
        multiples = (step * 10.0**power for step in steps for power in powers)
        return [value for value in multiples if self.least <= value <= self.most]


def spread(texts: Iterable[ChartText], plane: ChartArea) -> list[ChartText]:
    """Return texts at the ends of lines moved up or down as little as needed, so that none is on another."""
    space, moved = plane.type_px * 1.35, sorted(texts, key=lambda text: text.y)
    highest = plane.y_end - space * (len(moved) - 1)
    for number, text in enumerate(moved):
        least = moved[number - 1].y + space if number else plane.top + plane.type_px / 2
        y = max(least, min(text.y, highest + space * number))
        moved[number] = replace(text, y=round(y, 1))
    return moved


def _touch(box, other, gap: float = 4) -> bool:
    is_beside = box[2] + gap <= other[0] or other[2] + gap <= box[0]
    return not (is_beside or box[3] + gap <= other[1] or other[3] + gap <= box[1])
