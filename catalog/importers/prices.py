"""What is to be done with the prices of an offering so that they say what a feed says.

A price that changed does not vanish: the new one is a row of its own from the day of the feed on, and so is the end of
one. What a person wrote, and what stood there before the feed, is left alone.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from catalog.history.ownership import BY_HAND, DELETED_BY_HAND
from catalog.importers.entries import MISSING, BrokenRecordError, Difference
from catalog.models import Price
from catalog.models.price import rows_on
from catalog.rules.choices import Feed, Unit

PLACES = Decimal("0.000000001")
DEAREST = Decimal(1_000_000)


@dataclass(frozen=True)
class Stated:
    """A price as a feed states it."""

    amount: Decimal
    unit: str = Unit.TOKEN
    per_quantity: int = 1_000_000

    def says(self, row: Price) -> bool:
        """Whether a row on record says the same."""
        stored = (row.amount, row.currency, row.unit, row.per_quantity)
        return not row.is_withdrawn and stored == (self.amount, "USD", self.unit, self.per_quantity)


@dataclass(frozen=True)
class Step:
    """Write `stated` (None: withdrawn) into `row`, or, where that is None, into a new row from `valid_from` on."""

    key: tuple
    stated: Stated | None
    row: Price | None
    valid_from: str
    difference: Difference


@dataclass
class Standing:
    """What is known of the rows of one offering: whose they are by primary key (a feed or ""), and what is held."""

    rows: list[Price]
    owners: dict[int, str] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)
    deleted: set[tuple] = field(default_factory=set)


def amount_of(path: str, value, factor: int = 1) -> Decimal:
    """Return a feed's number times `factor` as a row holds it. Raises BrokenRecordError."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BrokenRecordError(path, f"{value!r} is no number.")
    exact = Decimal(repr(value)) * factor
    if not 0 <= exact < DEAREST:
        raise BrokenRecordError(path, f"{value} is no price.")
    return exact.quantize(PLACES)


def plan_prices(feed: str, day: date, today: date, stated: dict[tuple, Stated], standing: Standing):
    """Return the steps to take, and what is kept: pairs of a difference and the reason. A query is not needed.

    What the feed does not state any more is withdrawn.
    """
    current = {row.key: row for row in rows_on(today, standing.rows, withdrawn=True)}
    steps, kept = [], []
    for key, wanted in stated.items():
        row = current.get(key)
        if row is not None and wanted.says(row):
            continue
        difference = Difference(path_of(key), _written(row), _number(wanted.amount))
        reason = _why_not(feed, key, row, standing)
        if reason:
            kept.append((difference, reason))
        else:
            steps.append(_step(key, wanted, row, day, difference, standing))
    for key, row in current.items():
        if key not in stated and not row.is_withdrawn and not _why_not(feed, key, row, standing):
            difference = Difference(path_of(key), _written(row), MISSING)
            steps.append(_step(key, None, row, day, difference, standing))
    return steps, kept


def _why_not(feed, key, row, standing: Standing) -> str:
    if row is None:
        return DELETED_BY_HAND if key in standing.deleted else ""
    if row.pk in standing.held:
        return BY_HAND
    owner = standing.owners.get(row.pk, "")
    if owner == feed:
        return ""
    return f"from {Feed(owner).label}" if owner else "on record before"


def _step(key, wanted, row, day, difference, standing: Standing) -> Step:
    if row is None:
        return Step(key, wanted, None, _first_day(key, day, standing), difference)
    is_later = day.isoformat() > row.valid_from
    return Step(key, wanted, None if is_later else row, day.isoformat(), difference)


def _first_day(key, day, standing: Standing) -> str:
    """A first price is older than anybody knows; one that has later rows already begins with the feed's day."""
    return day.isoformat() if any(row.key == key for row in standing.rows) else ""


def take(step: Step, offering) -> Price:
    """Return the row of a step, not saved."""
    row = step.row or Price(offering=offering, valid_from=step.valid_from)
    row.meter, row.above_tokens, row.service_level, row.conditions = step.key
    row.is_withdrawn = step.stated is None
    if step.stated is None:
        row.amount = None
    else:
        row.amount, row.unit, row.per_quantity = step.stated.amount, step.stated.unit, step.stated.per_quantity
        row.currency = "USD"
    return row


def path_of(key: tuple) -> str:
    meter, above, service, conditions = key
    words = [f"above {above}" if above else "", service, conditions]
    return f"price {meter}" + "".join(f", {word}" for word in words if word)


def _written(row: Price | None):
    return MISSING if row is None or row.is_withdrawn else _number(row.amount)


def _number(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
