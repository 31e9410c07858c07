"""Charts of rows: each has a name, its values in words, and marks in percent of the width, so they fit all screens."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.svg.drawing import LinearScale

ROW = """
      <li class="lifetimes__row">
        <a class="lifetimes__name" href="{}">{}</a> <span class="lifetimes__about">{}</span>
        {}
      </li>
    """
BAR = '<svg class="lifetimes__bar {}" aria-hidden="true" width="100%" height="{}">{}{}{}{}</svg>'
TICK = '<line class="lifetimes__year" x1="{0}%" x2="{0}%" y1="0" y2="100%"/>'
TODAY = '<line class="lifetimes__today" x1="{0}%" x2="{0}%" y1="0" y2="100%"/>'
SPAN = '<line class="lifetimes__life" x1="{}%" x2="{}%" y1="0.45em" y2="0.45em"/>'
END = (
    '<svg class="lifetimes__mark" x="{}%" y="0.45em">'
    '<rect class="lifetimes__end{}" x="-0.35em" y="-0.35em" width="0.7em" height="0.7em"/></svg>'
)
VALUE = '<text class="lifetimes__value" x="{}%" dx="0.5em" y="0.8em">{}</text>'
DOT = '<circle class="lifetimes__dot{}" cx="{}%" cy="{}" r="4" data-url="{}"><title>{}</title></circle>'
NAMED = (
    '<line class="lifetimes__lead" x1="{0}%" x2="{0}%" y1="20" y2="{1}"/>'
    '<text class="lifetimes__label" x="{0}%" y="15" text-anchor="{2}">{3}</text>'
)
NAMES_PX = 24  # the height of the names above the dots of a row
STEP, APART = 9, 2.4  # between dots: upwards in pixels, sideways in percent of the width, 8 pixels on a phone
MEDIAN = '<line class="lifetimes__middle" x1="{0}%" x2="{0}%" y1="{1}" y2="100%"/>'
FEWEST_FOR_MEDIAN = 3
LAST_TICK = 92  # percent: the words of a later one would not fit


class Row(NamedTuple):
    """A row about a record: `about` and `marks` are HTML, `style` names the colour of its marks."""

    url: str
    name: str
    about: str
    marks: str
    style: str = ""
    height: int | str = "0.9em"


@dataclass(frozen=True)
class RowChart:
    """`title` says what is drawn, for those who do not see it; `ticks` are positions in percent with their words.

    `today` is the position of the line of the day, "" for none; `before` is HTML that is drawn below all marks. `group`
    names a chart whose marks have names of their own (`static/js/chart.js`).
    """

    title: str
    rows: Sequence[Row]
    ticks: Sequence[tuple[str, str]]
    today: str = ""
    day: str = "today"
    before: str = SafeString("")
    unit: str = ""
    group: str = ""

    @property
    def bars(self) -> list[str]:
        """Return the marks of each row as SVG, with the lines of ticks and of the day."""
        ticks = format_html_join("", TICK, ((x,) for x, _ in self.ticks))
        line = format_html(TODAY, self.today) if self.today else ""
        return [format_html(BAR, row.style, row.height, self.before, ticks, row.marks, line) for row in self.rows]

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


def stacked(places: Iterable[float]) -> tuple[list[int], int]:
    """Return the pixels from the top for dots at `places`, ascending, so that none is on another, and their height."""
    ends: list[float] = []
    levels = []
    for x in places:
        level = next((number for number, end in enumerate(ends) if x - end >= APART), len(ends))
        ends[level : level + 1] = [x]
        levels.append(level)
    middle = (max(levels) + 1) // 2 + 1
    return [(middle + (level + 1) // 2 * (-1) ** level) * STEP for level in levels], (max(levels) + 2) * STEP


def name_above(x: float, y: int, name: str, is_before: bool) -> str:
    """Return a name above a dot, which ends or begins there, and a line to it."""
    return format_html(NAMED, x, y, "end" if is_before else "start", name)


def from_zero(
    values: Iterable[float], pattern: str, last: int = LAST_TICK
) -> tuple[LinearScale, list[tuple[str, str]]]:
    """Return a scale, in shares of the width, on which the highest value is at `last` percent at most, and ticks."""
    highest = max(values, default=0) or 1
    multiples = LinearScale(0, highest, 0, 1).ticks()
    if multiples[-1] < highest and last < LAST_TICK:  # of bars, not of dots
        multiples.append(multiples[-1] + multiples[1])
    scale = LinearScale(0, max(highest * 100 / last, multiples[-1]), 0, 1)
    return scale, [(percent(scale.share(value)), pattern.format(value)) for value in multiples]
