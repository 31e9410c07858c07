"""The offers of providers for models on a given day."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import itemgetter

from catalog.compare.workload import Cost, Workload
from catalog.documents import read
from catalog.models import OfferingSummary
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


def offers_of(keys: Collection[int], day: date) -> dict[int, list[Offer]]:
    """Return the public offers of models by model key, in the order of providers. One query."""
    rows = read.offerings_on(day).filter(model_id__in=keys).exclude(status=Status.RETIRED)
    rows = rows.values_list("provider_name", "api_id", "pk", "model_id", "prices")
    found = defaultdict(list)
    for provider, _, key, model_key, prices in sorted(rows, key=itemgetter(0, 1, 2)):
        ordinary = [price for price in prices if not (price["service_level"] or price["conditions"])]
        found[model_key].append(Offer(key, provider, ordinary))
    return found


def rows_of(offers: Collection[Offer]) -> dict[int, dict]:
    """Return the rows that tables show for these offers, by key. One query."""
    return dict(OfferingSummary.objects.filter(pk__in=[offer.key for offer in offers]).values_list("pk", "row"))


def best_offer(offers: list[Offer], workload: Workload) -> Offer | None:
    """Return the cheapest offer for the workload; free ones only if there are no others (`prices.lowest`).

    If no cost can be computed, it is the offer with the fewest missing prices.
    """

    def badness(offer: Offer):
        cost = offer.cost(workload)
        if cost.amount is None:
            return len(cost.missing), False, -len(offer.prices)
        return 0, cost.amount == 0, cost.amount

    return min(offers, key=badness, default=None)
