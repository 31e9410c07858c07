"""A monthly workload, and its cost at given prices."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from catalog.rules.choices import Meter
from catalog.rules.prices import PER
from ops.http.query_params import whole_number

FORMULA = (
    "messages × (input tokens × (1 − cached share) × input price + input tokens × cached share × cached input price"
    " + output tokens × output price + reasoning tokens × reasoning price) ÷ 1,000,000"
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

    # Label and largest value of each field.
    FIELDS = {
        "messages": ("Messages per month", 1_000_000_000),
        "tokens_in": ("Input tokens per message", 10_000_000),
        "tokens_out": ("Output tokens per message", 1_000_000),
        "cached_percent": ("Cached input tokens, %", 100),
        "reasoning": ("Reasoning tokens per message", 1_000_000),
    }

    @classmethod
    def parse(cls, parameters) -> "Workload":
        """Parse a QueryDict; empty values are the defaults. Raises BadRequest for values out of range."""
        given = {name: parameters.get(name, "").strip() for name in cls.FIELDS}
        return cls(**{name: whole_number(text, name, most=cls.FIELDS[name][1]) for name, text in given.items() if text})

    def pairs(self) -> list[tuple[str, str]]:
        """Return the query parameters that differ from the defaults."""
        usual = Workload()
        return [(name, str(getattr(self, name))) for name in self.FIELDS if getattr(self, name) != getattr(usual, name)]

    def inputs(self) -> list[dict]:
        return [
            {"name": name, "label": label, "value": getattr(self, name), "most": most}
            for name, (label, most) in self.FIELDS.items()
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
        charged = {Meter.REASONING: prices[Meter.OUTPUT], **prices} if Meter.OUTPUT in prices else prices
        missing = tuple(Meter(meter).label.lower() for meter, _ in self.needs if meter not in charged)
        if missing:
            return Cost(None, missing)
        return Cost(sum((count * charged[meter] for meter, count in self.needs), Decimal(0)) * self.messages / PER)
