"""The base class for importing offerings with prices. A new price or a withdrawal is a row from the feed's day on."""

from collections import defaultdict
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from catalog.history.ownership import histories
from catalog.importers.entries import MISSING, BrokenRecordError, ImportedChange, Plan, SourceEntry
from catalog.importers.handler import Handler
from catalog.importers.precedence import DELETED_BY_HAND, JUMP, OurValue, is_jump
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

    def records(self) -> QuerySet[Any]:
        return super().records().select_related("provider").prefetch_related("prices")

    def find(self, entries: list[SourceEntry]) -> dict[str, Offering]:
        keys = {self.place_of(entry): entry.key for entry in entries}
        providers, ids = ({place[part] for place in keys} - {None} for part in (0, 1))
        records = self.records().filter(provider__in=providers, api_id__in=ids)
        places = {(record.provider_id, record.api_id): record for record in records}
        return {keys[place]: record for place, record in places.items() if place in keys}

    def concerned(self, plan: Plan, models: set[int]) -> set[int]:
        ours = {plan.record.model_id} if plan.record else set()
        return models & (ours if plan.entry.is_gone else {*ours, self.model_for(plan.entry)})

    def load(self, records: list[Offering]) -> None:
        super().load(records)
        self.evidence_of_price: dict[int, list[Evidence]] = defaultdict(list)
        for row in Evidence.objects.filter(price__offering__in=records).select_related("source"):
            self.evidence_of_price[row.price_id or 0].append(row)

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
        was = self._stated_before(plan.link.data) if plan.link and plan.link.data != plan.data else stated
        plan.prices = []
        for key in [*stated, *(key for key in current if key not in stated)]:
            wanted, row = stated.get(key), current.get(key)
            if terms(wanted) == terms(row):
                plan.agreed += self.disputing(self.evidence_of_price[row.pk if row else 0])
                continue
            change = ImportedChange(path_of(key), written(row), written(wanted))
            if self._may_price(plan, key, row, wanted, change, terms(was.get(key))):
                wanted = wanted or price(key, None, is_withdrawn=True)
                plan.prices.append((self._row(wanted, row), change))

    def _may_price(self, plan, key: tuple, row: Price | None, wanted: Price | None, change, was: tuple) -> bool:
        """Return whether the feed may write a price; `row` is the one that is valid now, `was` what the feed said."""
        if row is None:
            if is_deleted := bool(plan.record) and key in self.deleted_prices(plan.record):
                plan.unapplied.append((change, DELETED_BY_HAND))
            return not is_deleted
        history, pk = self.histories[plan.record.pk], plan.record.pk
        sources = self.cited(self.evidence_of_price[row.pk], pk, change.path)
        is_open = any(("price", price.pk) in history.opened for price in plan.record.prices.all() if price.key == key)
        ours = OurValue(False, sources, history.held.get(("price", row.pk)), self.checked_on(plan), is_open)
        if wanted is None and not (was and ours.is_of(self.feed)):
            return False
        amounts = [price.amount for price in (row, wanted) if price is not None and price.amount is not None]
        is_comparable = wanted is not None and terms(row)[1:] == terms(wanted)[1:]
        risk = JUMP if is_comparable and is_jump(amounts) else None
        is_news = plan.link is None or was != terms(wanted)
        return self.may_write(plan, change, ours, risk, is_news, {"price": row, "fact": ""})

    def deleted_prices(self, record: Offering) -> set[tuple]:
        """Return the keys of prices that a user deleted."""
        deleted = self.histories[record.pk].deleted_parts
        return {tuple(old[name] for name in KEY) for part, old, _ in deleted if part == "price"}

    def differing(self, old: dict, new: dict) -> list[str]:
        was, now = self._stated_before(old), self._stated_before(new)
        prices = [path_of(key) for key in was.keys() | now.keys() if terms(was.get(key)) != terms(now.get(key))]
        return super().differing(old, new) + sorted(prices)

    def _stated_before(self, data: dict) -> dict[tuple, Price]:
        """Return the prices that an earlier version of the feed's record states; none if it was broken."""
        try:
            return self.stated_prices(data)
        except BrokenRecordError:
            return {}

    def _row(self, wanted: Price, row: Price | None) -> Price:
        """Return the row to write: the present one if it is of the feed's day, else a new one."""
        day = self.run.data_on.isoformat()
        if row is not None and day <= row.valid_from:
            for name in REPLACED:
                setattr(row, name, getattr(wanted, name))
            return row
        wanted.valid_from = day
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
                    row.evidence.all().delete()
                    self.evidence(price=row).save()
        Price.objects.bulk_create(new)
        Evidence.objects.bulk_create(self.evidence(price=row) for row in new)
        _join_repeated([plan.record.pk for plan in plans if plan.prices])


def _join_repeated(offerings: list[int]) -> None:
    """Delete each price of these offerings that repeats the one before; its sources become sources of that one.

    One that a user set stays.
    """
    repeated: dict[Price, Price] = {}
    rows = Price.objects.filter(offering__in=offerings).order_by("offering", *KEY, "valid_from")
    for _, of_key in groupby(rows, lambda row: (row.offering_id, row.key)):
        last = None
        for row in of_key:
            if last is not None and terms(row) == terms(last):
                repeated[row] = last
            else:
                last = row
    past = histories(Offering, [row.offering_id for row in repeated]) if repeated else {}
    for row, last in repeated.items():
        if ("price", row.pk) not in past[row.offering_id].held:
            cited_sources = Evidence.objects.filter(price=last).values("source")
            Evidence.objects.filter(price=row).exclude(source__in=cited_sources).update(price=last)
            row.delete()


def terms(row: Price | None) -> tuple:
    return () if row is None or row.is_withdrawn else (row.amount, row.currency, row.unit, row.per_quantity)


def path_of(key: tuple) -> str:
    meter, above, service, conditions = key
    extras = [f"above {above}" if above else "", service, conditions]
    return f"price {meter}" + "".join(f", {extra}" for extra in extras if extra)


def written(row: Price | None):
    return MISSING if row is None or row.is_withdrawn else f"{row.amount.normalize():f}"
