"""How many models there are with each value, counted of all that are asked for: exact, and quick where they are few."""

from collections import Counter
from datetime import date

from django.db.models import Case, Count, Q, Value, When

from catalog.browse.filters import Filters, no_record
from catalog.browse.groups import CAPABILITIES, CHOICES, LINKS
from catalog.expressions import status_on


class FewCounts:
    """Read by five queries; by one more for filters by status or price, and for a choice without models.

    `choices` and `links` have the numbers of each group by value; of links with the name of each. Raises BadRequest
    for a record that is not there.
    """

    def __init__(self, filters: Filters, day: date):
        self.filters, self.day = filters, day
        self.choices, self.total = self._count_choices()
        self._among = filters.costly_keys(day)
        self.links = {name: self._count_links(name) for name in LINKS}
        self._add_those_without_models()

    def models(self, order: str):
        """Return the models that are asked for."""
        return self._models()

    def _models(self, but: tuple[str, ...] = ()):
        return self.filters.models(self.day, but, self._among)

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
        counts = LINKS[name].counts(self._models(but=(name,)))
        return {slug: (label, count) for slug, label, count in counts}

    def _add_those_without_models(self):
        missing = {name: [slug for slug in self._chosen(name) if slug not in self.links[name]] for name in LINKS}
        questions = [LINKS[name].named(slugs) for name, slugs in missing.items() if slugs]
        if questions:
            for name, slug, label in questions[0].union(*questions[1:], all=True):
                self.links[name][slug] = (label, 0)
        for name, slugs in missing.items():
            for slug in slugs:
                if slug not in self.links[name]:
                    raise no_record(name, slug)

    def _chosen(self, name: str) -> tuple[str, ...]:
        return self.filters.chosen.get(name, ())


def _is(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False))
