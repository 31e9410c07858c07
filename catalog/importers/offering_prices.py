"""The base class for importing offerings with prices, for all feeds that have them."""

from catalog.history.ownership import BY_HAND, DELETED_BY_HAND, price_owners, prices_of
from catalog.importers.handler import BATCH, Handler
from catalog.importers.prices import StoredPrices, plan_prices, take
from catalog.models import Evidence, Offering, Price, RecordKind
from catalog.rules.choices import Confidence, Listing


class OfferingPrices(Handler):
    kind, model, subject = RecordKind.OFFERING, Offering, "offering"

    def stated_prices(self, data: dict) -> dict:
        """Return the prices of an entry by key."""
        raise NotImplementedError

    def model_for(self, entry) -> int | None:
        """Return the key of the model that an offering created from the entry would have."""
        raise NotImplementedError

    def records(self):
        return super().records().select_related("provider")

    def at_places(self, wanted: dict[tuple, str]) -> dict[str, object]:
        """Return existing offerings by the keys that `wanted` gives for (provider, id)."""
        providers, ids = ({place[part] for place in wanted} - {None} for part in (0, 1))
        found = self.records().filter(provider__in=providers, api_id__in=ids)
        places = {(record.provider_id, record.api_id): record for record in found}
        return {key: places[place] for place, key in wanted.items() if place in places}

    def concerns(self, plan, models):
        ours = {plan.record.model_id} if plan.record else set()
        return bool(models & (ours if plan.entry.is_gone else {*ours, self.model_for(plan.entry)}))

    def load(self, records):
        super().load(records)
        self.rows, self.owners = prices_of(records), price_owners(records)

    def new_values(self, plan):
        plan.prices, _ = self._steps(plan, StoredPrices([]))
        return super().new_values(plan)

    def compare(self, plan):
        super().compare(plan)
        held, deleted = self.held_prices(plan.record)
        plan.prices, kept = self._steps(plan, StoredPrices(self.rows[plan.record.pk], self.owners, held, deleted))
        is_news = plan.link is None or plan.link.data != plan.data
        plan.kept += [(change, why) for change, why in kept if is_news or why in (BY_HAND, DELETED_BY_HAND)]

    def _steps(self, plan, standing):
        return plan_prices(self.feed, self.day, self.today, self.stated_prices(plan.data), standing)

    def held_prices(self, record) -> tuple[set[int], set[tuple]]:
        """Return the keys of rows that a user wrote and the price keys that a user deleted."""
        history = self.histories[record.pk]
        return (
            {pk for table, pk in history.held_parts if table == "price"},
            {key_of(old) for table, old in history.deleted_parts if table == "price"},
        )

    def store_new(self, plans):
        """Create the new records of these plans with their prices."""
        for plan in plans:
            plan.is_made = True
        Offering.objects.bulk_create((plan.record for plan in plans), batch_size=BATCH)
        Evidence.objects.bulk_create([self.evidence(plan.record) for plan in plans], batch_size=BATCH)
        self.write_prices(plans)

    def after_update(self, plan):
        self.write_prices([plan])

    def end(self, plans):
        """Mark the offerings as removed at the provider, unless a user set their listing."""
        super().end(plans)
        ours = {plan.link.record_id for plan in plans if plan.link.is_created and not plan.link.is_merged}
        held = {pk for pk in ours if "listing" in self.histories[pk].held}
        Offering.objects.filter(pk__in=ours - held).update(listing=Listing.REMOVED)

    def write_prices(self, plans):
        """Write the price rows of these plans, with the feed as evidence for new rows."""
        rows = [take(step, plan.record) for plan in plans for step in plan.prices]
        new = [row for row in rows if row.pk is None]
        for row in rows:
            if row.pk is not None:
                row.save()
        Price.objects.bulk_create(new, batch_size=BATCH)
        about = {"source": self.source, "confidence": Confidence.THIRD_PARTY}
        Evidence.objects.bulk_create([Evidence(price=row, **about) for row in new], batch_size=BATCH)


def key_of(values: dict) -> tuple:
    """Return the price key of values from the change log."""
    return values["meter"], values["above_tokens"], values["service_level"], values["conditions"]
