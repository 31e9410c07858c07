"""How many models each value of each group would give.

The number beside a value is that of the models which a list shows with this value alone in its group, and all other
groups as they are. So it also says what is found by choosing it where nothing of its group is chosen yet.

The numbers of models with one value are stored (`FacetCount`). All others are counted here, of at most 1,000 models: of
more it is only said that there are more, and a value stands without a number.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.core.exceptions import BadRequest
from django.db.models import Sum

from catalog.browse.filters import Filters
from catalog.browse.groups import CHOICES, LINKS, LISTED, ChoiceGroup, LinkGroup
from catalog.browse.rows import COMMON
from catalog.documents import read
from catalog.documents.storing import TOTAL
from catalog.models import FacetCount
from ops.db.bounded_count import More

MOST_COUNTED = 1_000
Row = tuple[str, str, str]  # of a model: its list, its status and its places
Value = tuple[str, str]  # of a group, as it is counted


@dataclass(slots=True)
class Option:
    value: str
    label: str
    count: int | None  # None where it is not known
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    name: str
    label: str
    options: list[Option]

    @property
    def chosen(self) -> list[Option]:
        return [option for option in self.options if option.is_chosen]


class Facets:
    """Read by four queries where one value at most is chosen; else by three for the names of records, one for the
    models that are asked for, and one for each group of which something is chosen. By none where no record is chosen
    and only the models are asked for.

    Raises BadRequest for a record that is not there.
    """

    def __init__(self, filters: Filters, day: date):
        read.bring_up_to_date()
        self.filters, self.day, self._counted = filters, day, {}
        self._chosen = {name: self._keys(name, values) for name, values in filters.chosen.items() if name != "show"}

    @cached_property
    def total(self) -> int:
        """How many models are asked for."""
        number = self._known_number(self._values(), self.filters.show)
        if number is None:
            counted = self._places("")
            return More(MOST_COUNTED) if counted is None else counted[TOTAL]
        return number

    @cached_property
    def _records(self) -> dict[str, dict[str, tuple[str, str]]]:
        """Key and name of each record by group and slug. Three queries."""
        tables = {group.of for group in LINKS.values()}
        rows = {table: table.objects.published().order_by().values_list("pk", "slug", "name") for table in tables}
        found = {table: {slug: (str(key), name) for key, slug, name in rows[table]} for table in tables}
        return {name: found[group.of] for name, group in LINKS.items()}

    @cached_property
    def _stored(self) -> dict[tuple[str, str], dict[str, int]]:
        """The numbers of models on each list by group and value. One query."""
        found = {}
        rows = FacetCount.objects.filter(group__in=[*CHOICES, *LINKS, TOTAL], day__lte=self.day)
        for group, value, show, number in rows.values_list("group", "value", "show").annotate(models=Sum("number")):
            found.setdefault((group, value), {})[show] = number
        return found

    def chosen(self) -> list[tuple[LinkGroup | ChoiceGroup, str, str]]:
        """Return group, value and label of all that is chosen, in the order of the page."""
        found = [
            (group, slug, self._records[name][slug][1])
            for name, group in LINKS.items()
            for slug in self.filters.chosen.get(name, ())
        ]
        found.sort(key=lambda one: ([*LINKS].index(one[0].name), one[2].lower(), one[1]))
        return found + [
            (group, value, label)
            for name, group in CHOICES.items()
            for value, label in group.choices.items()
            if value in self.filters.chosen.get(name, ())
        ]

    @cached_property
    def by_name(self) -> dict[str, Facet]:
        return {name: self._of_links(name) for name in LINKS} | {name: self._of_choices(name) for name in CHOICES}

    def models(self, is_counted: bool = False):
        """Return the models that are asked for; without status and prices where they are only counted."""
        return self._models(is_counted=is_counted)

    def _models(self, but: str = "", is_counted: bool = False):
        common = {
            name
            for name in LINKS.keys() & self._chosen.keys() - {but}
            if sum(self._stored_number(name, key, self.filters.show) for key in self._chosen[name]) > COMMON
        }
        return self.filters.models(self.day, but, common, is_counted)

    def _of_choices(self, name: str) -> Facet:
        values = ((value, value, label) for value, label in CHOICES[name].choices.items())
        return Facet(name, CHOICES[name].label, self._options(name, values))

    def _of_links(self, name: str) -> Facet:
        options = self._options(name, ((key, slug, label) for slug, (key, label) in self._records[name].items()))
        return Facet(name, LINKS[name].label, sorted(options, key=lambda option: (option.label.lower(), option.value)))

    def _options(self, name: str, values: Iterable[tuple[str, str, str]]) -> list[Option]:
        """Return an option for each of `values`, as counted, as in addresses, and its label, but for those that would
        give nothing."""
        chosen, others = self.filters.chosen.get(name, ()), self._values("" if name == "capability" else name)
        options = [
            Option(value, label, self._count(name, key, others), value in chosen) for key, value, label in values
        ]
        return [option for option in options if option.count != 0 or option.is_chosen]

    def _count(self, name: str, value: str, others: frozenset[Value]) -> int | None:
        """Return how many models there would be; None where there are too many to count them."""
        is_show = name == "show"
        show, chosen = (value, others) if is_show else (self.filters.show, others | {(name, value)})
        number = self._known_number(chosen, show)
        if number is not None:
            return number
        counted = self._places("" if name == "capability" else name)
        if counted is not None:
            return counted[f"{name}:{value}"]
        return None if is_show or self._stored_number(name, value, show) else 0

    def _values(self, but: str = "") -> frozenset[Value]:
        """Return what was chosen, as it is counted, of all groups but one."""
        return frozenset((group, value) for group, values in self._chosen.items() if group != but for value in values)

    def _known_number(self, chosen: frozenset[Value], show: str) -> int | None:
        """Return the number of models with what is chosen, where that is one value at most."""
        if len(chosen) > 1 or not self.filters.is_of_groups_alone:
            return None
        return self._stored_number(*next(iter(chosen), (TOTAL, "")), show)

    def _stored_number(self, name: str, value: str, show: str) -> int:
        numbers = self._stored.get((name, value), {})
        return sum(numbers.get(one, 0) for one in (LISTED if show == "all" else (show,)))

    def _places(self, but: str) -> Counter | None:
        """Return how many models there are in each place, as in that of kind:language, without what was chosen of one
        group. None where there are more than are counted."""
        but = but if but in self.filters.chosen else ""
        if but not in self._counted:
            rows = self._rows_asked_for if not but else self._rows_of_all_lists if but == "show" else self._rows(but)
            self._counted[but] = None if rows is None else _in_places(rows)
        return self._counted[but]

    @cached_property
    def _rows_of_all_lists(self) -> list[Row] | None:
        return self._rows("show")

    @cached_property
    def _rows_asked_for(self) -> list[Row] | None:
        if self._rows_of_all_lists is None:
            return self._rows("")
        shown = LISTED if self.filters.show == "all" else (self.filters.show,)
        return [row for row in self._rows_of_all_lists if row[0] in shown]

    def _rows(self, but: str) -> list[Row] | None:
        rows = list(self._models(but).order_by().values_list("show", "status", "places")[: MOST_COUNTED + 1])
        return rows if len(rows) <= MOST_COUNTED else None

    def _keys(self, name: str, values: tuple[str, ...]) -> list[str]:
        """Return what was chosen as it is counted: of records their keys."""
        if name in CHOICES:
            return [*values]
        for slug in values:
            if slug not in self._records[name]:
                raise BadRequest(f"{name}: the catalogue has no “{slug}”.")
        return [self._records[name][slug][0] for slug in values]


def _in_places(rows: list[Row]) -> Counter:
    found = Counter(" ".join(f"show:{show} status:{status} {places}" for show, status, places in rows).split())
    found["show:all"] = sum(found[f"show:{show}"] for show in LISTED)
    found[TOTAL] = len(rows)
    return found
