"""How many models there are with each value, where there are too many to look at all for each reader.

What follows from the numbers that are kept (`catalog.kept`) is read from there. For the rest it is looked what is kept
of each model, in sets of at most 10,000, which are read by one query. What has more is not counted to its end: of
values that would be found only by that the number is None, of lists and of all it is known that there are `More`.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import CharField, Value

from catalog.browse.filters import Filters, no_record
from catalog.browse.groups import CHOICES, LINKS
from catalog.browse.order import LATEST
from catalog.expressions import keys_in
from catalog.kept import LISTED, WALKED_FROM, Kept
from catalog.listed import TOTAL
from catalog.models import AIModel, ListedModel
from publishing.long_lists import MOST_COUNTED, More, bounded

ASKED = "asked"  # the set of the models that are asked for
LISTS = (*LISTED, "unverified")  # of which each model stands in one


@dataclass
class Found:
    """What is kept of the models of one set, as far as they are counted."""

    keys: list[int] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return len(self.keys) <= MOST_COUNTED

    @cached_property
    def places(self) -> Counter:
        """How many of them count in each place, as in that of kind:language."""
        return Counter(" ".join(self.words).split())


class ManyCounts:
    """Read by three queries; by two where only a list is chosen, by four where nothing is found. Its parts are those of
    `FewCounts`."""

    def __init__(self, filters: Filters, kept: Kept):
        self.filters, self.kept = filters, kept
        self._records = {name: {} for name in LINKS}
        named = [group.all_named() for group in LINKS.values()]
        for name, key, slug, label in named[0].union(*named[1:], all=True):
            self._records[name][slug] = (str(key), label)
        self._numbers = defaultdict(Counter)
        for group, value, show, number in kept.counts([*CHOICES, *LINKS]):
            self._numbers[group, value][show] += number
        self._chosen = {name: self._values(name, chosen) for name, chosen in filters.chosen.items() if name != "show"}
        self._walked = {name for name in self._chosen if self._bounds([name], filters.show)[1] > WALKED_FROM}
        self._read_sets()
        self.total = self._total(filters.show)
        self.choices = {name: self._counts(name, CHOICES[name].choices) for name in CHOICES if name != "show"}
        self.choices["show"] = {show: self._total(show) for show in CHOICES["show"].choices}
        self.links = {name: self._counts_of_links(name) for name in LINKS}

    def models(self, order: str):
        """Return the models that are asked for. Of some thousand the latest are found sooner by going through all."""
        asked = self._sets.get(ASKED)
        if asked is None or not asked.is_whole or (order == LATEST and self.total > WALKED_FROM):
            return self._models(self.filters)
        return AIModel.objects.published().filter(pk__in=keys_in(asked.keys))

    def _models(self, filters: Filters, but: tuple[str, ...] = ()):
        return filters.models(self.kept.day, but, kept=self.kept, walked=self._walked)

    def _values(self, name: str, chosen: tuple[str, ...]) -> list[str]:
        """Return what was chosen as it is kept: of records their keys."""
        if name in CHOICES:
            return list(chosen)
        for slug in chosen:
            if slug not in self._records[name]:
                raise no_record(name, slug)
        return [self._records[name][slug][0] for slug in chosen]

    def _number(self, name: str, value: str, show: str) -> int:
        numbers = self._numbers[name, value]
        return sum(numbers[one] for one in (LISTED if show == "all" else (show,)))

    def _bounds(self, names, show: str) -> tuple[int, int]:
        """Return how many models of a list have what was chosen in these groups: at least, and at most."""
        total = self._number(TOTAL, "", show)
        least = most = total
        for name in names:
            fewest, highest = self._bounds_of_group(name, show, total)
            least, most = least - (total - fewest), min(most, highest)
        if not self._is_plain():
            least = 0
        return max(least, 0), most

    def _bounds_of_group(self, name: str, show: str, total: int) -> tuple[int, int]:
        numbers = [self._number(name, value, show) for value in self._chosen[name]]
        if name == "capability":  # all of them are needed
            return total - sum(total - number for number in numbers), min(numbers)
        if name in LINKS:  # a model may have several
            return max(numbers), min(total, sum(numbers))
        return sum(numbers), sum(numbers)

    def _read_sets(self):
        """Fetch what has to be counted. Where many models have each of what was chosen, it takes long to find some that
        have all: then only those are sought, and the other lists where there are none."""
        wanted, others = {}, self._sets_of_other_lists() | self._sets_without_a_group()
        if self._is_countable(self._chosen, self.filters.show) and not self.filters.chooses_nothing():
            wanted[ASKED] = self._models(self.filters)
        is_common = self._walked == self._chosen.keys() and self._is_plain()
        self._sets = _read(wanted if is_common else wanted | others)
        if is_common and wanted and not self._sets[ASKED].keys:
            self._sets |= _read(self._sets_of_other_lists())

    def _sets_of_other_lists(self) -> dict:
        found = {}
        for show in LISTS:
            least, most = self._bounds(self._chosen, show)
            if show != self.filters.show and least != most and least <= MOST_COUNTED:
                found[show] = self._models(self.filters.showing(show))
        return found

    def _sets_without_a_group(self) -> dict:
        found = {}
        for name in self._chosen.keys() - {"capability"}:
            others = self._chosen.keys() - {name}
            if self._is_countable(others, self.filters.show) and not self._is_kept(others):
                found[name] = self._models(self.filters, but=(name,))
        return found

    def _is_countable(self, names, show: str) -> bool:
        """Whether there are any, and perhaps not too many."""
        least, most = self._bounds(names, show)
        return most > 0 and least <= MOST_COUNTED

    def _is_plain(self) -> bool:
        return not self.filters.bounds and not self.filters.query.text

    def _is_kept(self, names) -> bool:
        """Whether the numbers of the models that have what was chosen in these groups alone are kept for each value."""
        return not names and self._is_plain()

    def _total(self, show: str) -> int | None:
        if show == "all" and self.filters.show != "all":
            parts = [self._total(one) for one in LISTED]
            if any(isinstance(part, More) for part in parts):
                return More(MOST_COUNTED)
            return None if None in parts else sum(parts)
        least, most = self._bounds(self._chosen, show)
        if least == most:
            return most
        if least > MOST_COUNTED:
            return bounded(least)
        found = self._sets.get(ASKED if show == self.filters.show else show)
        return bounded(len(found.keys)) if found else None

    def _counts(self, name: str, values) -> dict[str, int | None]:
        """Return the number of each value of a group; None, where it is not known, for those that the list has."""
        is_alone = name in self._chosen and name != "capability"
        others = self._chosen.keys() - ({name} if is_alone else set())
        on_list = {value: self._number(name, value, self.filters.show) for value in values}
        if self._is_kept(others):
            return on_list
        if not self._bounds(others, self.filters.show)[1]:
            return dict.fromkeys(values, 0)
        found = self._sets.get(name if is_alone else ASKED)
        if found is None or not found.is_whole:
            return {value: None if number else 0 for value, number in on_list.items()}
        return {value: found.places[f"{name}:{value}"] for value in values}

    def _counts_of_links(self, name: str) -> dict[str, tuple[str, int | None]]:
        counts = self._counts(name, [key for key, _ in self._records[name].values()])
        chosen = self.filters.chosen.get(name, ())
        return {
            slug: (label, counts[key])
            for slug, (key, label) in self._records[name].items()
            if counts[key] != 0 or slug in chosen
        }


def _read(wanted: dict) -> dict[str, Found]:
    """Return what is kept of the models of each queryset. One query; none for none."""
    found = {name: Found() for name in wanted}
    parts = [_rows_of(name, models) for name, models in wanted.items()]
    if parts:
        for name, key, status, places in parts[0].union(*parts[1:], all=True):
            found[name].keys.append(key)
            found[name].words.append(f"status:{status} {places}")
    return found


def _rows_of(name: str, models):
    some = models.order_by().values("pk")[: MOST_COUNTED + 1]
    rows = ListedModel.objects.filter(pk__in=some).order_by()
    return rows.annotate(of=Value(name, output_field=CharField())).values_list("of", "pk", "status", "places")
