"""The monthly cost of a workload at the prices of offers on a given day."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from catalog.compare.selection import ChosenModel
from catalog.compare.workloads import Cost, Workload
from catalog.documents import read
from catalog.models import ModelPeriod, OfferingPeriod
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

    def __init__(self, keys: Collection[int], day: date):
        """Two queries."""
        columns = "model_id", "offering_id", "lowest_offering_id", "lowest", "status", "served_at"
        periods = ModelPeriod.objects.filter(**read.on_day(day), model__in=keys).values_list(*columns)
        offers = _offers({key for _, *chosen, _, _, _ in periods for key in chosen if key}, day)
        self.reference = dict.fromkeys(keys) | {model: offers.get(key) for model, key, *_ in periods}
        self.lowest = dict.fromkeys(keys) | {model: offers.get(key) for model, _, key, *_ in periods}
        self.lowest_found: dict[int, dict | None] = {model: found for model, *_, found, _, _ in periods}
        self.status = {model: Status(status) for model, *_, status, _ in periods}
        self.served_at: dict[int, list[str]] = {model: names for model, *_, names in periods}


def _offers(keys: Collection[int], day: date) -> dict[int, Offer]:
    """Return public offers by key. One query.

    Token prices are left out if they do not apply to the offering, such as those of transcription.
    """
    found, columns = {}, ("offering_id", "offering__provider_name", "offering__row", "prices")
    offers = OfferingPeriod.objects.filter(**read.on_day(day), offering__in=keys).values_list(*columns)
    for key, provider, row, prices in offers:
        per_token = has_token_prices(row["effective"])
        ordinary = [
            price
            for price in prices
            if not (price["service_level"] or price["conditions"]) and (per_token or price["unit"] != Unit.TOKEN)
        ]
        found[key] = Offer(key, provider, row, ordinary)
    return found


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
    offers = ModelOffers([model.pk for model in models], day)
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
