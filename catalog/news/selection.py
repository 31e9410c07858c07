"""The filters of upcoming retirements: the last day, who sets it, a vendor, a provider, and a list of models."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple, cast

from django import forms
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import BooleanField, DateField, Exists, OuterRef, Q, QuerySet, Value
from django.http import HttpRequest

from catalog.documents import read
from catalog.documents.sync.head import IS_CURRENT
from catalog.documents.timeline import LEFT
from catalog.groups import LINKS
from catalog.lifecycle.timeline import BY_DATE, DEPARTURES, ENDS, departures_until, retirements_ahead
from catalog.models import AIModel, LifecycleEvent, OfferingSummary, TimelineEntry
from catalog.rules.status import EventKind
from ops.db.compiled import CompiledQuery, Parameter, text
from ops.http.urls import route
from publishing.api.filters import listed, slugs_by_key

NAMES = ("within", "by", "vendor", "provider", "model")
BY = {"vendor": "the vendor", "any": "the vendor or a host"}
MONTHS = {"3": "three months", "6": "six months", "12": "a year"}
ERRORS = {"invalid_choice": "Unknown value: “%(value)s”. This filter is left out."}
MONTH = timedelta(days=365.25 / 12)


class RetirementFilters(forms.Form):
    """The form, its parameters, and its condition for entries of the timeline."""

    within = forms.ChoiceField(
        choices=[("", "Any time"), *((months, f"Within {label}") for months, label in MONTHS.items())],
        label="Last day",
        required=False,
        error_messages=ERRORS,
    )
    by = forms.ChoiceField(choices=[*BY.items()], label="Last day at", required=False, error_messages=ERRORS)
    # The key and the name.
    vendor: Any = forms.TypedChoiceField(required=False, empty_value=None, error_messages=ERRORS)
    provider: Any = forms.TypedChoiceField(required=False, empty_value=None, error_messages=ERRORS)
    model = forms.CharField(
        label="Model ids, separated by commas",
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "placeholder": "gpt-5, claude-opus-4-5"}),
    )

    def __init__(self, request: HttpRequest, day: date, is_shown: bool):
        """One query for the vendors and providers of retirements after `day`, if the form `is_shown` or if they are
        asked for."""
        value_by_name = {name: ",".join(filter(None, request.GET.getlist(name))) for name in NAMES}
        self.is_alone = not any(value_by_name[name] for name in NAMES if name != "by")
        self.ended_by = value_by_name["by"] = value_by_name["by"] or ("vendor" if self.is_alone and is_shown else "any")
        super().__init__(value_by_name, auto_id="filter-%s")
        is_needed = is_shown or self.data["vendor"] or self.data["provider"]
        options = _options(day) if is_needed else []
        for name in ("vendor", "provider"):
            field = cast(forms.TypedChoiceField, self.fields[name])
            own = [option for option in options if option.filter == name]
            field.choices = [("", "All"), *((option.slug, option.label) for option in own)]
            field.coerce = {option.slug: (option.key, option.label) for option in own}.__getitem__
            # Most providers only end models together with their vendors.
            labels = (
                (option.slug, option.label) for option in own if option.ends_models or option.slug == self.data[name]
            )
            field.widget.choices = [("", "All"), *labels]

    def clean_model(self) -> dict[int, str]:
        """Return the slugs by key."""
        names = map(str.strip, self.cleaned_data["model"].split(","))
        try:
            return slugs_by_key(AIModel, listed([*filter(None, names)]))
        except BadRequest as error:
            raise ValidationError(str(error)) from error

    @property
    def feed_pairs(self) -> list[tuple[str, str]]:
        """Return the query parameters of the feeds with the same retirements."""
        return self._pairs()

    def _pairs(self, **other: str) -> list[tuple[str, str]]:
        values = {**self.data, **other}
        return [(name, value) for name in NAMES if (value := values[name]) and (name, value) != ("by", "any")]

    def vendors(self, day: date, shown: Iterable[dict]) -> list[tuple[str, int, str, bool]]:
        """Return each vendor with its number of ends, the address of these, and whether it is chosen.

        `shown` are the rows of the entries that match the filters. One query if a vendor is chosen.
        """
        if self.cleaned_data.get("vendor"):
            shown = self.narrowed(day, vendor=None).values_list("row", flat=True)
        numbers = Counter(chain.from_iterable(row.get("vendors", ()) for row in shown))
        return [
            (
                name,
                numbers[name],
                route("catalog:retiring", query=self._pairs(vendor=slug)),
                self.data["vendor"] == slug,
            )
            for slug, name in cast(Any, self.fields["vendor"]).choices
            if numbers[name]
        ]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Return the query parameters of the page in canonical order; invalid ones stay.

        The page by itself has the ends that vendors set. Other filters choose from all, as in addresses of the past.
        """
        return self.feed_pairs if not self.is_alone else [("by", self.ended_by)] * (self.ended_by != "vendor")

    @property
    def summary(self) -> str:
        """Return the valid filters in words: "within six months, OpenAI, at Azure, 3 models"; "" if there are none."""
        chosen = self.cleaned_data
        models = len(chosen.get("model") or ())
        vendor, provider = ((chosen.get(name) or [0, ""])[1] for name in ("vendor", "provider"))
        number = f"{models} model{'s' if models > 1 else ''}" if models else ""
        months = MONTHS.get(chosen.get("within", ""))
        place = BY.get(dict(self.pairs).get("by", ""))
        parts = months and f"within {months}", place and f"at {place}", vendor
        return ", ".join(filter(None, [*parts, provider and f"via {provider}", number]))

    def narrowed(self, day: date, by: str = "", **other: None) -> QuerySet[TimelineEntry]:
        """Return the entries after `day` that match the valid filters, or these with another `by` or without some.

        Those of a provider are its own, and those of the vendors of models that it serves.
        """
        ends = retirements_ahead(day)
        if months := self.cleaned_data.get("within"):  # an event of a month or a year may be on its first day
            ends = ends.filter(date__lte=(day + int(months) * MONTH).isoformat())
        return self._matching(ends, by, **other)

    def departures(self, day: date) -> QuerySet[TimelineEntry]:
        """Return the models that have left their vendors' lists and match the valid filters.

        They may end on any day, so a period does not narrow them.
        """
        return self._matching(departures_until(day))

    def ends_and_departures(self, day: date) -> tuple[list[TimelineEntry], list[TimelineEntry]]:
        """Return those that match the valid filters, of ends those of hosts too. One query.

        Of ends the nearest are first, and those with only an earliest day last.
        """
        ends, departures = self.narrowed(day, "any"), self.departures(day)
        entries = [*ends.order_by().union(departures.order_by(), all=True)]
        ahead = (entry for entry in entries if entry.kind != LEFT)
        left = (entry for entry in entries if entry.kind == LEFT)
        return sorted(ahead, key=attrgetter("bound", *BY_DATE)), sorted(left, key=attrgetter("date"), reverse=True)

    def _matching(self, ends: QuerySet[TimelineEntry], by: str = "", **other: None) -> QuerySet[TimelineEntry]:
        chosen = self.cleaned_data | other
        if (by or self.ended_by) == "vendor":
            ends = ends.filter(row__is_of_model=True)
        if vendor := chosen.get("vendor"):
            group = LINKS["vendor"]
            of_vendor = group.through.objects.filter(**{group.record: vendor[0]})
            ends = ends.filter(model_id__in=of_vendor.values(group.model))
        if provider := chosen.get("provider"):
            there = OfferingSummary.objects.filter(provider_id=provider[0], model_id=OuterRef("model_id"))
            same = {"date": OuterRef("date"), "bound": OuterRef("bound"), "offering__model": OuterRef("model_id")}
            ends_there = LifecycleEvent.objects.filter(kind=EventKind.RETIRED, offering__provider=provider[0], **same)
            ends = ends.filter(Exists(ends_there) | Q(Exists(there), row__is_by_vendor=True))
        if models := chosen.get("model"):
            ends = ends.filter(model_id__in=models)
        return ends


