"""The table "cost" of an offering, as prices and back."""

from catalog.importers.columns import whole_number
from catalog.importers.entries import MISSING, BrokenRecordError
from catalog.importers.prices import PLACES, Stated, amount_of
from catalog.rules.choices import Meter, Unit

# By million tokens, all of them, but for what is asked: there the provider's own list says by the thousand.
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
NAMES = {meter: name for name, meter in METERS.items()}
# The same by other names, in a few offerings.
OTHER_NAMES = {"cache_input": "cache_read", "cached_input": "cache_read", "cached_write": "cache_write"}


def read(cost, path: str = "cost") -> tuple[dict, dict]:
    """Return the prices that a table states, by key, and what else stands in it."""
    if not isinstance(cost, dict):
        raise BrokenRecordError(path, f"{cost!r} is no table.")
    tiers = cost.get("tiers", [])
    if not isinstance(tiers, list):
        raise BrokenRecordError(f"{path}.tiers", f"{tiers!r} is no list.")
    stated, rest = _row(cost, path, 0, {})
    rest.pop("tiers", None)
    for number, tier in enumerate(tiers):
        more, unknown = _tier(tier, f"{path}.tiers[{number}]")
        if unknown or more.keys() & stated.keys():
            raise BrokenRecordError(
                f"{path}.tiers[{number}]", f"there is no price for {sorted(unknown) or 'it twice'}."
            )
        stated |= more
    return stated, rest


def _tier(tier, path):
    if not isinstance(tier, dict) or not isinstance(tier.get("tier"), dict):
        raise BrokenRecordError(path, "a tier says for which context it holds.")
    about = dict(tier["tier"])
    size = whole_number(f"{path}.tier.size", about.pop("size", None))
    if not size or about.get("type", "context") != "context":
        raise BrokenRecordError(f"{path}.tier", f"{tier['tier']!r} is no length of context.")
    return _row({name: value for name, value in tier.items() if name != "tier"}, path, size, about)


def _row(cost, path, above, about):
    stated, rest = {}, {}
    for name, value in cost.items():
        known = OTHER_NAMES.get(name, name)
        if known not in METERS or (known != name and known in cost):
            rest[name] = value
            continue
        amount, authored = amount_of(f"{path}.{name}", value)
        if known != name:
            authored["key"] = name
        if about:
            authored["tier"] = about
        by = {"unit": Unit.REQUEST, "per_quantity": 1000} if known == "request" else {}
        stated[(METERS[known], above, "", "")] = Stated(amount, **by, authored=authored)
    return stated, rest


def write(rows):
    """Return the table that current prices make, or MISSING. `rows` are those that the feed could state."""
    cost, tiers = {}, {}
    for row in rows:
        name = row.authored.get("key", NAMES.get(row.meter))
        if name is None or row.service_level or row.conditions:
            continue
        if row.above_tokens:
            about = {"size": row.above_tokens, **row.authored.get("tier", {})}
            tiers.setdefault(row.above_tokens, {"tier": about})[name] = number(row)
        else:
            cost[name] = number(row)
    if tiers:
        cost["tiers"] = [tiers[size] for size in sorted(tiers)]
    return cost or MISSING


def number(row):
    """The amount of a row as the feed writes it, where that is still what it says."""
    authored = row.authored.get("amount")
    if authored is not None and amount_of("", authored)[0] == row.amount.quantize(PLACES):
        return authored
    return int(row.amount) if row.amount == row.amount.to_integral_value() else float(row.amount)
