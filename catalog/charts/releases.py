"""The number of models released in each year, as bars."""

from dataclasses import replace
from functools import cached_property
from operator import itemgetter
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import Substr

from catalog.charts.drawing import Chart, ChartArea, ChartMark, ChartText, Pictures

MOST_BARS, HEIGHT = 32, 280


class Releases(Pictures):
    """Counts by year in one query, so their cost does not depend on the number of models; `total` is exact."""

    def __init__(self, models: QuerySet[Any]):
        rows = models.order_by().values_list(Substr("released_on", 1, 4))
        self.years = dict(rows.annotate(models=Count("pk")))
        self.total = sum(self.years.values())
        self.unknown = self.years.pop("", 0)
        self.known = self.total - self.unknown

    @cached_property
    def bars(self) -> list[tuple[str, int]]:
        """Return each year with its number of models; the first counts all before it too if these are many."""
        if not self.years:
            return []
        known = {int(year): count for year, count in self.years.items()}
        first = max(min(known), max(known) + 1 - MOST_BARS)
        before = sum(count for year, count in known.items() if year < first)
        found = [(str(year), known.get(year, 0)) for year in range(first, max(known) + 1)]
        return [(f"{first} and before", found[0][1] + before), *found[1:]] if before else found

    @property
    def peak(self) -> tuple[str, int]:
        return max(self.bars, key=itemgetter(1))

    def drawn_on(self, plane: ChartArea) -> Chart:
        plane = replace(plane, height=HEIGHT)
        left = plane.right  # no axis of numbers: they are on the bars
        step = (plane.x_end - left) / len(self.bars)
        gap, most = min(step * 0.2, 6), max(count for _, count in self.bars)
        marks, labels, ticks = [], [], []
        for number, (words, count) in enumerate(self.bars):
            x, height = left + number * step, count / most * (plane.y_end - plane.top)
            middle, y = round(x + step / 2, 1), round(plane.y_end - height, 1)
            if count:
                width, said = round(step - gap, 1), f"{words}: {count:,}"
                marks.append(ChartMark(round(x + gap / 2, 1), y, width, round(height, 1), words=said))
                labels.append((count, ChartText(middle, y - 9, f"{count:,}", "middle")))
            ticks.append(ChartText(middle, plane.below, words[:4], "middle"))
        texts = [text for _, text in sorted(labels, key=lambda label: -label[0])]
        taken = [mark.box() for mark in marks]
        return Chart(plane, marks, plane.without_collisions(texts, taken), plane.without_collisions(ticks[::-1]))