class Option(NamedTuple):
    """A choice of the filter "vendor" or "provider"; `ends_models` is False for a provider that ends none by itself."""

    filter: str
    slug: str
    key: int
    label: str
    ends_models: bool


def _linked_with_entries(name: str, ends_models: Exists | Value) -> QuerySet[Any, tuple]:
    """Return the records with models that retire after "day" or have left their vendors' lists, as options."""
    group, day = LINKS[name], Parameter("day", DateField())
    ends = ENDS.filter(last_day__gt=day, date__gte=text("year")).values("model_id")
    departures = DEPARTURES.filter(last_day__lte=day).values("model_id")
    of_models = Q(**{f"{group.model}__in": ends}) | Q(**{f"{group.model}__in": departures})
    links = group.through.objects.filter(of_models)
    records = group.of.objects.published().filter(pk__in=links.values(group.record))
    return records.order_by().values_list(Value(name), "slug", "pk", "name", ends_models, IS_CURRENT)


ENDS_OF_PROVIDER = LifecycleEvent.objects.filter(
    kind=EventKind.RETIRED, date__gte=text("month"), offering__provider=OuterRef("pk")
)
VENDORS = _linked_with_entries("vendor", Value(True, BooleanField()))
PROVIDERS = _linked_with_entries("provider", Exists(ENDS_OF_PROVIDER))
OPTIONS = CompiledQuery(VENDORS.union(PROVIDERS, all=True).order_by("name"))


def _options(day: date) -> list[Option]:
    """Return the options of both filters by name. One query."""
    rows = read.stamped(lambda: OPTIONS.rows(day=day, year=f"{day:%Y}", month=f"{day:%Y-%m}"))
    return [Option(*row) for row in rows]
