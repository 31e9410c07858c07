"""What providers ask for models on a day."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from catalog.compare.workload import Cost, Workload
from catalog.documents import read
from catalog.pages.rows import Named, named
from catalog.rules.prices import usd_per_million_tokens
from catalog.rules.status import Status


@dataclass
class Offer:
    """An offering that is still served. `values` is the row of its summary, `prices` are those of its document that
    hold for every service level, without further conditions."""

    values: dict
    prices: list[dict]

    @property
    def provider(self) -> Named:
        return named("provider", self.values["provider"])

    def token_prices(self, tokens_in: int) -> dict[str, Decimal]:
        """Return USD per million tokens by meter, for requests of that length."""
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
    """Return the public offers of models by the models' keys, in the order of the providers. One query."""
    rows = read.offerings_on(day).filter(model_id__in=keys).exclude(status=Status.RETIRED)
    found = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.row["provider"]["name"], row.api_id, row.pk)):
        prices = [price for price in row.prices if not (price["service_level"] or price["conditions"])]
        found[row.model_id].append(Offer(row.row, prices))
    return found


def best_offer(offers: list[Offer], workload: Workload) -> Offer | None:
    """Return the cheapest for the work, of those that charge for it if any do (`prices.lowest`); where none
    can be reckoned, the one that lacks the fewest prices."""

    def badness(offer: Offer):
        cost = offer.cost(workload)
        if cost.amount is None:
            return len(cost.missing), False, -len(offer.prices)
        return 0, cost.amount == 0, cost.amount

    return min(offers, key=badness, default=None)
