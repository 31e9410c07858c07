"""Charts of rows: each has a name, its values in words, and marks in percent of the width, so they fit all screens."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.charts.drawing import LinearScale

ROW = """
      <li class="lifetimes__row">
        <a class="lifetimes__name" href="{}">{}</a> <span class="lifetimes__about">{}</span>
        {}
      </li>
    """
BAR = '<svg class="lifetimes__bar {}" aria-hidden="true" width="100%" height="0.9em">{}{}{}{}</svg>'
TICK = '<line class="lifetimes__year" x1="{0}%" x2="{0}%" y1="0" y2="100%"/>'
TODAY = '<line class="lifetimes__today" x1="{0}%" x2="{0}%" y1="0" y2="100%"/>'
SPAN = '<line class="lifetimes__life" x1="{}%" x2="{}%" y1="0.45em" y2="0.45em"/>'
END = (
    '<svg class="lifetimes__mark" x="{}%" y="0.45em">'
    '<rect class="lifetimes__end{}" x="-0.35em" y="-0.35em" width="0.7em" height="0.7em"/></svg>'
)
DOT = '<circle class="lifetimes__dot" cx="{}%" cy="0.45em" r="0.3em"/>'
MEDIAN = '<line class="lifetimes__middle" x1="{0}%" x2="{0}%" y1="0" y2="100%"/>'
LAST_TICK = 92  # percent: the words of a later one would not fit


class Row(NamedTuple):
    """A row about a record: `about` and `marks` are HTML, `style` names the colour of its marks."""

    url: str
    name: str
    about: str
    marks: str
    style: str = ""


@dataclass(frozen=True)
class RowChart:
    """`title` says what is drawn, for those who do not see it; `ticks` are positions in percent with their words.

    `today` is the position of the line of the day, "" for none; `before` is HTML that is drawn below all marks.
    """

    title: str
    rows: Sequence[Row]
    ticks: Sequence[tuple[str, str]]
    today: str = ""
    day: str = "today"
    before: str = SafeString("")
    unit: str = ""

    @property
    def bars(self) -> list[str]:
        """Return the marks of each row as SVG, with the lines of ticks and of the day."""
        ticks = format_html_join("", TICK, ((x,) for x, _ in self.ticks))
        line = format_html(TODAY, self.today) if self.today else ""
        return [format_html(BAR, row.style, self.before, ticks, row.marks, line) for row in self.rows]

    @property
    def items(self) -> str:
        """Return the rows as HTML, rendered in Python because there are dozens."""
        return format_html_join("", ROW, ((*row[:3], bar) for row, bar in zip(self.rows, self.bars, strict=True)))


def percent(share: float) -> str:
    return str(round(100 * share, 2))


def span(start: str, stop: str, mark: str = "") -> str:
    return format_html("{}{}", format_html(SPAN, start, stop), mark)


def end(x: str, is_open: bool = False) -> str:
    """Return the square at the end of a span, hollow if `is_open`."""
    return format_html(END, x, " lifetimes__end--open" if is_open else "")


def dots(places: Iterable[str]) -> str:
    return format_html_join("", DOT, ((x,) for x in places))


def from_zero(values: Iterable[float], words: str) -> tuple[LinearScale, list[tuple[str, str]]]:
    """Return a scale from 0 to a round number above all values, as shares of the width, and its ticks in words."""
    highest = max(values, default=0) or 1
    step = LinearScale(0, highest, 0, 1).ticks()[1]
    steps = math.ceil(highest / step)
    scale = LinearScale(0, steps * step * 100 / LAST_TICK, 0, 1)
    return scale, [(percent(scale.share(step * number)), words.format(step * number)) for number in range(steps + 1)]
