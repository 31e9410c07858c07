"""The chart of releases over time: models per quarter, or per year for long spans."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count
from django.db.models.functions import Substr

from catalog.charts.drawing import NARROW, WIDE, Chart, ChartArea, ChartMark, ChartText, without_collisions

MOST_BARS = 32
QUARTERS = 4


@dataclass(frozen=True)
class Bin:
    """`start` and `end` are in quarters since the year 0; `end` is exclusive."""

    start: int
    end: int
    count: int

    @property
    def words(self) -> str:
        year, last = self.start // QUARTERS, self.end // QUARTERS - 1
        if self.end - self.start == 1:
            months = ("January to March", "April to June", "July to September", "October to December")
            return f"{months[self.start % QUARTERS]} {year}"
        return str(year) if year == last else f"{year} to {last}"


class Releases:
    """The counts by month, computed in one query, so that their cost does not depend on the number of models.

    `total` is always exact.
    """

    def __init__(self, models):
        rows = models.order_by().values_list(Substr("released_on", 1, 7))
        self.months = dict(rows.annotate(models=Count("pk")))
        self.total = sum(self.months.values())
        self.unknown = self.months.pop("", 0)

    @cached_property
    def _quarters(self) -> Counter:
        found = Counter()
        for month, count in self.months.items():
            if "-" in month:
                found[int(month[:4]) * QUARTERS + (int(month[5:]) - 1) // 3] += count
        return found

    @cached_property
    def size(self) -> int:
        """Return the quarters per bar: one, or else as many whole years as keep the number of bars low."""
        if not self.months or (self._quarters and self._bars(1) <= MOST_BARS):
            return 1
        years = 1
        while self._bars(years * QUARTERS) > MOST_BARS:
            years += 1
        return years * QUARTERS

    def _bars(self, size: int) -> int:
        starts = list(self._quarters) + [int(month[:4]) * QUARTERS for month in self.months if "-" not in month]
        return max(starts) // size - min(starts) // size + 1

    @property
    def by_year_only(self) -> int:
        """Return the number of models with only a release year, which appear in no quarter."""
        return sum(count for month, count in self.months.items() if "-" not in month) if self.size == 1 else 0

    @cached_property
    def bins(self) -> list[Bin]:
        if not self.months:
            return []
        counts, size = Counter(), self.size
        for quarter, count in self._quarters.items():
            counts[quarter // size] += count
        if size > 1:
            for month, count in self.months.items():
                counts[int(month[:4]) * QUARTERS // size] += count if "-" not in month else 0
        first, last = min(counts), max(counts)
        return [Bin(place * size, (place + 1) * size, counts[place]) for place in range(first, last + 1)]

    @property
    def pictures(self) -> list[Chart]:
        return [self._picture(plane) for plane in (WIDE, NARROW)] if self.bins else []

    def _picture(self, plane: ChartArea) -> Chart:
        left = plane.right  # no axis of numbers: they are on the bars
        step = (plane.x_end - left) / len(self.bins)
        most = max(found.count for found in self.bins)
        marks, labels, ticks = [], [], []
        for number, found in enumerate(self.bins):
            x, height = left + number * step, found.count / most * (plane.y_end - plane.top)
            middle, y = round(x + step / 2, 1), round(plane.y_end - height, 1)
            if found.count:
                gap = min(step * 0.2, 6)
                words = f"{found.words}: {found.count:,}"
                marks.append(ChartMark(round(x + gap / 2, 1), y, round(step - gap, 1), round(height, 1), words=words))
                labels.append((found.count, ChartText(middle, y - 9, f"{found.count:,}", "middle")))
            if found.start % QUARTERS == 0:
                ticks.append(ChartText(round(x, 1), plane.y_end + plane.type_px + 6, str(found.start // QUARTERS)))
        texts = [text for _, text in sorted(labels, key=lambda label: -label[0])]
        taken = [mark.box() for mark in marks]
        years = without_collisions(ticks[::-1], plane)
        return Chart(plane, marks, without_collisions(texts, plane, taken), years)
