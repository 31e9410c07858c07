"""The cost of a monthly workload at the prices of an offer on a given day."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from operator import itemgetter

from django.http import QueryDict

from catalog.documents import read
from catalog.models import OfferingSummary
from catalog.rules.choices import Meter
from catalog.rules.prices import PER, usd_per_million_tokens
from catalog.rules.status import Status
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
    def parse(cls, parameters: QueryDict) -> "Workload":
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

    def sum_in_words(self, prices: dict[str, Decimal]) -> str:
        """Return the calculation of the cost in words; no price that it needs may be missing."""
        charged = {Meter.REASONING: prices.get(Meter.OUTPUT), **prices}
        terms = " + ".join(f"{count.normalize():,f} × {charged[meter].normalize():,f}" for meter, count in self.needs)
        return f"{self.messages:,} × ({terms or '0'}) ÷ {PER:,} = {self.cost(prices).amount:,.2f} USD"


@dataclass
class Offer:
    """An offering that is not retired. `prices` are its ordinary prices, without service level and conditions."""

    key: int
    provider_name: str
    prices: list[dict]

    def token_prices(self, tokens_in: int) -> dict[str, Decimal]:
        """Return USD per million tokens by meter for requests with this many input tokens."""
        found = {}
        for price in sorted(self.prices, key=lambda price: price["above_tokens"]):
            is_fit = price["above_tokens"] == 0 or price["above_tokens"] < tokens_in
            amount = usd_per_million_tokens(price)
            if is_fit and amount is not None:
                found[price["meter"]] = amount
        return found

    def cost(self, workload: Workload) -> Cost:
        return workload.cost(self.token_prices(workload.tokens_in))


def offers_of(keys: Collection[int], day: date) -> dict[int, list[Offer]]:
    """Return the public offers of models by model key, in the order of providers. One query."""
    rows = read.offerings_on(day).filter(model_id__in=keys).exclude(status=Status.RETIRED)
    rows = rows.values_list("provider_name", "api_id", "pk", "model_id", "prices")
    found = defaultdict(list)
    for provider, _, key, model_key, prices in sorted(rows, key=itemgetter(0, 1, 2)):
        ordinary = [price for price in prices if not (price["service_level"] or price["conditions"])]
        found[model_key].append(Offer(key, provider, ordinary))
    return found


def rows_of(offers: Collection[Offer]) -> dict[int, dict]:
    """Return the rows that tables show for these offers, by key. One query."""
    return dict(OfferingSummary.objects.filter(pk__in=[offer.key for offer in offers]).values_list("pk", "row"))
