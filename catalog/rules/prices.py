"""The prices of an offering on a day, and their formatting. The rule is the docstring of `prices_on`."""

import re
from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from catalog.rules.choices import Meter, ProviderKind, Unit
from catalog.rules.partial_dates import PartialDate
from catalog.rules.status import Status, status_on

METERS = Meter.values
CONDITIONS = ("above_tokens", "service_level", "conditions")
KEY = ("meter", *CONDITIONS)
# The currency and quantity in which token prices are compared.
CURRENCY, PER = "USD", 1_000_000
METERS_COMPARED = {"input_price": Meter.INPUT, "output_price": Meter.OUTPUT, "cached_price": Meter.CACHE_READ}
PRICE_LABELS = {
    "input_price": "Input price",
    "output_price": "Output price",
    "cached_price": "Cached input price",
    "blended_price": "Blended price",
}
PRICES = tuple(PRICE_LABELS)
MEDIA = {"image", "audio", "video"}
INPUT_PARTS = 3  # of a blended price, with one part of output
# A date in an API ID: 2024-05-13, 20251101, 09-2025 or 2411.
DATED = re.compile(r"[-@_.](\d{4}-\d{2}-\d{2}|\d{8}|\d{2}-\d{4}|\d{4})(?!\d)")
TWO_PLACES = Decimal("0.01")
# A listed price of 0 may mean free, a trial, or part of a plan that is paid in another way.
NO_CHARGE = "no charge"


def prices_on(day: date, prices: Iterable[dict], withdrawn: bool = False) -> list[dict]:
    """Return the prices of an offering (`prices` of its document) that are valid on `day`, sorted by meter.

    1. A price begins on the first day of the period given by its `valid_from`.
    2. Prices with the same meter and conditions (`above_tokens`, `service_level`, `conditions`) replace each other. Of
       those that have begun, the one with the latest `valid_from` is valid; of "2026" and "2026-01" the second.
    3. If that one is withdrawn, there is no such price; with `withdrawn` it is returned anyway.
    """
    current = {}
    for price in sorted(prices, key=itemgetter("valid_from")):
        if _begins(price) <= day:
            current[tuple(price[name] for name in KEY)] = price
    valid_prices = [price for price in current.values() if withdrawn or not price["is_withdrawn"]]
    return sorted(valid_prices, key=lambda price: METERS.index(price["meter"]))


def token_prices(valid: Iterable[dict], in_effect: dict) -> dict[str, Decimal | None]:
    """Return the ordinary prices in USD per million tokens among the valid ones of an offering, by names in `PRICES`.

    An ordinary price applies to every request: without `above_tokens`, `service_level` and `conditions`.
    """
    if not has_token_prices(in_effect):
        return dict.fromkeys(PRICES)
    ordinary = (price for price in valid if not any(price[name] for name in CONDITIONS))
    amounts = {price["meter"]: usd_per_million_tokens(price) for price in ordinary}
    amount_by_name = {name: amounts.get(meter) for name, meter in METERS_COMPARED.items()}
    entered, returned = amount_by_name["input_price"], amount_by_name["output_price"]
    if entered is None or returned is None:
        return {**amount_by_name, "blended_price": None}
    return {**amount_by_name, "blended_price": (INPUT_PARTS * entered + returned) / (INPUT_PARTS + 1)}


def ordinary_price(day: date, prices: Iterable[dict], name: str) -> dict | None:
    """Return the price on `day` that `token_prices` has as `name`; for the blended price that of input."""
    meter = METERS_COMPARED.get(name, Meter.INPUT)
    prices_of_meter = (price for price in prices_on(day, prices) if price["meter"] == meter)
    return next((price for price in prices_of_meter if not any(price[condition] for condition in CONDITIONS)), None)


def in_words_of_lowest(lowest: dict | None, name: str = "input_price") -> str:
    """Return the price `name` of `lowest` (in the form of the API) with its provider; "" if there is none."""
    if lowest is None or lowest[name] is None:
        return ""
    return f"{usd_in_words(Decimal(lowest[name]))} via {lowest['provider']['name']}"


def has_token_prices(in_effect: dict) -> bool:
    """Return whether token prices apply to these effective values.

    They do not if a model reads or writes only images, audio or video: it is charged by the second or by the picture.
    """
    sides = in_effect["input_modalities"], in_effect["output_modalities"]
    return not any(side and all((modality["slug"] or modality["name"]) in MEDIA for modality in side) for side in sides)


