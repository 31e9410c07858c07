"""Import of the price history of models.dev: the dated states of an offering become dated price rows.

A date is the day on which models.dev first had a price. The provider may have changed it earlier.
"""

from collections import defaultdict
from datetime import date
from itertools import pairwise
from typing import NoReturn

from catalog.history.ownership import histories
from catalog.importers.entries import MISSING, BrokenRecordError, ImportedChange, Plan, SourceEntry, UnmatchedError
from catalog.importers.models_dev.offerings import prices_of
from catalog.importers.models_dev.shapes import as_published
from catalog.importers.offering_prices import REPLACED, OfferingPrices, path_of, price, terms, written
from catalog.importers.precedence import BY_HAND_LATER, DELETED_BY_HAND, Rule
from catalog.models import Evidence, ImportedRecord, Offering, Price, RecordKind
from catalog.rules.choices import ImportFeed
from catalog.rules.prices import KEY

BETTER_KNOWN = Rule("dated by another source", "delete the price by hand")
TOO_MANY = Rule("more prices are on record than in the history", "delete one of them by hand")
# The names of cached input and cache write until June 2025, with 0 for "not stated".
OLD_NAMES = {"inputCached": "cache_read", "outputCached": "cache_write"}


class PriceHistoryHandler(OfferingPrices):
    """Dates the prices that came from models.dev, and adds former ones.

    Of the prices with one key, it replaces those up to the day of the file that only models.dev vouches for. Prices of
    users and other sources stay, and from the first of them on the history is ignored.
    """

    kind, feed, columns = RecordKind.HISTORY, ImportFeed.MODELS_DEV, []

    def plan(self, entries: list[SourceEntry]) -> list[Plan]:
        keys = [entry.key for entry in entries]
        links = ImportedRecord.objects.filter(feed=self.feed, kind=RecordKind.OFFERING, is_merged=False, key__in=keys)
        found = {link.key: link for link in links}
        pks = [link.record_id for link in found.values()]
        records = Offering._base_manager.in_bulk(pks)
        self.histories = histories(Offering, pks)
        self.rows, self.feeds = defaultdict(list), defaultdict(set)
        for row in Price.objects.filter(offering__in=pks).order_by("valid_from"):
            self.rows[row.offering_id, row.key].append(row)
        for pk, feed in Evidence.objects.filter(price__offering__in=pks).values_list("price", "source__feed"):
            self.feeds[pk].add(feed)
        plans = []
        for entry in entries:
            link = found.get(entry.key)
            plans.append(self._plan(entry, records.get(link.record_id) if link else None, link))
        return plans

    def model_for(self, entry: SourceEntry) -> None:
        """Return None: the history creates no offering."""

    def new_values(self, plan: Plan) -> NoReturn:
        raise UnmatchedError("", "the catalogue has no such offering.")

    def compare(self, plan: Plan) -> None:
        states = states_of(plan.data)
        if plan.link and plan.link.gone_on is None and states[-1][1] == {}:
            states.pop()  # such as a file that became a symbolic link, which the history does not follow
        wanted = defaultdict(list)
        for (_, before), (day, prices) in pairwise([("", {}), *states]):
            for key in {**before, **prices}:
                if terms(before.get(key)) != terms(prices.get(key)):
                    row = prices.get(key) or price(key, None, is_withdrawn=True)
                    # A copy, because a price may begin again.
                    wanted[key].append(price(key, **{name: getattr(row, name) for name in REPLACED}, valid_from=day))
        for key, rows in wanted.items():
            self._plan_key(plan, key, rows)

    def _plan_key(self, plan: Plan, key: tuple, stated: list[Price]):
        history, rows = self.histories[plan.record.pk], self.rows[plan.record.pk, key]
        is_held = {row: ("price", row.pk) in history.held_parts for row in rows}
        others = [row for row in rows if is_held[row] or self.feeds[row.pk] != {self.feed}]
        first = others[0].valid_from if others else self.run.data_on.isoformat() + "~"  # after that day
        wanted = [row for row in stated if row.valid_from < first]
        own = {row.valid_from: row for row in rows if row not in others and row.valid_from < first}
        moved = [own[day] for day in own.keys() - {row.valid_from for row in wanted}]
        missing = [row for row in wanted if row.valid_from not in own]
        reason = None
        if any(part == "price" and tuple(old[name] for name in KEY) == key for part, old, _ in history.deleted_parts):
            reason = DELETED_BY_HAND
        elif not wanted:
            reason = BY_HAND_LATER if any(is_held.values()) else BETTER_KNOWN
        elif len(moved) > len(missing):
            reason = TOO_MANY
        if reason:
            days = ", ".join(row.valid_from for row in stated)
            plan.kept.append((ImportedChange(path_of(key), MISSING, days), reason))
            return
        # The present row stays the latest one.
        moved.sort(key=lambda row: row.valid_from)
        pairs = [(own[row.valid_from], row) for row in wanted if row.valid_from in own]
        pairs += zip(reversed(moved), reversed(missing), strict=False)
        for row, new in pairs:
            if (row.valid_from, terms(row)) != (new.valid_from, terms(new)):
                plan.prices.append((row, ImportedChange(path_of(key), written(row), written(new))))
                for name in (*REPLACED, "valid_from"):
                    setattr(row, name, getattr(new, name))
        added = missing[: len(missing) - len(moved)]
        plan.prices += [(new, ImportedChange(path_of(key), MISSING, written(new))) for new in added]

    def link(self, plans: list[Plan]) -> None:
        """Store no link: the offering has its own, which holds its present record."""


def states_of(data: dict) -> list[tuple[str, dict[tuple, Price]]]:
    """Return the last state of each day with its prices by key, {} if there are none. Raises BrokenRecordError."""
    found, states = {}, data["states"]
    if not isinstance(states, list) or not states:
        raise BrokenRecordError("states", "it is no list of states.")
    for number, state in enumerate(states):
        place = f"states[{number}]"
        try:
            day, values = state
            found[date.fromisoformat(day).isoformat()] = prices_of(_present_names(values), place)
        except (TypeError, ValueError, AttributeError) as error:
            raise BrokenRecordError(place, "it is no day with a table of its values.") from error
    return sorted(found.items())


def _present_names(values: dict | None) -> dict:
    cost = as_published({"cost": (values or {}).get("cost") or {}}).get("cost", {})
    old = {new: cost[name] for name, new in OLD_NAMES.items() if cost.get(name)}
    return old | {name: value for name, value in cost.items() if name not in OLD_NAMES}
