"""How many models each value of each group would give.

The number beside a value is that of the models which a list shows with this value alone in its group, and all other
groups as they are. So it also says what is found by choosing it where nothing of its group is chosen yet. Where there
are too many models to count them, a value may stand without a number.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from catalog.browse.few import FewCounts
from catalog.browse.filters import Filters
from catalog.browse.groups import CHOICES, LINKS
from catalog.browse.many import ManyCounts
from catalog.browse.order import LATEST
from catalog.kept import kept_on
from publishing.long_lists import Words, in_words


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    count: int | None
    is_chosen: bool

    @property
    def words(self) -> Words | None:
        """The number in words; None where it is not known."""
        return None if self.count is None else in_words(self.count)


@dataclass(frozen=True)
class Facet:
    name: str
    label: str
    options: list[Option]

    @property
    def chosen(self) -> list[Option]:
        return [option for option in self.options if option.is_chosen]


class Facets:
    """Read by six queries, by up to eight for some filters; where there are many models, by four.

    `total` is how many models are asked for. Raises BadRequest for a record that is not there.
    """

    def __init__(self, filters: Filters, day: date):
        self.filters, self.day, self.kept = filters, day, kept_on(day)
        self._counts = ManyCounts(filters, self.kept) if self.kept else FewCounts(filters, day)
        self.total = self._counts.total

    @cached_property
    def by_name(self) -> dict[str, Facet]:
        return {name: self._of_links(name) for name in LINKS} | {name: self._of_choices(name) for name in CHOICES}

    def models(self, order: str = LATEST):
        """Return the models that are asked for, to be put in that order."""
        return self._counts.models(order)

    def count_of(self, name: str, value: str) -> int | None:
        return next((option.count for option in self.by_name[name].options if option.value == value), 0)

    def _of_choices(self, name: str) -> Facet:
        group, counts, chosen = CHOICES[name], self._counts.choices[name], self.filters.chosen.get(name, ())
        options = [Option(value, label, counts[value], value in chosen) for value, label in group.choices.items()]
        return Facet(name, group.label, [option for option in options if option.count != 0 or option.is_chosen])

    def _of_links(self, name: str) -> Facet:
        links, chosen = self._counts.links[name], self.filters.chosen.get(name, ())
        options = [Option(slug, label, count, slug in chosen) for slug, (label, count) in links.items()]
        return Facet(name, LINKS[name].label, sorted(options, key=lambda option: (option.label.lower(), option.value)))