class Offer(NamedTuple):
    """An offering on a day: its document, all `valid` prices of it, and among these the `token_prices`."""

    key: int
    document: dict
    status: str
    valid: list[dict]
    prices: dict[str, Decimal | None]

    @classmethod
    def on(cls, day: date, key: int, document: dict, in_effect: dict) -> "Offer":
        valid, status = prices_on(day, document["prices"]), status_on(day, document, in_effect["released_on"])
        return cls(key, document, status, valid, token_prices(valid, in_effect))

    @property
    def provider(self) -> dict:
        return self.document["provider"]

    @property
    def is_free(self) -> bool:
        return self.prices["input_price"] == 0 and not self.prices["output_price"]

    @property
    def counts(self) -> bool:
        """Return whether it is served at a price: if it is free and unchecked, it may be a trial or part of a plan."""
        is_a_price = self.valid and not (self.is_free and self.document["checked_on"] is None)
        return bool(is_a_price) and self.status != Status.RETIRED

    @property
    def place(self) -> tuple:
        """Return the sort key by blended price, or else by input price; of equal ones, deprecated ones come last."""
        blended, alone = self.prices["blended_price"], self.prices["input_price"]
        return alone is None, blended is None, blended or 0, alone or 0, self.status == Status.DEPRECATED, self.key


def served_at(offers: Collection[Offer]) -> list[str]:
    """Return the providers that serve a model. An id with @ is of one host, and ends with it under any name."""
    ended = {
        offer.document["api_id"]
        for offer in offers
        if offer.status == Status.RETIRED and "@" in offer.document["api_id"]
    }
    served = (offer for offer in offers if offer.status != Status.RETIRED and offer.document["api_id"] not in ended)
    return sorted({offer.provider["name"] for offer in served})


def reference_offer(offers: Iterable[Offer], vendors: Iterable[dict]) -> Offer | None:
    """Return the offer whose prices are the prices of a model; None if no reference provider has a price.

    `vendors` are the references in the document of the model. Of several offers, those that are not deprecated come
    first, then those without a date in their id, then the cheapest; those without a charge come last.
    """

    def place(offer: Offer):
        is_dated = bool(DATED.search(offer.document["api_id"]))
        return offer.status == Status.DEPRECATED, is_dated, offer.is_free, offer.place

    return min((offer for offer in own_offers(offers, vendors) if offer.counts), key=place, default=None)


def own_offers(offers: Iterable[Offer], vendors: Iterable[dict]) -> list[Offer]:
    """Return the offers at the reference providers of these vendors."""
    providers = {vendor["reference_provider"] for vendor in vendors}
    return [offer for offer in offers if offer.provider["id"] in providers]


def lowest_offer(offers: Iterable[Offer], kinds: Collection[str]) -> Offer | None:
    """Return the offer with the lowest blended, or else input price among these kinds; a vendor's API before equals."""
    compared = (offer for offer in offers if offer.counts and offer.provider["kind"] in kinds)
    priced = (offer for offer in compared if offer.prices["input_price"] is not None)
    kind = ProviderKind.VENDOR
    return min(
        priced, key=lambda offer: (*offer.place[:4], offer.provider["kind"] != kind, *offer.place[4:]), default=None
    )


def usd_per_million_tokens(price: dict) -> Decimal | None:
    """Return the amount for comparing token prices; None for other units or currencies."""
    if price["unit"] != Unit.TOKEN or price["currency"] != CURRENCY or not price["per_quantity"]:
        return None
    return _per_million(price["amount"], price["per_quantity"])


@lru_cache(maxsize=10_000)
def _per_million(amount: str, per_quantity: int) -> Decimal:
    return Decimal(amount) * PER / per_quantity


def amount_in_words(price: dict) -> str:
    """Return an amount without trailing zeros: "0.50 USD per 1,000,000 tokens"; "no charge" for 0."""
    amount = Decimal(price["amount"])
    return f"{number_in_words(amount)} {unit_in_words(price)}" if amount else NO_CHARGE


@lru_cache(maxsize=10_000)
def number_in_words(amount: Decimal) -> str:
    """Return an amount with at least two decimal places, and more if needed."""
    amount = amount.normalize()
    if amount == (rounded := amount.quantize(TWO_PLACES)):
        amount = rounded
    return f"{amount:,f}"


def usd_in_words(amount: Decimal) -> str:
    """Return an amount in USD per million tokens without its unit: "3.00", "0.075"; "no charge" for 0."""
    return number_in_words(amount) if amount else NO_CHARGE


def conditions_in_words(price: dict) -> str:
    """Return the conditions of a price, or "" if it applies to every request."""
    above = f"above {price['above_tokens']:,} tokens" if price["above_tokens"] else ""
    return ", ".join(filter(None, [above, price["service_level"], price["conditions"]]))


def unit_in_words(price: dict) -> str:
    """Return the unit of an amount: "USD per 1,000,000 tokens"."""
    return _unit_in_words(price["currency"], price["unit"], price["per_quantity"])


@lru_cache(maxsize=1_000)
def _unit_in_words(currency: str, unit: str, quantity: int) -> str:
    label = Unit(unit).label
    return f"{currency} per {label if quantity == 1 else f'{quantity:,} {label}s'}"


def _begins(price: dict) -> date:
    return PartialDate.parse(price["valid_from"]).first_day


def price_turns(prices: Iterable[dict]) -> set[date]:
    """Return the only days on which prices can change."""
    return {_begins(price) for price in prices}
