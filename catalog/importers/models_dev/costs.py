"""Conversion of the table "cost" of an offering to prices."""

from catalog.importers.columns import amount_of, whole_number
from catalog.importers.entries import BrokenRecordError
from catalog.importers.offering_prices import price
from catalog.rules.choices import Meter, Unit

# Prices are per million tokens, except "request", which is per thousand.
METERS = {
    "input": Meter.INPUT,
    "output": Meter.OUTPUT,
    "reasoning": Meter.REASONING,
    "cache_read": Meter.CACHE_READ,
    "cache_write": Meter.CACHE_WRITE,
    "input_audio": Meter.INPUT_AUDIO,
    "output_audio": Meter.OUTPUT_AUDIO,
    "image": Meter.OUTPUT_IMAGE,
    "citation": Meter.CITATION,
    "request": Meter.REQUEST,
}
# Other spellings of the same names, used by a few offerings.
OTHER_NAMES = {"cache_input": "cache_read", "cached_input": "cache_read", "cached_write": "cache_write"}


def read(cost, path: str = "cost") -> dict:
    """Return the prices of a table by key."""
    if not isinstance(cost, dict):
        raise BrokenRecordError(path, f"{cost!r} is no table.")
    tiers = cost.get("tiers", [])
    if not isinstance(tiers, list):
        raise BrokenRecordError(f"{path}.tiers", f"{tiers!r} is no list.")
    stated, _ = _row(cost, path, 0)
    for number, tier in enumerate(tiers):
        more, unknown = _tier(tier, f"{path}.tiers[{number}]")
        if unknown or more.keys() & stated.keys():
            raise BrokenRecordError(
                f"{path}.tiers[{number}]", f"there is no price for {sorted(unknown) or 'it twice'}."
            )
        stated |= more
    return stated


def _tier(tier, path):
    if not isinstance(tier, dict) or not isinstance(tier.get("tier"), dict):
        raise BrokenRecordError(path, "a tier says for which context it holds.")
    size = whole_number(f"{path}.tier.size", tier["tier"].get("size"))
    if not size or tier["tier"].get("type", "context") != "context":
        raise BrokenRecordError(f"{path}.tier", f"{tier['tier']!r} is no length of context.")
    return _row({name: value for name, value in tier.items() if name != "tier"}, path, size)


def _row(cost, path, above):
    stated, unknown = {}, []
    for name, value in cost.items():
        known = OTHER_NAMES.get(name, name)
        if known not in METERS or (known != name and known in cost):
            unknown.append(name)
            continue
        by = {"unit": Unit.REQUEST, "per_quantity": 1000} if known == "request" else {}
        key = (METERS[known], above, "", "")
        stated[key] = price(key, amount_of(f"{path}.{name}", value), **by)
    return stated, unknown
