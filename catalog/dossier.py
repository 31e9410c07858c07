"""All that the page of a model shows beside the model itself: offerings, prices, events, and the evidence for each."""

from collections import defaultdict
from decimal import Decimal
from functools import cached_property

from django.db.models import Q

from catalog.models import AIModel, Evidence, LifecycleEvent, Price
from catalog.models.price import rows_on
from catalog.offering_row import OfferingRow, Row
from catalog.rules.choices import Meter
from catalog.rules.prices import amount_in_words, lowest
from catalog.rules.status import Status


class Dossier:
    """Read from the database once, by four queries however much there is. The model must come from `for_readers()`."""

    def __init__(self, model: AIModel, day):
        self.model, self.day = model, day
        self._offerings = list(model.offerings.of_public_providers().select_related("provider").in_order())
        self._events, self._prices = defaultdict(list), defaultdict(list)
        events = LifecycleEvent.objects.for_readers().filter(Q(model=model) | Q(offering__in=self._offerings))
        for event in events:
            self._events[event.offering_id].append(event)
        for price in Price.objects.filter(offering__in=self._offerings).order_by("valid_from", "pk"):
            self._prices[price.offering_id].append(price)
        self._evidence = self._read_evidence()

    def _read_evidence(self):
        found = defaultdict(list)
        of_model = {"model": self.model}, {"event__model": self.model}
        lookups = ("offering__in", "price__offering__in", "event__offering__in")
        for item in Evidence.objects.about(*of_model, *({lookup: self._offerings} for lookup in lookups)):
            found[(item.model_id, item.offering_id, item.price_id, item.event_id)].append(item)
        return found

    def _evidence_of(self, *, model=None, offering=None, price=None, event=None) -> list:
        return self._evidence.get((model, offering, price, event), [])

    @cached_property
    def status(self) -> Status:
        return self.model.status_on(self.day, self._events[None])

    @cached_property
    def facts(self) -> list[Row]:
        of_model = self._evidence_of(model=self.model.pk)
        return [Row(fact, [item for item in of_model if item.fact == fact.name]) for fact in self.model.facts()]

    @cached_property
    def general_evidence(self) -> list:
        """What is known of the record as a whole, such as where its name was found."""
        names = {fact.name for fact in self.model.facts()}
        return [item for item in self._evidence_of(model=self.model.pk) if item.fact not in names]

    @cached_property
    def events(self) -> list[Row]:
        return self._event_rows(None)

    @cached_property
    def offerings(self) -> list[OfferingRow]:
        """In the order of their input price; those without one last, and what has ended after all others."""
        rows = [
            OfferingRow(
                self.model,
                offering,
                offering.status_on(self.day, self._events[offering.pk]),
                self._evidence_of(offering=offering.pk),
                self._price_rows(offering),
                self._event_rows(offering.pk),
            )
            for offering in self._offerings
        ]
        return sorted(rows, key=OfferingRow.place)

    @cached_property
    def input_price(self) -> Decimal | None:
        """The lowest that is known at a provider that still serves it, USD per million tokens."""
        prices = [row.token_price(Meter.INPUT) for row in self.offerings if row.status != Status.RETIRED]
        return lowest(prices)

    @cached_property
    def sources(self) -> list:
        """Every page that something here comes from, once."""
        found = {item.source_id: item.source for items in self._evidence.values() for item in items}
        return sorted(found.values(), key=lambda source: (source.title, source.pk))

    def _event_rows(self, offering_pk) -> list[Row]:
        return [Row(event, self._evidence_of(event=event.pk)) for event in self._events[offering_pk]]

    def _price_rows(self, offering) -> list[Row]:
        prices = rows_on(self.day, self._prices[offering.pk])
        return [Row(price, self._evidence_of(price=price.pk), amount_in_words(price.terms)) for price in prices]
