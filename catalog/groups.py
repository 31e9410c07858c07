"""The facets and ranges by which models are filtered, in the order of the URL and the page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import BadRequest
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from catalog.documents.summaries import ANY_OPEN, CAPABILITIES, UNKNOWN
from catalog.models import (
    AIModel,
    FacetCount,
    Family,
    Modality,
    ModelInputModality,
    ModelOutputModality,
    ModelVendor,
    Offering,
    Provider,
    Vendor,
)
from catalog.rules.facts import BY_NAME, OPEN_WEIGHTS
from catalog.rules.partial_dates import PartialDate
from catalog.rules.prices import PRICE_LABELS
from catalog.rules.regions import ELSEWHERE, REGION_OF, REGIONS
from catalog.rules.status import Status
from catalog.rules.typed_dates import typed_date
from catalog.rules.typed_numbers import typed_number
from ops.http.query_params import amount, whole_number
from publishing.content.publishable import Publishable

MAX_TOKENS = 10**12
LISTED = ("checked", "unchecked")
SHOW = {
    "all": "All models",
    "checked": "Checked by {firm}",  # only by its accounts; its name is put in where it is shown
    "unchecked": "Not checked by {firm}",
    "unverified": "Unverified names",
}
# A limit, because without one PostgreSQL would search all models in list order for these keys.
NO_LIMIT = 2**62


@dataclass(frozen=True)
class ChoiceGroup:
    """Values of a column of a summary; "" in the column means unknown."""

    name: str
    label: str
    choices: Mapping[str, Any]

    def condition(self, values: Sequence[str]) -> Q:
        return Q(**{f"{self.name}__in": [*values, *([""] if UNKNOWN in values else [])]})


class ShowGroup(ChoiceGroup):
    """The list to show; exactly one value is chosen."""

    def condition(self, values: Sequence[str]) -> Q:
        # By exclusion, because with several values databases would use the index of lists and then sort.
        return ~Q(show="unverified") if values[0] == "all" else Q(show=values[0])


class OpennessGroup(ChoiceGroup):
    def condition(self, values: Sequence[str]) -> Q:
        open_choices = [name for name, is_open in OPEN_WEIGHTS.items() if is_open and ANY_OPEN in values]
        return super().condition([*values, *open_choices])


class RegionGroup(ChoiceGroup):
    """Regions of providers: a model must have a provider in any of the chosen ones. No name is a prefix of another."""

    def condition(self, values: Sequence[str]) -> Q:
        return Q(*(("places__contains", f"{self.name}:{value}") for value in values), _connector=Q.OR)

    def providers(self, values: Sequence[str]) -> Q:
        """Return the condition for the providers in these regions."""
        in_countries = Q(country__in=[country for value in values for country in REGIONS[value][1]])
        return in_countries | ~Q(country__in=REGION_OF) if ELSEWHERE in values else in_countries


@dataclass(frozen=True)
class StoredGroup:
    """Texts of models, such as the names of their benchmarks: those that are stored with counts can be chosen."""

    name: str
    label: str

    @property
    def choices(self) -> dict[str, str]:
        """Return the labels by value. One query."""
        values = FacetCount.objects.filter(group=self.name).values_list("value", flat=True)
        return {value: self.label_of(value) for value in values}

    def label_of(self, value: str) -> str:
        return value.replace("_", " ")

    def condition(self, values: Sequence[str]) -> Q:
        whole = (f"{self.name}:{value}" for value in values)
        return Q(*(Q(places__contains=f"{place} ") | Q(places__endswith=place) for place in whole), _connector=Q.OR)


class CapabilityGroup(ChoiceGroup):
    """Boolean facts: a model must have all chosen ones. No name is a prefix of another."""

    def condition(self, values: Sequence[str]) -> Q:
        return Q(*(("places__contains", f"{self.name}:{value}") for value in values))


@dataclass(frozen=True)
class LinkGroup:
    """Related records; `through` is the table of links, and `record` and `model` are its columns."""

    name: str
    label: str
    through: type
    of: type
    record: str = "tag"
    model: str = "content_object"

    def condition(self, slugs: Iterable[str], is_common: bool = False) -> Q:
        return self.linked_with(self.of.objects.published().filter(slug__in=slugs), is_common)

    def linked_with(self, records: Iterable[Publishable], is_common: bool = False) -> Q:
        """Return the condition. `is_common` checks each model, which is faster if many match and few are shown."""
        links = self.through.objects.filter(**{f"{self.record}__in": records})
        if is_common:
            return Q(Exists(links.filter(**{self.model: OuterRef("pk")})))
        return Q(pk__in=links.values(self.model)[:NO_LIMIT])


@dataclass(frozen=True)
class Range:
    """A range with inclusive ends. Unknown values match no range."""

    name: str
    label: str
    unit: str
    example: str
    remedy: str
    inputmode: str
    column: str = "context_tokens"
    is_whole: ClassVar[bool] = True

    @property
    def ends(self) -> tuple[str, str]:
        return f"{self.name}_min", f"{self.name}_max"

    def plain(self, text: str) -> str:
        """Return a bound as people type it (1M, 128k, 1,000,000) in the form that `parse` reads."""
        number = typed_number(text.lstrip("<>=≤≥~"), self.is_whole)
        return text if number is None else f"{number.normalize():f}"

    def parse(self, text: str, name: str) -> int | Decimal | PartialDate:
        """Raise BadRequest for an invalid bound."""
        return whole_number(text, name, most=MAX_TOKENS)

    def written(self, text: str) -> str:
        return f"{int(text):,}"

    def problem(self, bounds: dict[str, str]) -> tuple[set[str], str]:
        """Return the invalid ends among `bounds`, and what to do about them."""
        values, wrong = {}, set()
        for end, text in bounds.items():
            try:
                values[end] = self.parse(text, end)
            except BadRequest:
                wrong.add(end)
        if wrong:
            return wrong, self.remedy
        if len(values) == len(self.ends) and self.is_empty(*(values[end] for end in self.ends)):
            return {*values}, "“from” is above “to”. Swap the two values."
        return set(), ""

    def is_empty(self, least, most) -> bool:
        return least > most

    def condition(self, least: str, most: str) -> Q:
        """Return the condition. `least` and `most` are valid texts, or "" for an open end."""
        bounds = {"gte": least, "lte": most}
        return Q(**{f"{self.column}__{name}": self.parse(text, "") for name, text in bounds.items() if text})


class PriceRange(Range):
    is_whole = False

    def parse(self, text: str, name: str) -> Decimal:
        return amount(text, name)

    def written(self, text: str) -> str:
        return f"{Decimal(text).normalize():f}"


class ReleaseRange(Range):
    """A range of dates. A date with only a year matches every range that overlaps the days it allows."""

    def plain(self, text: str) -> str:
        return typed_date(text, timezone.localdate())

    @property
    def ends(self) -> tuple[str, str]:
        return "released_from", "released_to"

    def parse(self, text: str, name: str) -> PartialDate:
        try:
            return PartialDate.parse(text)
        except ValueError as error:
            raise BadRequest(f"{name} is not a date such as 2026, 2026-11 or 2026-11-24.") from error

    def written(self, text: str) -> str:
        return str(PartialDate.parse(text))

    def is_empty(self, least, most):
        return least.first_day > most.last_day

    def condition(self, least: str, most: str) -> Q:
        condition = ~Q(released_on="")
        if least:
            condition &= Q(released_until__gte=PartialDate.parse(least).first_day.isoformat())
        if most:
            condition &= Q(released_on__lte=PartialDate.parse(most).last_day.isoformat())
        return condition


def _of_choice(name: str) -> ChoiceGroup:
    fact = BY_NAME[name]
    choices = fact.choices.choices if fact.choices else ()
    return ChoiceGroup(name, fact.label, {**dict(choices), UNKNOWN: "Unknown"})


LINKS = {
    group.name: group
    for group in (
        LinkGroup("vendor", BY_NAME["vendors"].label, ModelVendor, Vendor),
        LinkGroup("input", BY_NAME["input_modalities"].label, ModelInputModality, Modality),
        LinkGroup("output", BY_NAME["output_modalities"].label, ModelOutputModality, Modality),
        LinkGroup("provider", "Provider", Offering, Provider, "provider", "model"),
    )
}
FAMILY = LinkGroup("family", BY_NAME["family"].label, AIModel, Family, "family", "pk")  # not a filter of the list
REGION = RegionGroup("region", "Provider’s country", {name: label for name, (label, _) in REGIONS.items()})
OPENNESS = {ANY_OPEN: "Open weights"} | {
    value: str(label).removeprefix("Open weights, ") for value, label in _of_choice("openness").choices.items()
}
CHOICES = {
    group.name: group
    for group in (
        ShowGroup("show", "Show", SHOW),
        _of_choice("kind"),
        CapabilityGroup("capability", "Capabilities", {name: BY_NAME[name].label for name in CAPABILITIES}),
        OpennessGroup("openness", "Openness", OPENNESS),
        REGION,
        StoredGroup("licence", BY_NAME["licence"].label),
        StoredGroup("benchmark", "Benchmark results"),
        ChoiceGroup("status", "Status", dict(Status.choices[1:] + Status.choices[:1])),
    )
}
PRICE_RANGES = tuple(
    PriceRange(name, label, "USD per million tokens", "0.50", "enter an amount such as 3 or 0.50.", "decimal", column)
    for name, (column, label) in zip(
        ("price", "output_price", "cached_price", "blended_price"), PRICE_LABELS.items(), strict=True
    )
)
RANGES = {
    range_.name: range_
    for range_ in (
        Range("context", "Context window", "tokens", "128k", "enter a number such as 128000, 128k or 1M.", "text"),
        *PRICE_RANGES,
        ReleaseRange(
            *("released", "Released", "year, month or day", "June 2025"),
            *("enter a date such as 2026, June 2025 or last month.", "text"),
        ),
    )
}
