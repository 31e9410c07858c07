"""The monthly cost of a workload at the prices of offers on a given day."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import itemgetter

from catalog.compare.workloads import Cost, Workload
from catalog.documents import read
from catalog.models import AIModel, ModelPeriod, OfferingSummary
from catalog.rules.choices import Unit
from catalog.rules.prices import usd_per_million_tokens
from catalog.rules.status import Status


@dataclass
class Offer:
    """An offering that is not retired. `prices` are its ordinary prices, without service level and conditions."""

    key: int
    provider_name: str
    prices: list[dict]

    def token_prices(self, tokens_in: int) -> dict[str, Decimal]:
        """Return USD per million tokens by meter for requests with this many input tokens."""
        found = {}
        for price in sorted(self.prices, key=lambda price: price["above_tokens"]):
            is_fit = price["above_tokens"] == 0 or price["above_tokens"] < tokens_in
            amount = usd_per_million_tokens(price)
            if is_fit and amount is not None:
                found[price["meter"]] = amount
        return found

    def cost(self, workload: Workload) -> Cost:
        return workload.cost(self.token_prices(workload.tokens_in))


class ModelOffers:
    """The offers of models on a day, by the keys of these: all, that of the reference provider, and the lowest."""

    def __init__(self, keys: Collection[int], day: date):
        """Two queries."""
        self.all = _offers_of(keys, day)
        self.periods = {period.model_id: period for period in ModelPeriod.objects.on(day).filter(model_id__in=keys)}

    def reference(self, key: int) -> Offer | None:
        """Return the offer of the reference provider; None if that has no price."""
        return self._offer(key, "offering_id")

    def lowest(self, key: int) -> Offer | None:
        """Return the offer with the lowest blended price."""
        return self._offer(key, "lowest_offering_id")

    def _offer(self, key: int, name: str) -> Offer | None:
        chosen = getattr(self.periods.get(key), name, None)
        return next((offer for offer in self.all[key] if offer.key == chosen), None)


def _offers_of(keys: Collection[int], day: date) -> dict[int, list[Offer]]:
    """Return the public offers of models by model key, in the order of providers. One query.

    Token prices are left out if they do not apply to the offering, such as those of transcription.
    """
    rows = read.offerings_on(day).filter(model_id__in=keys).exclude(status=Status.RETIRED)
    rows = rows.values_list("provider_name", "api_id", "pk", "model_id", "prices", "input_price", "output_price")
    found = defaultdict(list)
    for provider, _, key, model_key, prices, *compared in sorted(rows, key=itemgetter(0, 1, 2)):
        per_token = any(price is not None for price in compared)
        ordinary = [
            price
            for price in prices
            if not (price["service_level"] or price["conditions"]) and (per_token or price["unit"] != Unit.TOKEN)
        ]
        found[model_key].append(Offer(key, provider, ordinary))
    return found


def rows_of(offers: Collection[Offer]) -> dict[int, dict]:
    """Return the rows that tables show for these offers, by key. One query."""
    return dict(OfferingSummary.objects.filter(pk__in=[offer.key for offer in offers]).values_list("pk", "row"))


@dataclass(frozen=True)
class ModelEstimates:
    """The costs of a model at offers, the reference provider first; `problem` says why there is none at that."""

    model: AIModel
    found: list[tuple[Offer, Cost]]
    problem: str

    @property
    def first(self) -> Decimal | None:
        return self.found[0][1].amount if self.found else None


def estimates_of(models: Collection[AIModel], workload: Workload, day: date) -> list[ModelEstimates]:
    """Return the monthly costs of each model, the cheapest model first, and those without one last. Two queries."""
    offers = ModelOffers([model.pk for model in models], day)
    estimates = [_estimates(model, offers, workload) for model in models]
    return sorted(estimates, key=lambda one: (one.first is None, one.first or 0))


def _estimates(model: AIModel, offers: ModelOffers, workload: Workload) -> ModelEstimates:
    """Return the cost at the reference provider, and at the lowest offer if that costs less."""
    own, found, problem = offers.reference(model.pk), [], "No current price on record"
    for offer in filter(None, (own, offers.lowest(model.pk))):
        cost = offer.cost(workload)
        if cost.amount is None:
            has_any = offer.token_prices(workload.tokens_in)
            problem = f"No price {f'for {cost.missing}' if has_any else 'per token'} at {offer.provider_name}"
        elif not found or cost.amount < found[0][1].amount:
            found.append((offer, cost))
    if found:
        problem = "" if found[0][0] is own else "No vendor price"
    return ModelEstimates(model, found, problem)
