"""The monthly cost of a workload at the prices of offers on a given day."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from catalog.compare.selection import ChosenModel
from catalog.compare.workloads import Cost, Workload
from catalog.documents.on_day import CatalogueOnDay, OfferOnDay
from catalog.rules.choices import Unit
from catalog.rules.levels import Provenance
from catalog.rules.prices import has_token_prices, usd_per_million_tokens
from catalog.rules.status import Status


@dataclass
class Offer:
    """An offering that is not retired. `prices` are its ordinary prices, without service level and conditions.

    `row` is what tables show of it.
    """

    key: int
    provider_name: str
    row: dict
    prices: list[dict]

    @property
    def provenance(self) -> Provenance:
        """Return who says so of all its prices."""
        return Provenance.at(min((price.get("said", 0) for price in self.prices), default=0))

    def token_prices(self, tokens_in: int) -> dict[str, Decimal]:
        """Return USD per million tokens by meter for requests with this many input tokens."""
        price_by_meter = {}
        for price in sorted(self.prices, key=lambda price: price["above_tokens"]):
            is_fit = price["above_tokens"] == 0 or price["above_tokens"] < tokens_in
            amount = usd_per_million_tokens(price)
            if is_fit and amount is not None:
                price_by_meter[price["meter"]] = amount
        return price_by_meter

    def cost(self, workload: Workload) -> Cost:
        cost = workload.cost(self.token_prices(workload.tokens_in))
        return replace(cost, excess=workload.excess(self.row["effective"]))


class ModelOffers:
    """The offers of models on a day by the keys of these: `reference`, of the reference provider, and `lowest`.

    Either is None if it has no price. `lowest_found` has the lowest prices in the form of the API; `status`
    has the statuses of the models, and `served_at` the names of their providers.
    """

    def __init__(self, keys: Collection[int], catalogue: CatalogueOnDay):
        """One query for the models and one for the offers, none for those that the page has read."""
        models, offers = catalogue.models(keys), catalogue.offers()
        chosen = {key for model in models.values() for key in (model.offering_id, model.lowest_offering_id)}
        by_key: dict[int | None, Offer] = {key: _offer(offer) for key, offer in offers.items() if key in chosen}
        self.reference = dict.fromkeys(keys) | {key: by_key.get(model.offering_id) for key, model in models.items()}
        self.lowest = dict.fromkeys(keys) | {key: by_key.get(model.lowest_offering_id) for key, model in models.items()}
        self.lowest_found: dict[int, dict | None] = {key: model.lowest for key, model in models.items()}
        self.status = {key: Status(model.status) for key, model in models.items()}
        self.served_at: dict[int, list[str]] = {key: model.served_at for key, model in models.items()}


def _offer(offer: OfferOnDay) -> Offer:
    """Return an offer. Token prices are left out if they do not apply to it, such as those of transcription."""
    per_token = has_token_prices(offer.row["effective"])
    ordinary = [
        price
        for price in offer.terms
        if not (price["service_level"] or price["conditions"]) and (per_token or price["unit"] != Unit.TOKEN)
    ]
    return Offer(offer.key, offer.provider_name, offer.row, ordinary)


@dataclass(frozen=True)
class ModelEstimates:
    """The costs of a model at offers, the reference provider first; `problem` says why there is none at that."""

    model: ChosenModel
    priced_offers: list[tuple[Offer, Cost]]
    problem: str
    status: str

    @property
    def first(self) -> Cost:
        return self.priced_offers[0][1] if self.priced_offers else Cost(None)


def estimates_of(models: Collection[ChosenModel], workload: Workload, day: date) -> list[ModelEstimates]:
    """Return the monthly costs of each model, sorted by `Cost.place` of the first. Two queries."""
    offers = ModelOffers([model.pk for model in models], CatalogueOnDay(day))
    estimates = [_estimates(model, offers, workload) for model in models]
    return sorted(estimates, key=lambda estimate: estimate.first.place)


def _estimates(model: ChosenModel, offers: ModelOffers, workload: Workload) -> ModelEstimates:
    """Return the cost at the reference provider, and at the lowest offer if that costs less."""
    reference, priced_offers, problem = offers.reference[model.pk], [], "No current price known"
    for offer in filter(None, (reference, offers.lowest[model.pk])):
        cost = offer.cost(workload)
        if cost.amount is None:
            has_any = offer.token_prices(workload.tokens_in)
            problem = f"No price {f'for {cost.missing}' if has_any else 'per token'} via {offer.provider_name}"
        elif not priced_offers or cost.place < priced_offers[0][1].place:
            priced_offers.append((offer, cost))
    if priced_offers:
        problem = "" if priced_offers[0][0] is reference else "No vendor price"
    return ModelEstimates(model, priced_offers, problem, offers.status.get(model.pk, ""))
