"""What one provider offers, as its page lists it."""

from collections import defaultdict
from datetime import date
from functools import cached_property

from django.db.models import Value
from django.db.models.functions import Coalesce, Lower, NullIf

from catalog.models import Evidence, Offering, Price, Provider, Source
from catalog.models.price import rows_on
from catalog.offering_row import OfferingRow, Row
from catalog.rules.prices import amount_in_words
from publishing.long_lists import More, counted


class Shelf:
    """The public offerings of a provider as a paginator wants them, by the names of their models or, where these have
    no record, their own. Of more than are counted, the first are shown by the provider's ids, which an index has.

    To count them costs two queries, a slice up to five: offerings, events, prices, and the evidence for all of them.
    """

    def __init__(self, provider: Provider, day: date):
        self.provider, self.day = provider, day
        self.sources: list[tuple[Source, bool]] = []

    def count(self) -> int:
        return self._count

    @cached_property
    def _count(self) -> int:
        # Whether it can be many is known without a look at the models.
        may_be_many = isinstance(counted(self.provider.offerings.all()), More)
        return counted(self._offerings()) if may_be_many else len(self._keys)

    @cached_property
    def _keys(self) -> list[int]:
        """All of them in order, by their keys alone, so that what is sorted is short."""
        name = Lower(Coalesce("model__name", NullIf("name", Value("")), "api_id"))
        return list(self._offerings().order_by(name, "api_id", "pk").values_list("pk", flat=True))

    def __getitem__(self, part: slice) -> list[OfferingRow]:
        if isinstance(self._count, More):
            keys = list(self._offerings().order_by("api_id").values_list("pk", flat=True)[part])
        else:
            keys = self._keys[part]
        rows = Offering.objects.select_related("model", "provider").prefetch_related("events").in_bulk(keys)
        offerings = [rows[key] for key in keys if key in rows]
        prices = defaultdict(list)
        for price in Price.objects.filter(offering__in=offerings).order_by("valid_from", "pk"):
            prices[price.offering_id].append(price)
        evidence = self._read_evidence(offerings)
        return [self._row(offering, prices[offering.pk], evidence) for offering in offerings]

    def _offerings(self):
        return Offering.objects.at_provider(self.provider)

    def _read_evidence(self, offerings) -> dict:
        """The evidence of offerings by their keys; `sources` become those of the page, and whether we checked them."""
        about = {"provider": self.provider}, {"offering__in": offerings}, {"price__offering__in": offerings}
        found, checked = defaultdict(list), defaultdict(set)
        for item in Evidence.objects.about(*about):
            found[item.offering_id].append(item)
            checked[item.source].add(item.is_checked)
        self.sources = [(source, checked[source] == {True}) for source in sorted(checked, key=lambda one: one.title)]
        return found

    def _row(self, offering, prices, evidence) -> OfferingRow:
        rows = [Row(price, [], amount_in_words(price.terms)) for price in rows_on(self.day, prices)]
        status = offering.status_on(self.day)
        return OfferingRow(offering.model, offering, status, evidence[offering.pk], rows)
