"""The filters of a list of models: parsed from a query string, written to one, and applied to a queryset.

Groups are joined by AND; the chosen values of a group by OR, except capabilities, which must all match.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet
from django.http import QueryDict

from catalog.documents import read
from catalog.groups import CHOICES, LINKS, PRICE_RANGES, RANGES, REGION, SHOW
from catalog.models import AIModel, ModelSummary, Provider
from catalog.rules.choices import ModelKind
from ops.http.query_params import one_of, words
from publishing.search.backends import index
from publishing.search.query import Query

FIRST_SHOWN = "all"
MOST_VALUES = 50
LONGEST_BOUND = 30  # characters of a bound
SLUG = re.compile(r"[-a-zA-Z0-9_]{1,200}")
GROUPS = {"show": CHOICES["show"], **LINKS, **CHOICES}
NAMES = ("q", *GROUPS, *(end for range_ in RANGES.values() for end in range_.ends))


@dataclass(frozen=True)
class Filters:
    """`bounds` maps the given ends of ranges to their texts; `rejected` has invalid ones, which do not filter the list.

    `errors` has a message for each range with an invalid bound.
    """

    query: Query
    chosen: dict[str, tuple[str, ...]]
    bounds: dict[str, str] = field(default_factory=dict)
    rejected: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, parameters: QueryDict, is_typed: bool = False) -> "Filters":
        """Parse a QueryDict. Empty values are ignored; raises BadRequest for invalid ones. `Facets` checks the slugs.

        If `is_typed`, bounds may be written as people type them (128k), and invalid ones are rejected with a message.
        """
        chosen = {name: _values(parameters, name) for name in GROUPS if name != "show"}
        show = one_of(parameters.get("show") or FIRST_SHOWN, "show", SHOW)
        bounds, rejected, errors = {}, {}, {}
        for name, range_ in RANGES.items():
            typed = {end: words(parameters.get(end, "").strip(), LONGEST_BOUND) for end in range_.ends}
            plain = {end: range_.plain(text) if is_typed else text for end, text in typed.items() if text}
            wrong, remedy = range_.problem(plain)
            if wrong and not is_typed:
                first = min(wrong, key=range_.ends.index)
                range_.parse(plain[first], first)  # raises, unless the ends are in the wrong order
                raise BadRequest(f"{first} is not valid: {remedy}")
            if wrong:
                errors[name] = f"{range_.label}: {remedy}"
            rejected |= {end: typed[end] for end in range_.ends if end in wrong}
            bounds |= {end: text for end, text in plain.items() if end not in wrong}
        chosen = {"show": (show,), **{name: values for name, values in chosen.items() if values}}
        return cls(Query.parse(parameters.get("q", "")), chosen, bounds, rejected, errors)

    def understood(self) -> "Filters":
        return replace(self, rejected={}, errors={})

    @property
    def show(self) -> str:
        return self.chosen["show"][0]

    def pairs(self) -> list[tuple[str, str]]:
        """Return the query parameters for these filters in canonical order, without defaults."""
        bounds = {end: [text] for end, text in (self.bounds | self.rejected).items()}
        values_by_name = {"q": [self.query.text], **self.chosen, **bounds}
        if self.show == FIRST_SHOWN:
            del values_by_name["show"]
        return [(name, value) for name in NAMES for value in values_by_name.get(name, []) if value]

    def showing(self, show: str) -> "Filters":
        return replace(self, chosen={**self.chosen, "show": (show,)})

    def seeking(self, query: Query) -> "Filters":
        return replace(self, query=query)

    def without(self, name: str, value: str) -> "Filters":
        """Return the filters without one value or bound, or without the search words."""
        if name == "q":
            return self.seeking(Query.parse(""))
        if name == "show":
            return self.showing(FIRST_SHOWN)
        if name in self.bounds:
            return replace(self, bounds={end: text for end, text in self.bounds.items() if end != name})
        remaining = tuple(other for other in self.chosen[name] if other != value)
        others = {group: values for group, values in self.chosen.items() if group != name}
        return replace(self, chosen={**others, name: remaining} if remaining else others)

    @cached_property
    def is_of_a_day(self) -> bool:
        return "status" in self.chosen or any(self.bounds.keys() & {*range_.ends} for range_ in PRICE_RANGES)

    @property
    def is_of_encoders(self) -> bool:
        """Return whether encoders are compared among themselves, as they are not with models that generate."""
        return ModelKind.ENCODER in self.chosen.get("kind", ()) or "embedding" in self.chosen.get("output", ())

    def models(
        self, day: date, but: str = "", common: Collection[str] = (), is_counted: bool = False
    ) -> QuerySet[ModelSummary]:
        """Return the public models that match, with their status and prices on `day`: at `_providers`, if any.

        `but` is a group to ignore; `common` names groups whose chosen values match many models. With `is_counted` the
        status and prices are left out if no filter needs them.
        """
        models = read.summaries() if is_counted and not self.is_of_a_day else read.models_on(day, self._providers(but))
        for name, condition in self._conditions(common).items():
            if name != but:
                models = models.filter(condition)
        return models

    def _providers(self, but: str) -> QuerySet[Provider] | None:
        """Return the providers whose offers are filtered and shown: the chosen ones, or those in the chosen regions."""
        chosen = {name: values for name, values in self.chosen.items() if name != but}
        if "provider" in chosen:
            return Provider.objects.published().filter(slug__in=chosen["provider"])
        return Provider.objects.published().filter(REGION.providers(chosen["region"])) if "region" in chosen else None

    def _conditions(self, common: Collection[str]) -> dict[str, Q]:
        conditions = {name: GROUPS[name].condition(values) for name, values in self.chosen.items()}
        conditions |= {name: LINKS[name].condition(self.chosen[name], is_common=True) for name in common}
        if self.query.text:
            conditions["q"] = Q(pk__in=index().sources(self.query, AIModel._meta.label_lower) if self.query else [])
        for name, range_ in RANGES.items():
            if self.bounds.keys() & {*range_.ends}:
                conditions[name] = range_.condition(*(self.bounds.get(end, "") for end in range_.ends))
        return conditions


def _values(parameters, name: str) -> tuple[str, ...]:
    values = sorted({value for value in parameters.getlist(name) if value})
    if len(values) > MOST_VALUES:
        raise BadRequest(f"{name}: enter at most {MOST_VALUES} values.")
    for value in values:
        if name in CHOICES:
            one_of(value, name, CHOICES[name].choices)
        elif not SLUG.fullmatch(value):
            raise BadRequest(f"{name}: enter the short name of a record, as in the address of its page.")
    return tuple(values)
