"""By what models can be chosen: groups of values, and ranges. Their order is that of the address and of the page."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import and_

from django.core.exceptions import BadRequest
from django.db.models import Count, Exists, OuterRef, Q, Value

from catalog.listed import UNKNOWN
from catalog.models import (
    Modality,
    ModelInputModality,
    ModelOutputModality,
    ModelVendor,
    Offering,
    Provider,
    Vendor,
)
from catalog.rules.choices import Existence
from catalog.rules.facts import BY_NAME, FactKind, Place, values_in
from catalog.rules.partial_dates import PartialDate
from catalog.rules.status import Status
from publishing.parameters import amount, whole_number

MAX_TOKENS = 10**12
TYPED_NUMBER = re.compile(
    r"\$? ?([0-9]{1,3}(?:[, _’'][0-9]{3})+|[0-9]+)(\.[0-9]+)? ?(k|m)?(?: ?(?:usd|tokens?))?", re.IGNORECASE
)
FACTORS = {"": 1, "k": 1_000, "m": 1_000_000}
LISTED = ~Q(existence=Existence.UNVERIFIED)
SHOW = {
    "checked": ("Checked by us", LISTED & Q(checked_on__isnull=False)),
    "unchecked": ("Not checked by us", LISTED & Q(checked_on=None)),
    "all": ("All models", LISTED),
    "unverified": ("Names without a source", Q(existence=Existence.UNVERIFIED)),
}


@dataclass(frozen=True)
class ChoiceGroup:
    """Values of a column, in which "" stands for unknown."""

    name: str
    label: str
    choices: dict[str, str]
    column: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """What `values_of` needs to know of a model."""
        return (self.column,)

    def condition(self, values) -> Q:
        return Q(**{f"{self.column}__in": [*values, *([""] if UNKNOWN in values else [])]})

    def values_of(self, row: dict) -> set[str]:
        return {row[self.column] or UNKNOWN}

    def holds(self, found: set[str], chosen: tuple[str, ...]) -> bool:
        """Whether what has the values `found` is among what was chosen."""
        return not chosen or not found.isdisjoint(chosen)

    def counted(self, found: set[str], chosen: tuple[str, ...]) -> set[str]:
        """Return the values beside which it is counted."""
        return found


class ShowGroup(ChoiceGroup):
    """What the list is of; just one value is chosen."""

    columns = ("is_checked", "existence")

    def condition(self, values):
        return SHOW[values[0]][1]

    def values_of(self, row):
        if row["existence"] == Existence.UNVERIFIED:
            return {"unverified"}
        return {"all", "checked" if row["is_checked"] else "unchecked"}


class CapabilityGroup(ChoiceGroup):
    """Yes to questions of their own: a model must have all that are chosen."""

    @property
    def columns(self):
        return tuple(f"has_{name}" for name in self.choices)

    def condition(self, values):
        return reduce(and_, (Q(**{value: True}) for value in values))

    def values_of(self, row):
        return {name for name in self.choices if row[f"has_{name}"]}

    def holds(self, found, chosen):
        return found.issuperset(chosen)

    def counted(self, found, chosen):
        return found if self.holds(found, chosen) else set()


@dataclass(frozen=True)
class LinkGroup:
    """Records that models are linked with; `through` is the table of links, `record` and `model` are its columns."""

    name: str
    label: str
    through: type
    of: type
    record: str = "tag"
    model: str = "content_object"

    def condition(self, slugs) -> Q:
        return Q(pk__in=self._public_links().filter(**{f"{self.record}__slug__in": slugs}).values(self.model))

    def asked_of_each(self, slugs) -> Q:
        """The same as `condition`."""
        links = self._public_links().filter(**{f"{self.record}__slug__in": slugs, self.model: OuterRef("pk")})
        return Q(Exists(links))

    def counts(self, models) -> list[tuple[str, str, int]]:
        """Return slug, name and number of `models` of each record that has any. One query."""
        links = self._public_links().filter(**{f"{self.model}__in": models.order_by().values("pk")}).order_by()
        named = links.values_list(f"{self.record}__slug", f"{self.record}__name")
        return list(named.annotate(models=Count(self.model, distinct=True)))

    def named(self, slugs):
        """Return rows of group, slug and name of the records among these slugs."""
        records = self.of.objects.published().filter(slug__in=slugs).order_by()
        return records.annotate(group=Value(self.name)).values_list("group", "slug", "name")

    def all_named(self):
        """Return rows of group, key, slug and name of all records."""
        records = self.of.objects.published().order_by()
        return records.annotate(group=Value(self.name)).values_list("group", "pk", "slug", "name")

    def _public_links(self):
        return self.through.objects.filter(**{f"{self.record}__in": self.of.objects.published()})


@dataclass(frozen=True)
class Range:
    """From and to, both included. What is unknown lies in no range."""

    name: str
    label: str
    unit: str
    example: str
    remedy: str
    inputmode: str = "numeric"

    @property
    def ends(self) -> tuple[str, str]:
        return f"{self.name}_min", f"{self.name}_max"

    def plain(self, text: str) -> str:
        """Return a value as people type it (1M, 128k, 1,000,000) in the form that `parse` reads."""
        typed = TYPED_NUMBER.fullmatch(text)
        if not typed:
            return text
        whole, fraction, factor = typed.groups(default="")
        number = Decimal(re.sub("[^0-9]", "", whole) + fraction) * FACTORS[factor.lower()]
        return f"{number.normalize():f}"

    def parse(self, text: str, name: str):
        return whole_number(text, name, most=MAX_TOKENS)

    def written(self, text: str) -> str:
        return f"{int(text):,}"

    def can_parse(self, text: str) -> bool:
        try:
            self.parse(text, self.name)
        except BadRequest:
            return False
        return True

    def check(self, bounds: dict[str, str]):
        """Raise BadRequest, beginning with the name of a parameter, for ends in `bounds` that make no sense."""
        for end in self.ends:
            if end in bounds:
                self.parse(bounds[end], end)
        if self.is_reversed(bounds):
            raise BadRequest(f"{self.ends[0]} is above {self.ends[1]}: nothing lies between them.")

    def is_reversed(self, bounds: dict[str, str]) -> bool:
        return bounds.keys() >= {*self.ends} and self.is_empty(*(bounds[end] for end in self.ends))

    def is_empty(self, least: str, most: str) -> bool:
        return self.parse(least, "") > self.parse(most, "")

    def condition(self, least: str, most: str) -> Q:
        """`least` and `most` are checked texts, "" where that end is open."""
        return self._bounded("context_tokens", least, most)

    def _bounded(self, column, least, most) -> Q:
        condition = Q()
        if least:
            condition &= Q(**{f"{column}__gte": self.parse(least, "")})
        if most:
            condition &= Q(**{f"{column}__lte": self.parse(most, "")})
        return condition


class PriceRange(Range):
    def parse(self, text, name) -> Decimal:
        return amount(text, name)

    def written(self, text):
        return f"{Decimal(text).normalize():f}"

    def condition(self, least, most):
        return self._bounded("input_price", least, most)


class ReleaseRange(Range):
    """A date of which only the year is known lies in every range that touches the year."""

    def plain(self, text):
        return text

    @property
    def ends(self):
        return "released_from", "released_to"

    def parse(self, text, name) -> PartialDate:
        try:
            return PartialDate.parse(text)
        except ValueError as error:
            raise BadRequest(f"{name} is not a date such as 2026, 2026-11 or 2026-11-24.") from error

    def written(self, text):
        return str(PartialDate.parse(text))

    def is_empty(self, least, most):
        return PartialDate.parse(least).first_day > PartialDate.parse(most).last_day

    def condition(self, least, most):
        condition = ~Q(released_on="")
        if least:
            condition &= Q(released_until__gte=PartialDate.parse(least).first_day.isoformat())
        if most:
            condition &= Q(released_on__lte=PartialDate.parse(most).last_day.isoformat())
        return condition


def _of_choice(name: str) -> ChoiceGroup:
    fact = BY_NAME[name]
    return ChoiceGroup(name, fact.label, {**dict(fact.choices.choices), UNKNOWN: "Unknown"}, name)


LINKS = {
    group.name: group
    for group in (
        LinkGroup("vendor", BY_NAME["vendors"].label, ModelVendor, Vendor),
        LinkGroup("input", BY_NAME["input_modalities"].label, ModelInputModality, Modality),
        LinkGroup("output", BY_NAME["output_modalities"].label, ModelOutputModality, Modality),
        LinkGroup("provider", "Offered by", Offering, Provider, "provider", "model"),
    )
}
CAPABILITIES = {fact.name: fact.label for fact in values_in(Place.FILTER, FactKind.YES_NO)}
CHOICES = {
    group.name: group
    for group in (
        ShowGroup("show", "Show", {name: label for name, (label, _) in SHOW.items()}),
        _of_choice("kind"),
        CapabilityGroup("capability", "Can do", CAPABILITIES),
        _of_choice("openness"),
        ChoiceGroup("status", "Status today", dict(Status.choices[1:] + Status.choices[:1]), "status_today"),
    )
}
RANGES = {
    range_.name: range_
    for range_ in (
        Range("context", "Context window", "tokens", "128000", "enter a number such as 128000, 128k or 1M.", "text"),
        PriceRange(
            "price", "Input price", "USD per million tokens", "0.50", "enter an amount such as 3 or 0.50.", "decimal"
        ),
        ReleaseRange(
            "released", "Released", "year or month", "2025-06", "enter a date such as 2026 or 2026-11.", "text"
        ),
    )
}
