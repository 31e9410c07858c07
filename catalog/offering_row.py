"""Rows of a model's page, each with its evidence; and what of an offering can be compared with the others."""

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from catalog.models import AIModel, Offering, Price
from catalog.models.evidence import is_doubtful
from catalog.rules.choices import Meter
from catalog.rules.prices import usd_per_million_tokens
from catalog.rules.status import Status

LIMITS = "limit"  # under this name a feed says that the lab's limits do not hold at a provider


@dataclass(frozen=True)
class Row:
    """Something with its evidence: `subject` is a fact, an event or a price."""

    subject: object
    evidence: list
    words: str = ""

    @property
    def is_doubtful(self) -> bool:
        return is_doubtful(self.evidence)


@dataclass
class OfferingRow:
    model: AIModel | None
    offering: Offering
    status: Status
    evidence: list
    prices: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)

    @cached_property
    def input(self) -> Row | None:
        return self._plain_price(Meter.INPUT) or self._first_of_others

    @cached_property
    def output(self) -> Row | None:
        return self._plain_price(Meter.OUTPUT)

    def token_price(self, meter: str) -> Decimal | None:
        """Return USD per million tokens without further conditions; None where that is unknown."""
        row = self._plain_price(meter)
        return usd_per_million_tokens(row.subject.terms) if row else None

    @property
    def input_amount(self) -> Decimal | None:
        return self.token_price(Meter.INPUT)

    @property
    def output_amount(self) -> Decimal | None:
        return self.token_price(Meter.OUTPUT)

    @property
    def context_tokens(self) -> int | None:
        """The provider's own limit; else the lab's, where the provider says that this holds."""
        offering = self.offering
        if offering.context_tokens is not None:
            return offering.context_tokens
        is_other = any(name.split(".")[0] == LIMITS for name in offering.not_inherited)
        return self.model.context_tokens if self.model and offering.inherits and not is_other else None

    @property
    def data_policy(self) -> list[str]:
        """What is known of what becomes of the data, in words; empty where nothing is."""
        offering, said = self.offering, []
        if offering.retention_days is not None:
            days = f"{offering.retention_days:,} day{'s' if offering.retention_days != 1 else ''}"
            said.append(f"kept for {days}" if offering.retention_days else "nothing kept")
        if offering.trains_on_input is not None:
            said.append("used for training" if offering.trains_on_input else "not used for training")
        if offering.zero_retention is not None:
            said.append(f"keeping nothing {'can' if offering.zero_retention else 'cannot'} be agreed on")
        return said

    def place(self) -> tuple:
        """What rows are sorted by: what is still served first, then the input price, no charge after
        any, unknown last, then the names."""
        price = self.token_price(Meter.INPUT)
        order = (self.status == Status.RETIRED, price is None, price == 0, price or 0)
        return *order, self.offering.provider.name.casefold(), self.offering.api_id, self.offering.pk

    def _plain_price(self, meter: str) -> Row | None:
        return next((row for row in self.prices if row.subject.meter == meter and _is_plain(row.subject)), None)

    @property
    def _first_of_others(self) -> Row | None:
        """Where nothing is asked for input or output: what is counted instead, such as images."""
        counted = {row.subject.meter for row in self.prices}
        return None if counted & {Meter.INPUT, Meter.OUTPUT} else next(iter(self.prices), None)


def _is_plain(price: Price) -> bool:
    return not price.conditions_in_words
