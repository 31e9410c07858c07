"""The base class for importing offerings with prices.

A new price or a withdrawal is a new row from the feed's day on. Prices of users or from before the feed stay.
"""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from catalog.history.ownership import BY_HAND, DELETED_BY_HAND, why_not_from
from catalog.importers.entries import MISSING, ImportedChange, Plan, SourceEntry
from catalog.importers.handler import Handler
from catalog.models import Evidence, Offering, Price, Provider, RecordKind
from catalog.models.offering import rows_on
from catalog.rules.choices import Listing, Unit
from catalog.rules.prices import KEY, PER

# The columns of a row that a second price on the same day replaces.
REPLACED = ("amount", "currency", "unit", "per_quantity", "is_withdrawn")


def price(key: tuple, amount: Decimal | None, unit: str = Unit.TOKEN, per_quantity: int = PER, **columns: Any) -> Price:
    """Return an unsaved row with this key, in USD."""
    about = dict(zip(KEY, key, strict=True)) | columns
    return Price(**about, amount=amount, unit=unit, per_quantity=per_quantity)


class OfferingPrices(Handler):
    kind, model = RecordKind.OFFERING, Offering

    def stated_prices(self, data: dict) -> dict[tuple, Price]:
        """Return the prices of an entry by key, as unsaved rows."""
        raise NotImplementedError

    def place_of(self, entry: SourceEntry) -> tuple[int | None, str]:
        """Return the key of the provider, None if the entry matches none, and the offering's id there."""
        raise NotImplementedError

    def model_for(self, entry: SourceEntry) -> int | None:
        """Return the key of the model that an offering created from the entry would have."""
        raise NotImplementedError

    def records(self) -> QuerySet[Any]:
        return super().records().select_related("provider").prefetch_related("prices")

    def find(self, entries: list[SourceEntry]) -> dict[str, Offering]:
        keys = {self.place_of(entry): entry.key for entry in entries}
        providers, ids = ({place[part] for place in keys} - {None} for part in (0, 1))
        found = self.records().filter(provider__in=providers, api_id__in=ids)
        places = {(record.provider_id, record.api_id): record for record in found}
        return {keys[place]: record for place, record in places.items() if place in keys}

    def concerns(self, plan: Plan, models: set[int]) -> bool:
        ours = {plan.record.model_id} if plan.record else set()
        return bool(models & (ours if plan.entry.is_gone else {*ours, self.model_for(plan.entry)}))

    def load(self, records: list[Offering]) -> None:
        super().load(records)
        owners = Evidence.objects.filter(price__offering__in=records).order_by("-pk")
        self.owners = dict(owners.values_list("price", "source__feed"))

    def new_values(self, plan: Plan) -> dict:
        self._plan_prices(plan, [])
        return super().new_values(plan)

    def compare(self, plan: Plan) -> None:
        super().compare(plan)
        self._plan_prices(plan, plan.record.prices.all())

    def _plan_prices(self, plan: Plan, rows):
        """Plan the rows that bring the prices in line with the feed. A price that it no longer states is withdrawn."""
        stated = self.stated_prices(plan.data)
        current = {row.key: row for row in rows_on(self.today, rows, withdrawn=True)}
        is_news = plan.link is None or plan.link.data != plan.data
        plan.prices = []
        for key in [*stated, *(key for key in current if key not in stated)]:
            wanted, row = stated.get(key), current.get(key)
            if terms(wanted) == terms(row):
                continue
            change = ImportedChange(path_of(key), written(row), written(wanted))
            reason = self._why_not(plan.record, key, row)
            if not reason:
                wanted = wanted or price(key, None, is_withdrawn=True)
                plan.prices.append((self._row(wanted, row, rows), change))
            elif wanted and (is_news or reason in (BY_HAND, DELETED_BY_HAND)):
                plan.kept.append((change, reason))

    def _why_not(self, record, key: tuple, row: Price | None) -> str:
        """Return why the feed may not write a price; "" if it may. `row` is the one that is valid now."""
        history = self.histories[record.pk] if record else None
        if row is not None:
            is_held = history is not None and ("price", row.pk) in history.held_parts
            return BY_HAND if is_held else why_not_from(self.owners.get(row.pk, ""), self.feed)
        deleted = (old for part, old in history.deleted_parts if part == "price") if history else ()
        return DELETED_BY_HAND if any(tuple(old[name] for name in KEY) == key for old in deleted) else ""

    def _row(self, wanted: Price, row: Price | None, rows) -> Price:
        """Return the row to write: the present one if it is of the feed's day, else a new one."""
        day = self.run.data_on.isoformat()
        if row is not None and day <= row.valid_from:
            for name in REPLACED:
                setattr(row, name, getattr(wanted, name))
            return row
        # The start of a first price is unknown.
        wanted.valid_from = day if any(row.key == wanted.key for row in rows) else ""
        return wanted

    def create(self, plans: list[Plan]) -> None:
        providers = Provider.objects.in_bulk({self.place_of(plan.entry)[0] for plan in plans})
        for plan in plans:
            provider, api_id = self.place_of(plan.entry)
            about = {"provider": providers[provider], "api_id": api_id, "model_id": self.model_for(plan.entry)}
            plan.record = Offering(**about, **{"inherits": False} | self.new_values(plan))
            plan.is_made = True
        Offering.objects.bulk_create(plan.record for plan in plans)
        Evidence.objects.bulk_create(self.evidence(offering=plan.record) for plan in plans)
        self.write_prices(plans)

    def after_update(self, plan: Plan) -> None:
        self.write_prices([plan])

    def end(self, plans: list[Plan]) -> None:
        """Mark the offerings as removed at the provider, unless a user set their listing."""
        super().end(plans)
        ours = {plan.link.record_id for plan in plans if plan.link and plan.link.is_created and not plan.link.is_merged}
        held = {pk for pk in ours if "listing" in self.histories[pk].held}
        Offering.objects.filter(pk__in=ours - held).update(listing=Listing.REMOVED)

    def write_prices(self, plans):
        """Write the price rows of these plans, with the feed as evidence for new rows."""
        new = []
        for plan in plans:
            for row, _ in plan.prices:
                row.offering = plan.record
                if row.pk is None:
                    new.append(row)
                else:
                    row.save()
        Price.objects.bulk_create(new)
        Evidence.objects.bulk_create(self.evidence(price=row) for row in new)


def terms(row: Price | None) -> tuple:
    return () if row is None or row.is_withdrawn else (row.amount, row.currency, row.unit, row.per_quantity)


def path_of(key: tuple) -> str:
    meter, above, service, conditions = key
    words = [f"above {above}" if above else "", service, conditions]
    return f"price {meter}" + "".join(f", {word}" for word in words if word)


def written(row: Price | None):
    return MISSING if row is None or row.is_withdrawn else f"{row.amount.normalize():f}"
