"""The workload that a cost is calculated for: its form, its presets, and its parameters in an address."""

from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import BadRequest, ValidationError
from django.http import QueryDict

from catalog.rules.choices import Meter
from catalog.rules.facts import BY_NAME
from catalog.rules.prices import PER, number_in_words
from catalog.rules.typed_numbers import typed_number
from ops.http.query_params import words
from ops.toml_files import toml_beside

MOST_TYPED = 40
# What people cost who correct answers, in the words of `_estimates.html`; not counted for few corrections.
CORRECTED_SHARE, MINUTES_EACH, USD_PER_HOUR = Decimal("0.01"), 5, 40
FEWEST_CORRECTIONS = 30


@dataclass(frozen=True)
class Cost:
    """`amount` is in USD, or None if prices that the workload needs are `missing`; `sum` is its calculation in words.

    The meters in `substituted` have no price of their own and are charged as input or output. `excess` says which limit
    of the offer a request exceeds, "" if none is known.
    """

    amount: Decimal | None
    missing: str = ""
    substituted: str = ""
    sum: str = ""
    excess: str = ""

    @property
    def place(self) -> tuple[bool, bool, Decimal]:
        """Return the sort key: the cheapest first, then those for which requests are too long, then unknown ones."""
        return self.amount is None, bool(self.excess), self.amount or Decimal(0)

    @property
    def year(self) -> Decimal:
        """Return twelve times the amount that is shown for a month."""
        return 12 * round(self.amount or Decimal(0), 2)


@dataclass(frozen=True)
class Workload:
    """A month of requests to a model."""

    messages: int = 100_000
    tokens_in: int = 1_000
    tokens_out: int = 300
    cached_percent: int = 0
    reasoning: int = 0

    @classmethod
    def parse(cls, parameters: QueryDict) -> "Workload":
        """Return the workload in the parameters. Raises BadRequest for values that the form rejects."""
        if not parameters.keys() & WorkloadForm.base_fields.keys():
            return cls()
        form = WorkloadForm(parameters)
        if form.workload is None:
            raise BadRequest(" ".join(f"{name}: {errors[0]}" for name, errors in form.errors.items()))
        return form.workload

    def pairs(self) -> list[tuple[str, str]]:
        """Return the query parameters that differ from the defaults."""
        values = ((field, getattr(self, field.name)) for field in fields(self))
        return [(field.name, str(value)) for field, value in values if value != field.default]

    @property
    def corrections(self) -> Decimal:
        """Return what people cost who correct one request in a hundred in five minutes at 40 USD an hour; 0 for few."""
        number = self.messages * CORRECTED_SHARE
        return number * MINUTES_EACH / 60 * USD_PER_HOUR if number >= FEWEST_CORRECTIONS else Decimal(0)

    def excess(self, limits: dict[str, int | None]) -> str:
        """Return which of the `effective` limits of an offer a request exceeds, in words; "" if none is known."""
        returned = self.tokens_out + self.reasoning
        sizes = {"context_tokens": self.tokens_in + returned, "max_input_tokens": self.tokens_in}
        for name, size in {**sizes, "max_output_tokens": returned}.items():
            if (limit := limits[name]) is not None and size > limit:
                return f"{BY_NAME[name].label} is {limit:,} tokens, and a request needs {size:,}"
        return ""

    @cached_property
    def needs(self) -> list[tuple[Meter, Decimal]]:
        """Return the meters of the workload, each with its number of tokens per request."""
        cached = Decimal(self.tokens_in * self.cached_percent) / 100
        tokens = {
            Meter.INPUT: self.tokens_in - cached,
            Meter.CACHE_READ: cached,
            Meter.OUTPUT: Decimal(self.tokens_out),
            Meter.REASONING: Decimal(self.reasoning),
        }
        return [(meter, count) for meter, count in tokens.items() if count]

    def cost(self, prices: dict[str, Decimal]) -> Cost:
        """Return the cost at `prices`, in USD per million tokens by meter.

        Without a price of their own, cached tokens are charged as input, and reasoning tokens as output. If any other
        price is missing, the cost is unknown.
        """
        as_charged = {Meter.CACHE_READ: prices.get(Meter.INPUT), Meter.REASONING: prices.get(Meter.OUTPUT), **prices}
        terms = [(count, as_charged.get(meter)) for meter, count in self.needs]
        absent = ", ".join(meter.label.lower() for meter, _ in self.needs if as_charged.get(meter) is None)
        if absent:
            return Cost(None, absent)
        amount = sum((count * price for count, price in terms if price), Decimal(0)) * self.messages / PER
        formula = " + ".join(f"{count.normalize():,f} × {number_in_words(price)}" for count, price in terms) or "0"
        substituted = ", ".join(meter.label.lower() for meter, _ in self.needs if meter not in prices)
        return Cost(amount, "", substituted, f"{self.messages:,} × ({formula}) ÷\u00a0{PER:,}")


class TypedNumberField(forms.Field):
    """A whole number from 0 to `most` as people type it."""

    widget = forms.TextInput({"autocomplete": "off"})

    def __init__(self, label: str, most: int):
        super().__init__(label=label)
        self.most = most

    def to_python(self, value: Any) -> int:
        number = typed_number(value.removeprefix("-"), is_whole=True)
        if number is None:
            fault = f"is more than {self.most:,}" if value.strip().isdecimal() else "is not a number"
        elif value.startswith("-"):
            fault = "is less than 0"
        elif number % 1:
            fault = "is not a whole number"
        elif number > self.most:
            fault = f"is more than {self.most:,}"
        else:
            return int(number)
        remedy = f"Enter a whole number from 0 to {self.most:,}{', such as 2,000 or 100k' * (self.most > 100)}."
        raise ValidationError(f"“{value}” {fault}. {remedy}")


class WorkloadForm(forms.Form):
    """The fields of a workload; empty ones have the default values, and numbers are shown with separators."""

    messages = TypedNumberField("Requests per month", 1_000_000_000)
    tokens_in = TypedNumberField("Input tokens per request", 10_000_000)
    tokens_out = TypedNumberField("Output tokens per request", 1_000_000)
    cached_percent = TypedNumberField("Cached share of input, %", 100)
    reasoning = TypedNumberField("Reasoning tokens per request", 1_000_000)

    def __init__(self, parameters: QueryDict):
        typed = {name: words(parameters.get(name, ""), MOST_TYPED) for name in self.base_fields}
        self.typed = [(name, text) for name, text in typed.items() if text]
        super().__init__({name: _separated(text or str(getattr(Workload, name))) for name, text in typed.items()})
        self.workload = Workload(**self.cleaned_data) if self.is_valid() else None

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Return the query parameters in canonical order; if one is invalid, all as they were typed."""
        return self.workload.pairs() if self.workload else self.typed


def _separated(text: str) -> str:
    number = typed_number(text, is_whole=True)
    return text if number is None or number % 1 else f"{number:,.0f}"


# The common workloads: label, assumptions, workload.
PRESETS = [
    (row["label"], row["assumptions"], Workload(**row["workload"]))
    for row in toml_beside(__file__, "presets.toml")["preset"]
]
