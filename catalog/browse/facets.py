"""Counts of models for each value of each facet: as if only this value were chosen in its facet, others unchanged.

Counts for at most one chosen value are stored (`FacetCount`). All others are counted here, in lists of at most 1,000
models; for longer lists the total is "more than 1,000", and values have no count.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.core.exceptions import BadRequest
from django.db import models
from django.db.models import QuerySet, Sum
from django.db.models.functions import Cast

from catalog.browse.filters import Filters
from catalog.browse.rows import COMMON
from catalog.documents import read
from catalog.documents.storing import TOTAL
from catalog.documents.sync.head import IS_CURRENT
from catalog.groups import CHOICES, LINKS, LISTED, ChoiceGroup, LinkGroup, StoredGroup
from catalog.models import FacetCount, ModelSummary, Source
from ops.db.bounded_count import More
from ops.db.compiled import CompiledQuery

MOST_COUNTED = 1_000
SHOWN, FEW = 6, 2  # options of a facet that are shown before the others; others that are not worth a fold
Row = tuple[str, str, str]  # list, status and places of a model
Value = tuple[str, str]  # facet and value, as stored
Named = tuple[str, str, str]  # a value as stored, the same in URLs, and its label
FACETS = {**LINKS, **CHOICES}
TABLES = {group.of._meta.model_name: group.of for group in LINKS.values()}
FIRST, *OTHERS = (
    table.objects.published().order_by().values_list(models.Value(name), "pk", "slug", "name", IS_CURRENT)
    for name, table in TABLES.items()
)
# Beside the names, because each is a small query: the lists that imports read, with the day.
READ = Source.objects.exclude(feed="").exclude(read_on=None).order_by()
READ = READ.values_list(models.Value("source"), "pk", Cast("read_on", models.CharField()), "title", IS_CURRENT)
RECORDS = CompiledQuery(FIRST.union(*OTHERS, READ, all=True))


@dataclass(slots=True)
class Option:
    value: str
    label: str
    count: int | None  # None if unknown
    is_chosen: bool


@dataclass(frozen=True)
class FilterFacet:
    name: str
    label: str
    options: list[Option]

    @cached_property
    def chosen(self) -> list[Option]:
        return [option for option in self.options if option.is_chosen]

    @cached_property
    def front(self) -> list[Option]:
        """Return the chosen options and those of most models: all if only a few more are left."""
        by_count = sorted(self.options, key=lambda option: (not option.is_chosen, -(option.count or 0)))
        first = {option.value for option in by_count[: max(SHOWN, len(self.chosen))]}
        is_short = len(self.options) <= SHOWN + FEW
        return [option for option in self.options if is_short or option.value in first]

    @cached_property
    def rest(self) -> list[Option]:
        front = {option.value for option in self.front}
        return [option for option in self.options if option.value not in front]


class Facets:
    """The facets of a list. Raises BadRequest for an unknown record.

    If at most one value is chosen they take two queries: for the names of records, and for the stored counts. Otherwise
    they take one for the models in the list, and one for each facet with a chosen value, but for these only if the list
    is not too long to count. They take one if only the models are requested.

    `firm` names that of this site in labels.
    """

    def __init__(self, filters: Filters, day: date, firm: str = ""):
        self.filters, self.day, self.firm, self._counted = filters, day, firm, {}
        self._records = _records()
        self._chosen = {name: self._keys(name, values) for name, values in filters.chosen.items() if name != "show"}

    @cached_property
    def total(self) -> int:
        """Return the number of models in the list."""
        number = self._known_number(self._values(), self.filters.show)
        if number is None:
            counted = self._places("")
            return More(MOST_COUNTED) if counted is None else counted[TOTAL]
        return number

    @property
    def lists_read_on(self) -> date | None:
        """Return the day on which the oldest list of the catalogue was read, None without lists."""
        return min((date.fromisoformat(day) for _, day, _ in self._records[Source]), default=None)

    def _all_values(self, name: str) -> list[Named]:
        if name in LINKS:
            return self._records[LINKS[name].of]
        group = CHOICES[name]
        if isinstance(group, StoredGroup):
            return [(value, value, group.label_of(value)) for of, value in sorted(self._stored) if of == name]
        return [(value, value, label.replace("{firm}", self.firm)) for value, label in group.choices.items()]

    @cached_property
    def _stored(self) -> dict[tuple[str, str], dict[str, int]]:
        """Return the stored counts per list by facet and value. One query."""
        counts, numbers_by_value = FacetCount.objects.filter(group__in=[*FACETS, TOTAL], day__lte=self.day), {}
        for group, value, show, number in counts.values_list("group", "value", "show").annotate(Sum("number")):
            numbers_by_value.setdefault((group, value), {})[show] = number
        return numbers_by_value

    def chosen(self) -> list[tuple[LinkGroup | ChoiceGroup, str, str]]:
        """Return facet, value and label of all chosen values, in the order of the page."""
        return [
            (group, value, label)
            for name, group in FACETS.items()
            if name in self.filters.chosen
            for _, value, label in self._all_values(name)
            if value in self.filters.chosen[name]
        ]

    @cached_property
    def by_name(self) -> dict[str, FilterFacet]:
        return {name: FilterFacet(name, group.label, self._options(name)) for name, group in FACETS.items()}

    def models(self, but: str = "", is_counted: bool = False) -> QuerySet[ModelSummary]:
        """Return the models, ignoring the facet `but`. With `is_counted` they may lack status and prices."""
        common = {name for name in LINKS.keys() & self._chosen.keys() - {but} if self._is_common(name)}
        return self.filters.models(self.day, but, common, is_counted)

    def _is_common(self, name: str) -> bool:
        return sum(self._stored_number(name, key, self.filters.show) for key in self._chosen[name]) > COMMON

    def _options(self, name: str) -> list[Option]:
        """Return the options of a facet, without those that match no model."""
        chosen, others = self.filters.chosen.get(name, ()), self._values("" if name == "capability" else name)
        options = [
            Option(value, label, self._count(name, key, others), value in chosen)
            for key, value, label in self._all_values(name)
        ]
        options = [option for option in options if option.count != 0 or option.is_chosen]
        if name == "show" and "checked" not in {option.value for option in options}:  # then "unchecked" are all
            options = [option for option in options if option.value != "unchecked" or option.is_chosen]
        return options

    def _count(self, name: str, value: str, others: frozenset[Value]) -> int | None:
        """Return the count for a value, or None if there are too many models to count."""
        is_show = name == "show"
        show, chosen = (value, others) if is_show else (self.filters.show, others | {(name, value)})
        number = self._known_number(chosen, show)
        if number is not None:
            return number
        if name in {"provider", "region"} and self.filters.is_of_a_day:
            return None  # each has other statuses and prices
        counted = self._places("" if name == "capability" else name)
        if counted is not None:
            return counted[f"{name}:{value}"]
        return None if is_show or self._stored_number(name, value, show) else 0

    def _values(self, but: str = "") -> frozenset[Value]:
        """Return the chosen values as they are stored, of all facets but one."""
        return frozenset((group, value) for group, values in self._chosen.items() if group != but for value in values)

    def _known_number(self, chosen: frozenset[Value], show: str) -> int | None:
        """Return the stored number of models, or None if more than one value or other filters are chosen."""
        if len(chosen) > 1 or self.filters.bounds or self.filters.query.text:
            return None
        return self._stored_number(*next(iter(chosen), (TOTAL, "")), show)

    def _stored_number(self, name: str, value: str, show: str) -> int:
        numbers = self._stored.get((name, value), {})
        return sum(numbers.get(list_name, 0) for list_name in (LISTED if show == "all" else (show,)))

    def _places(self, but: str) -> Counter | None:
        """Count models by place ("kind:language"), ignoring the values of facet `but`; None if there are too many."""
        but = but if but in self.filters.chosen else ""
        if self._is_long:
            return None
        if but not in self._counted:
            rows = self._rows_asked_for if not but else self._rows_of_all_lists if but == "show" else self._rows(but)
            self._counted[but] = None if rows is None else _in_places(rows, but)
        return self._counted[but]

    @cached_property
    def _is_long(self) -> bool:
        """Whether more models match than are counted. Counts of values cover at least as many models."""
        return bool(self._chosen) and all(map(self._is_common, self._chosen)) and self._rows("") is None

    @cached_property
    def _rows_of_all_lists(self) -> list[Row] | None:
        return self._rows("show")

    @cached_property
    def _rows_asked_for(self) -> list[Row] | None:
        if self._rows_of_all_lists is None:
            return self._rows("")
        list_names = LISTED if self.filters.show == "all" else (self.filters.show,)
        return [row for row in self._rows_of_all_lists if row[0] in list_names]

    def _rows(self, but: str) -> list[Row] | None:
        rows = list(self.models(but).order_by().values_list("show", "status", "places")[: MOST_COUNTED + 1])
        return rows if len(rows) <= MOST_COUNTED else None

    def _keys(self, name: str, values: tuple[str, ...]) -> list[str]:
        """Return the chosen values as they are stored."""
        keys = {value: key for key, value, _ in self._all_values(name)}
        for value in values:
            if value not in keys:
                raise BadRequest(f"{name}: the catalogue has no “{value}”.")
        return [keys[value] for value in values]


def _records() -> dict[type, list[Named]]:
    """Return the records of each table, sorted by name. One query."""
    records: dict[type, list[Named]] = {table: [] for table in (*TABLES.values(), Source)}
    for table, key, slug, name in read.stamped(RECORDS.rows):
        records[TABLES.get(table, Source)].append((str(key), slug, name))
    return {table: sorted(rows, key=lambda row: (row[2].lower(), row[1])) for table, rows in records.items()}


def _in_places(rows: list[Row], name: str) -> Counter:
    """Count models by place, those of facet `name` alone if there is one. No name ends with another one."""
    places = " ".join(f"show:{show} status:{status} {places}" for show, status, places in rows)
    counts = Counter(re.findall(rf"{name}:\S+", places) if name else places.split())
    counts["show:all"] = sum(counts[f"show:{show}"] for show in LISTED)
    counts[TOTAL] = len(rows)
    return counts
