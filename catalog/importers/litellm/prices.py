"""Parse LiteLLM's names of prices, which encode meter, unit, context, service level and more."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from catalog.importers.columns import LARGEST, amount_of
from catalog.importers.entries import BrokenRecordError
from catalog.importers.offering_prices import price
from catalog.models import Price
from catalog.rules.choices import Meter, Unit
from ops.toml_files import toml_beside

MILLION = 1_000_000


class PriceColumn(NamedTuple):
    meter: str
    unit: str = Unit.TOKEN
    conditions: str = ""

    @property
    def per_quantity(self) -> int:
        return MILLION if self.unit in (Unit.TOKEN, Unit.CHARACTER, Unit.PIXEL) else 1


NAMED = toml_beside(__file__, "prices.toml")
NAMES = {name: PriceColumn(*column) for name, column in NAMED["names"].items()}
LEVELS = NAMED["levels"]
SEARCHES = "search_context_cost_per_query"
TIERS = "tiered_pricing"
ENDING = re.compile(
    rf"_(?:above_(?P<tokens>\d+)k_tokens|above_(?P<hours>\d+)hr|above_(?P<seconds>\d+)s_interval"
    rf"|(?P<level>{'|'.join(LEVELS)})|(?P<size>\d+(?:\.\d+)?[kKp]?))$"
)


def read(data: dict) -> dict[tuple, Price]:
    """Return the prices of an entry by key."""
    return {
        key: price(key, amount_of(place, value, column.per_quantity), column.unit, column.per_quantity)
        for place, key, value, column in (*_tiers(data.get(TIERS)), *_searches(data.get(SEARCHES)), *_plain(data))
    }


def key_of(name: str) -> tuple[tuple, PriceColumn | None]:
    """Return the key of the price that a name stands for, and its base name; None for an unknown name."""
    above, level, conditions = 0, "", []
    while name not in NAMES and (ending := ENDING.search(name)):
        name = name[: ending.start()]
        if ending["tokens"]:
            above = int(ending["tokens"]) * 1000
        elif ending["level"]:
            level = LEVELS[ending["level"]]
        elif ending["hours"]:
            conditions.append(f"kept above {ending['hours']} hours" if ending["hours"] != "1" else "kept above 1 hour")
        else:
            conditions.append(f"above {ending['seconds']} s" if ending["seconds"] else ending["size"])
    column = NAMES.get(name)
    if column is None:
        return (), None
    return (column.meter, above, level, ", ".join(filter(None, [column.conditions, *reversed(conditions)]))), column


def _plain(data: dict) -> Iterator[tuple]:
    """Yield place, key, value and column of each price that the entry itself names; so do the next two functions."""
    for name, value in data.items():
        key, column = key_of(name)
        if column is None or isinstance(value, dict | list):
            continue
        if not _is_size(key[1]):
            raise BrokenRecordError(name, f"{key[1]:,} tokens are out of range.")
        if name == "input_cost_per_token_cache_hit" and "cache_read_input_token_cost" in data:
            continue  # the older name of the same price
        if name == "output_cost_per_second" and data.get("mode") == "video_generation":
            key = (Meter.VIDEO, *key[1:3], "")
        yield name, key, value, column


def _is_size(tokens) -> bool:
    """Return whether a number of tokens is a valid lower limit of context for a price."""
    return not isinstance(tokens, bool) and 0 <= tokens < LARGEST


def _searches(value) -> Iterator[tuple]:
    prefix = "search_context_size_"
    if isinstance(value, dict) and all(name.startswith(prefix) for name in value):
        for name, amount in value.items():
            key = (Meter.SEARCH, 0, "", f"{name.removeprefix(prefix)} context")
            yield f"{SEARCHES}.{name}", key, amount, PriceColumn(Meter.SEARCH, Unit.REQUEST)


def _tiers(value) -> Iterator[tuple]:
    """Yield prices by context length; each tier is valid from the start of its range."""
    for number, tier in enumerate(value if isinstance(value, list) else []):
        place = f"{TIERS}[{number}]"
        span = tier.get("range") if isinstance(tier, dict) else None
        if span is None:
            return
        if not isinstance(span, list) or not span or not isinstance(span[0], int | float) or not _is_size(span[0]):
            raise BrokenRecordError(place, f"{span!r} is no range.")
        for name, amount in tier.items():
            key, column = key_of(name)
            if column is not None:
                yield f"{place}.{name}", (key[0], int(span[0]), *key[2:]), amount, column
