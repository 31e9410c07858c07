"""What one provider offers, as its page lists it."""

from collections import defaultdict
from datetime import date

from django.db.models import Q, Value
from django.db.models.functions import Coalesce, Lower, NullIf

from catalog.models import Evidence, Offering, Price, Provider, Source
from catalog.offering_row import OfferingRow, Row
from catalog.prices import amount_in_words, listed_prices


class Shelf:
    """The public offerings of a provider as a paginator wants them, by the names of their models or, where these have
    no record, their own.

    A slice costs four queries: offerings, events, prices, and the evidence for all of them.
    """

    def __init__(self, provider: Provider, day: date):
        self.provider, self.day = provider, day
        self.sources: list[tuple[Source, bool]] = []

    def count(self) -> int:
        return self._offerings().count()

    def __getitem__(self, part: slice) -> list[OfferingRow]:
        offerings = self._offerings().select_related("model", "provider").prefetch_related("events")
        name = Lower(Coalesce("model__name", NullIf("name", Value("")), "api_id"))
        offerings = list(offerings.order_by(name, "api_id", "pk")[part])
        prices = defaultdict(list)
        for price in Price.objects.filter(offering__in=offerings).order_by("valid_from", "pk"):
            prices[price.offering_id].append(price)
        evidence = self._read_evidence(offerings)
        return [self._row(offering, prices[offering.pk], evidence) for offering in offerings]

    def _offerings(self):
        return Offering.objects.at_provider(self.provider)

    def _read_evidence(self, offerings) -> dict:
        """The evidence of offerings by their keys; `sources` become those of the page, and whether we checked them."""
        about = Q(provider=self.provider) | Q(offering__in=offerings) | Q(price__offering__in=offerings)
        found, checked = defaultdict(list), defaultdict(set)
        for item in Evidence.objects.filter(about).select_related("source"):
            found[item.offering_id].append(item)
            checked[item.source].add(item.is_checked)
        self.sources = [(source, checked[source] == {True}) for source in sorted(checked, key=lambda one: one.title)]
        return found

    def _row(self, offering, prices, evidence) -> OfferingRow:
        rows = [Row(price, [], amount_in_words(price)) for price in listed_prices(self.day, prices)]
        status = offering.status_on(self.day)
        return OfferingRow(offering.model, offering, status, evidence[offering.pk], rows)
