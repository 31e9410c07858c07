"""What providers ask for models today."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from catalog.compare.workload import Cost, Workload
from catalog.models import Offering, Price
from catalog.models.price import rows_on
from catalog.rules.prices import usd_per_million_tokens
from catalog.rules.status import Status


@dataclass
class Offer:
    """An offering that is still served, with the prices that hold without further conditions."""

    offering: Offering
    prices: list[Price] = field(default_factory=list)

    def token_prices(self, tokens_in: int) -> dict[str, Decimal]:
        """Return USD per million tokens by meter, for requests of that length."""
        found = {}
        for price in sorted(self.prices, key=lambda price: price.above_tokens):
            is_fit = price.above_tokens == 0 or price.above_tokens < tokens_in
            amount = usd_per_million_tokens(price.terms)
            if is_fit and amount is not None:
                found[price.meter] = amount
        return found

    def cost(self, workload: Workload) -> Cost:
        return workload.cost(self.token_prices(workload.tokens_in))


def offers_of(models, day: date) -> dict[int, list[Offer]]:
    """Return the offers at public providers by the models' keys, in the order of the providers. Three queries."""
    offerings = Offering.objects.published().filter(model__in=models).select_related("provider")
    offerings = list(offerings.prefetch_related("events").in_order())
    prices = defaultdict(list)
    for price in Price.objects.filter(offering__in=offerings, service_level="", conditions="").order_by(
        "valid_from", "pk"
    ):
        prices[price.offering_id].append(price)
    found = defaultdict(list)
    for offering in offerings:
        if offering.status_on(day) != Status.RETIRED:
            found[offering.model_id].append(Offer(offering, rows_on(day, prices[offering.pk])))
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
