"""A monthly workload, and its cost at given prices."""

from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cached_property

from catalog.rules.choices import Meter
from catalog.rules.prices import PER
from ops.http.query_params import whole_number

FORMULA = (
    "messages × (tokens in × (1 − share cached) × price of input + tokens in × share cached × price of cached input"
    " + tokens out × price of output + reasoning tokens × price of reasoning) ÷ 1,000,000"
)


@dataclass(frozen=True)
class Cost:
    """`amount` is in USD, or None if prices that the workload needs are `missing`."""

    amount: Decimal | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Workload:
    messages: int = 10_000
    tokens_in: int = 1_000
    tokens_out: int = 300
    cached_percent: int = 0
    reasoning: int = 0

    LABELS = {
        "messages": "Messages a month",
        "tokens_in": "Tokens in, a message",
        "tokens_out": "Tokens out, a message",
        "cached_percent": "Of the tokens in, from the cache, %",
        "reasoning": "Reasoning tokens, a message",
    }
    MOST = {
        "messages": 1_000_000_000,
        "tokens_in": 10_000_000,
        "tokens_out": 1_000_000,
        "cached_percent": 100,
        "reasoning": 1_000_000,
    }

    @classmethod
    def parse(cls, parameters) -> "Workload":
        """Parse a QueryDict; empty values are the defaults. Raises BadRequest for values out of range."""
        given = {name: parameters.get(name, "").strip() for name in cls.LABELS}
        return cls(**{name: whole_number(text, name, most=cls.MOST[name]) for name, text in given.items() if text})

    def pairs(self) -> list[tuple[str, str]]:
        """Return the query parameters that differ from the defaults."""
        usual = Workload()
        return [(name, str(getattr(self, name))) for name in self.LABELS if getattr(self, name) != getattr(usual, name)]

    def inputs(self) -> list[dict]:
        return [
            {
                "name": field.name,
                "label": self.LABELS[field.name],
                "value": getattr(self, field.name),
                "most": self.MOST[field.name],
            }
            for field in fields(self)
        ]

    @cached_property
    def needs(self) -> list[tuple[str, Decimal]]:
        """Return the meters of the workload, each with its number of tokens per message."""
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

        Reasoning tokens without a price are charged as output. If any other price is missing, the cost is unknown.
        """
        charged = _charged(prices)
        missing = tuple(Meter(meter).label.lower() for meter, _ in self.needs if meter not in charged)
        if missing:
            return Cost(None, missing)
        return Cost(sum((count * charged[meter] for meter, count in self.needs), Decimal(0)) * self.messages / PER)

    def sum_in_words(self, prices: dict[str, Decimal]) -> str:
        """Return the calculation of the cost in words; no price that it needs may be missing."""
        charged = _charged(prices)
        terms = " + ".join(f"{_plain(count)} × {_plain(charged[meter])}" for meter, count in self.needs)
        return f"{self.messages:,} × ({terms or '0'}) ÷ {PER:,} = {self.cost(prices).amount:,.2f} USD"


def _charged(prices: dict[str, Decimal]) -> dict[str, Decimal]:
    if Meter.OUTPUT not in prices:
        return prices
    return {Meter.REASONING: prices[Meter.OUTPUT], **prices}


def _plain(number: Decimal) -> str:
    return f"{number.normalize():,f}"
