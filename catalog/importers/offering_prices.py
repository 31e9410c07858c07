"""Offerings and their prices, for every feed that has some."""

from catalog.importers.handler import BATCH, Handler
from catalog.importers.ownership import price_owners, prices_of
from catalog.importers.prices import Standing, plan_prices, take
from catalog.models import Evidence, Offering, Price, RecordKind
from catalog.models.price import rows_on
from catalog.rules.choices import Confidence

BY_HAND = {"set by hand", "deleted by hand"}


class OfferingPrices(Handler):
    kind, model, subject = RecordKind.OFFERING, Offering, "offering"

    def stated_prices(self, data: dict) -> dict:
        """What an entry states, by key."""
        raise NotImplementedError

    def model_for(self, entry) -> int | None:
        """The key of the model that an offering would be of, were it made from the entry."""
        raise NotImplementedError

    def records(self):
        return super().records().select_related("provider")

    def at_places(self, wanted: dict[tuple, str]) -> dict[str, object]:
        """The offerings on record, by the keys that `wanted` gives for their provider and id."""
        providers, ids = ({place[part] for place in wanted} - {None} for part in (0, 1))
        found = self.records().filter(provider__in=providers, api_id__in=ids)
        places = {(record.provider_id, record.api_id): record for record in found}
        return {key: places[place] for place, key in wanted.items() if place in places}

    def concerning(self, entries, models):
        known = self.known(entries)
        of = dict(Offering.objects.filter(pk__in=known.values()).values_list("pk", "model_id"))
        return [entry for entry in entries if {of.get(known.get(entry.key)), self.model_for(entry)} & models]

    def load(self, records):
        self.rows, self.owners = prices_of(records), price_owners(records)

    def _plan(self, entry, record, link):
        plan = super()._plan(entry, record, link)
        if plan.is_new:
            plan.prices, _ = self._steps(self.stated_prices(entry.data), Standing([]))
        return plan

    def _steps(self, stated, standing):
        return plan_prices(self.feed, self.day, self.today, stated, standing)

    def compare_prices(self, plan, data: dict) -> list:
        """Plan the steps; return what is kept."""
        history = self.histories[plan.record.pk]
        standing = Standing(
            self.rows[plan.record.pk],
            self.owners,
            {pk for table, pk in history.held_parts if table == "price"},
            {key_of(old) for table, old in history.deleted_parts if table == "price"},
        )
        plan.prices, kept = self._steps(self.stated_prices(data), standing)
        return kept

    def own_prices(self, record) -> list[Price]:
        """The prices of today that no other feed brought."""
        rows = self.rows[record.pk]
        return [row for row in rows_on(self.today, rows) if self.owners.get(row.pk, "") in ("", self.feed)]

    def store_new(self, plans):
        """Store the new records of these plans with their prices."""
        for plan in plans:
            plan.is_made = True
        Offering.objects.bulk_create((plan.record for plan in plans), batch_size=BATCH)
        Evidence.objects.bulk_create([self.evidence(plan.record) for plan in plans], batch_size=BATCH)
        self.write_prices(plans)

    def write_prices(self, plans):
        """Write the rows that these plans make or change, and that the feed vouches for the new ones."""
        rows = [take(step, plan.record) for plan in plans for step in plan.prices]
        new = [row for row in rows if row.pk is None]
        for row in rows:
            if row.pk is not None:
                row.save()
        Price.objects.bulk_create(new, batch_size=BATCH)
        about = {"source": self.source, "confidence": Confidence.THIRD_PARTY}
        Evidence.objects.bulk_create([Evidence(price=row, **about) for row in new], batch_size=BATCH)
        for row in new:
            self.rows[row.offering_id].append(row)
            self.owners[row.pk] = self.feed


def key_of(values: dict) -> tuple:
    """The key of a price of which the log has the values."""
    return values["meter"], values["above_tokens"], values["service_level"], values["conditions"]
