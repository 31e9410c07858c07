"""Plan the steps that bring the prices of an offering in line with a feed.

Old prices stay on record: a new price is a new row from the feed's day on, and so is a withdrawal. Prices that a user
wrote, or that existed before the feed, are not changed.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from catalog.history.ownership import BY_HAND, DELETED_BY_HAND
from catalog.importers.entries import MISSING, BrokenRecordError, ImportedChange
from catalog.models import Price
from catalog.models.price import rows_on
from catalog.rules.choices import ImportFeed, Unit

PLACES = Decimal("0.000000001")
DEAREST = Decimal(1_000_000)


@dataclass(frozen=True)
class Stated:
    """A price as a feed states it."""

    amount: Decimal
    unit: str = Unit.TOKEN
    per_quantity: int = 1_000_000

    def says(self, row: Price) -> bool:
        """Return whether the row has the same price."""
        stored = (row.amount, row.currency, row.unit, row.per_quantity)
        return not row.is_withdrawn and stored == (self.amount, "USD", self.unit, self.per_quantity)


@dataclass(frozen=True)
class Step:
    """Write `stated` (None: withdrawn) to `row`, or to a new row from `valid_from` on if `row` is None."""

    key: tuple
    stated: Stated | None
    row: Price | None
    valid_from: str
    difference: ImportedChange


@dataclass
class StoredPrices:
    """The rows of one offering: their owners by primary key (a feed or ""), and those that users set or deleted."""

    rows: list[Price]
    owners: dict[int, str] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)
    deleted: set[tuple] = field(default_factory=set)


def amount_of(path: str, value, factor: int = 1) -> Decimal:
    """Return a feed's number times `factor` as a Decimal. Raises BrokenRecordError."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BrokenRecordError(path, f"{value!r} is no number.")
    exact = Decimal(repr(value)) * factor
    if not 0 <= exact < DEAREST:
        raise BrokenRecordError(path, f"{value} is no price.")
    return exact.quantize(PLACES)


def plan_prices(feed: str, day: date, today: date, stated: dict[tuple, Stated], standing: StoredPrices):
    """Return the steps to take, and the differences not applied as pairs with the reason. Needs no query.

    A price that the feed no longer states is withdrawn.
    """
    current = {row.key: row for row in rows_on(today, standing.rows, withdrawn=True)}
    steps, kept = [], []
    for key, wanted in stated.items():
        row = current.get(key)
        if row is not None and wanted.says(row):
            continue
        difference = ImportedChange(path_of(key), _written(row), _number(wanted.amount))
        reason = _why_not(feed, key, row, standing)
        if reason:
            kept.append((difference, reason))
        else:
            steps.append(_step(key, wanted, row, day, difference, standing))
    for key, row in current.items():
        if key not in stated and not row.is_withdrawn and not _why_not(feed, key, row, standing):
            difference = ImportedChange(path_of(key), _written(row), MISSING)
            steps.append(_step(key, None, row, day, difference, standing))
    return steps, kept


def _why_not(feed, key, row, standing: StoredPrices) -> str:
    if row is None:
        return DELETED_BY_HAND if key in standing.deleted else ""
    if row.pk in standing.held:
        return BY_HAND
    owner = standing.owners.get(row.pk, "")
    if owner == feed:
        return ""
    return f"from {ImportFeed(owner).label}" if owner else "on record before"


def _step(key, wanted, row, day, difference, standing: StoredPrices) -> Step:
    if row is None:
        return Step(key, wanted, None, _first_day(key, day, standing), difference)
    is_later = day.isoformat() > row.valid_from
    return Step(key, wanted, None if is_later else row, day.isoformat(), difference)


def _first_day(key, day, standing: StoredPrices) -> str:
    """Return "" for a first price, whose start is unknown, or the feed's day if rows with this key exist."""
    return day.isoformat() if any(row.key == key for row in standing.rows) else ""


def take(step: Step, offering) -> Price:
    """Return the unsaved row of a step."""
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
