"""The public models that a page names, on one day: each row is read once, however many parts of the page ask for it."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import orjson
from django.db.models import DateField, OuterRef, Q, QuerySet, Subquery

from catalog.documents import read
from catalog.documents.sync.head import IS_CURRENT
from catalog.models import FeedEntry, ModelPeriod, OfferingPeriod, OfferingSummary
from catalog.rules.prices import PRICES
from ops.db.compiled import CompiledQuery, Parameter, keys

BODIES = FeedEntry.objects.live().order_by().values("body")


def _body(type_name: str, key: str) -> Subquery:
    """Return the document of the record whose key is in the column `key`."""
    return Subquery(BODIES.filter(type=type_name, row_id=OuterRef(key))[:1])


class ModelOnDay(NamedTuple):
    """A public model: its status, the prices at its reference provider, and the lowest in the form of the API.

    `row` is what tables show of it.
    """

    key: int
    name: str
    show: str
    released_on: str
    row: dict
    status: str
    served_at: list[str]
    offering_id: int | None
    price_at: str
    lowest_offering_id: int | None
    lowest: dict | None
    body: str
    offering_body: str | None
    input_price: Decimal | None
    output_price: Decimal | None
    cached_price: Decimal | None
    blended_price: Decimal | None

    @property
    def document(self) -> dict:
        return orjson.loads(self.body)

    @property
    def offering_document(self) -> dict | None:
        """Return that of the offering with its prices."""
        return orjson.loads(self.offering_body) if self.offering_body else None


class OfferOnDay(NamedTuple):
    """A public offering. `terms` are its prices in the form of the API, `row` is what tables show of it."""

    key: int
    model: int | None
    provider: int
    provider_name: str
    row: dict
    status: str
    terms: list[dict]
    body: str | None
    input_price: Decimal | None
    output_price: Decimal | None
    cached_price: Decimal | None
    blended_price: Decimal | None

    @property
    def document(self) -> dict | None:
        return orjson.loads(self.body) if self.body else None


DAY = Parameter("day", DateField())
MODELS = CompiledQuery(
    ModelPeriod.objects.filter(**read.valid_on(DAY), model__in=keys("models"))
    .annotate(body=_body("model", "model_id"), offering_body=_body("offering", "offering_id"))
    .values_list(
        *("model_id", *(f"model__{name}" for name in ("name", "show", "released_on", "row")), "status", "served_at"),
        *("offering_id", "price_at", "lowest_offering_id", "lowest", "body", "offering_body", *PRICES, IS_CURRENT),
    )
)
OF_OFFER = (
    *("offering_id", *(f"offering__{name}" for name in ("model_id", "provider_id", "provider_name", "row"))),
    *("status", "prices", "body", *PRICES),
)


def _offers(rows: QuerySet[OfferingPeriod], of: object) -> CompiledQuery:
    rows = rows.filter(**read.valid_on(DAY), offering__in=of).annotate(body=_body("offering", "offering_id"))
    return CompiledQuery(rows.values_list(*OF_OFFER))


OFFERS = _offers(OfferingPeriod.objects.all(), keys("offers"))
# Within a subquery, because databases use no index for an alternative that concerns two tables.
THERE = Q(pk__in=keys("offers")) | Q(model_id__in=keys("models"), provider_id__in=keys("providers"))
OFFERS_THERE = _offers(read.LASTING_FIRST, OfferingSummary.objects.filter(THERE).values("pk"))


class CatalogueOnDay:
    """The models with these keys, and others that its callers ask for, on a day. It lives as long as its page.

    `providers` are the keys of those whose offers will be asked for beside those of the vendors and the lowest.
    """

    def __init__(self, day: date, keys: Iterable[int] = (), providers: Iterable[int] = ()):
        self.day, self._keys, self._providers = day, {*keys}, {*providers}
        self._models: dict[int, ModelOnDay | None] = {}
        self._offers: dict[int, OfferOnDay] = {}
        self._read_offers_of: set[int] = set()

    def models(self, keys: Iterable[int]) -> dict[int, ModelOnDay]:
        """Return the public ones of these models by key, in this order. One query for all keys known by then."""
        keys = dict.fromkeys(keys)
        if keys.keys() - self._models.keys():
            missing = (self._keys | keys.keys()) - self._models.keys()
            self._models |= dict.fromkeys(missing)
            rows = read.stamped(lambda: MODELS.rows(day=self.day, models=missing))
            models = (ModelOnDay(*row) for row in rows)
            self._models |= {model.key: model for model in models if model.body}
        return {key: model for key in keys if (model := self._models[key])}

    def offers(self) -> dict[int, OfferOnDay]:
        """Return the offers with the prices of all models that were read, the lowest ones, and those of the providers.

        With providers, those that last come first. One query.
        """
        if self._models.keys() - self._read_offers_of:
            self._read_offers_of = {*self._models}
            models = [model for model in self._models.values() if model]
            offers = {key for model in models for key in (model.offering_id, model.lowest_offering_id)} - {None}
            read.stamp_pending_changes()
            if self._providers:
                rows = OFFERS_THERE.rows(
                    day=self.day, offers=offers, models=self._models.keys(), providers=self._providers
                )
            else:
                rows = OFFERS.rows(day=self.day, offers=offers)
            self._offers = {offer.key: offer for offer in (OfferOnDay(*row) for row in rows)}
        return self._offers
