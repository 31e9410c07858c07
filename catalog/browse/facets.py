"""How many models each value of each group would give.

The number beside a value is that of the models which a list shows with this value alone in its group, and all other
groups as they are. So it also says what is found by choosing it where nothing of its group is chosen yet.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.core.exceptions import BadRequest
from django.db.models import Case, Count, Q, Value, When

from catalog.browse.filters import Filters
from catalog.browse.groups import CAPABILITIES, CHOICES, LINKS
from catalog.expressions import status_on

MOST_COUNTED = 10_000


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    count: int
    is_chosen: bool

    @property
    def count_words(self) -> str:
        return in_words(self.count)


@dataclass(frozen=True)
class Facet:
    name: str
    label: str
    options: list[Option]

    @property
    def chosen(self) -> list[Option]:
        return [option for option in self.options if option.is_chosen]


def in_words(count: int) -> str:
    """Return a number of models as it is shown: beyond ten thousand nobody needs the last digit."""
    return f"{MOST_COUNTED:,}+" if count > MOST_COUNTED else f"{count:,}"


class Facets:
    """Read by five queries; by one more for filters by status or price, and for a choice without models.

    `total` is how many models are asked for. Raises BadRequest for a record that is not there.
    """

    def __init__(self, filters: Filters, day: date):
        self.filters, self.day = filters, day
        self._choices, self.total = self._count_choices()
        self._among = filters.costly_keys(day)
        self._links = {name: self._count_links(name) for name in LINKS}
        self._add_those_without_models()

    @cached_property
    def by_name(self) -> dict[str, Facet]:
        return {name: self._of_links(name) for name in LINKS} | {name: self._of_choices(name) for name in CHOICES}

    def models(self, but: tuple[str, ...] = ()):
        """Return the models that are asked for, or would be without the conditions of the groups of links in `but`."""
        return self.filters.models(self.day, but, self._among)

    def count_of(self, name: str, value: str) -> int:
        return next((option.count for option in self.by_name[name].options if option.value == value), 0)

    def _count_choices(self) -> tuple[dict[str, Counter], int]:
        """Count all choices at once, by the numbers of models of each combination.

        A combination that one group alone rules out counts in that group: there another value may be chosen.
        """
        counts, total = {name: Counter() for name in CHOICES}, 0
        for row in self._combinations():
            found = {name: group.values_of(row) for name, group in CHOICES.items()}
            ruling_out = [name for name, group in CHOICES.items() if not group.holds(found[name], self._chosen(name))]
            total += 0 if ruling_out else row["models"]
            for name in (ruling_out or CHOICES) if len(ruling_out) < 2 else ():
                for value in CHOICES[name].counted(found[name], self._chosen(name)):
                    counts[name][value] += row["models"]
        return counts, total

    def _combinations(self):
        columns = [column for group in CHOICES.values() for column in group.columns]
        models = self.filters.models(self.day, but=tuple(CHOICES)).annotate(
            is_checked=_is(Q(checked_on__isnull=False)),
            status_today=status_on(self.day, "model"),
            **{f"has_{name}": _is(Q(**{name: True})) for name in CAPABILITIES},
        )
        return models.order_by().values(*columns).annotate(models=Count("pk"))

    def _count_links(self, name: str) -> dict[str, tuple[str, int]]:
        counts = LINKS[name].counts(self.models(but=(name,)))
        return {slug: (label, count) for slug, label, count in counts}

    def _add_those_without_models(self):
        missing = {name: [slug for slug in self._chosen(name) if slug not in self._links[name]] for name in LINKS}
        questions = [LINKS[name].named(slugs) for name, slugs in missing.items() if slugs]
        if questions:
            for name, slug, label in questions[0].union(*questions[1:], all=True):
                self._links[name][slug] = (label, 0)
        for name, slugs in missing.items():
            for slug in slugs:
                if slug not in self._links[name]:
                    raise BadRequest(f"{name}: the catalogue has no “{slug}”.")

    def _chosen(self, name: str) -> tuple[str, ...]:
        return self.filters.chosen.get(name, ())

    def _of_choices(self, name: str) -> Facet:
        group, counts = CHOICES[name], self._choices[name]
        chosen = self._chosen(name)
        options = [Option(value, label, counts[value], value in chosen) for value, label in group.choices.items()]
        return Facet(name, group.label, [option for option in options if option.count or option.is_chosen])

    def _of_links(self, name: str) -> Facet:
        chosen = self._chosen(name)
        options = [Option(slug, label, count, slug in chosen) for slug, (label, count) in self._links[name].items()]
        return Facet(name, LINKS[name].label, sorted(options, key=lambda option: (option.label.lower(), option.value)))


def _is(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False))
