"""Import of the price history of models.dev: the dated states of an offering become dated price rows.

A date is the day on which models.dev first had a price. The provider may have changed it earlier.
"""

from collections import defaultdict
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from operator import attrgetter

from catalog.history.ownership import histories
from catalog.importers.entries import MISSING, BrokenRecordError, ImportedChange, Plan, SourceEntry, UnmatchedError
from catalog.importers.matching import Names
from catalog.importers.models_dev.departures import Departures
from catalog.importers.models_dev.offerings import prices_of
from catalog.importers.models_dev.shapes import as_published
from catalog.importers.offering_prices import REPLACED, OfferingPrices, path_of, price, terms, written
from catalog.importers.precedence import DELETED_BY_HAND, Rule
from catalog.models import Evidence, ImportedRecord, Offering, Price, Provider, RecordKind
from catalog.rules.choices import ImportFeed, Listing

BETTER_KNOWN = Rule("a user or another source has a better value", "delete this price first")
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
        link_by_key = {link.key: link for link in links}
        offerings = Offering._base_manager.prefetch_related("prices__evidence__source")
        records = offerings.in_bulk([link.record_id for link in link_by_key.values()])
        there = offerings.filter(provider__in=self.departures.providers.values()).exclude(left_list_on=None)
        former = {f"{self.departures.key_of(offering.provider_id)}/{offering.api_id}": offering for offering in there}
        records |= {offering.pk: offering for offering in former.values()}
        self.histories = histories(Offering, [*records])
        new = (entry for entry in entries if entry.key not in link_by_key and entry.key not in former)
        places = {entry: place for entry in new if (place := self._left(entry))}
        last = {places[entry]: entry.key for entry in sorted(places, key=lambda entry: entry.data["states"][-1][0])}
        self.left = {key: place for place, key in last.items()}  # the others are its former names
        linked = ((entry, link_by_key.get(entry.key)) for entry in entries)
        return [
            self._plan(entry, records.get(link.record_id) if link else former.get(entry.key), link)
            for entry, link in linked
        ]

    def _left(self, entry: SourceEntry) -> tuple[Provider, int] | None:
        """Return the provider and the model of an offering that has left its vendor's own list."""
        states = entry.data["states"] if isinstance(entry.data, dict) else None
        is_gone = isinstance(states, list) and bool(states) and isinstance(states[-1], list) and states[-1][-1] is None
        if not is_gone or entry.key.partition("/")[0] not in self.departures.providers:
            return None
        return self.departures.model_of(entry.key, self.names)

    @cached_property
    def departures(self) -> Departures:
        return Departures(self.run, [])

    @cached_property
    def names(self) -> Names:
        return Names()

    def new_values(self, plan: Plan) -> dict:
        if plan.entry.key not in self.left:
            raise UnmatchedError("", "the catalogue has no such offering.")
        states = states_of(plan.data, is_there=False)
        rows = [(key, row) for key, dated in _dated(states).items() for row in dated.values()]
        plan.prices = [(row, ImportedChange(path_of(key), MISSING, written(row))) for key, row in rows]
        left_on = date.fromisoformat(states[-1][0])
        return {"listing": Listing.REMOVED, "left_list_on": left_on, "last_listed_on": left_on - timedelta(days=1)}

    def create(self, plans: list[Plan]) -> None:
        """Create the offerings that have left their vendors' lists: former ones, but no end is on record."""
        for plan in plans:
            provider, model = self.left[plan.entry.key]
            about = {"provider": provider, "api_id": plan.entry.key.partition("/")[2], "model_id": model}
            plan.record, plan.is_made = Offering(**about, **self.new_values(plan)), True
        Offering.objects.bulk_create(plan.record for plan in plans)
        Evidence.objects.bulk_create(self.evidence(offering=plan.record) for plan in plans)
        self.write_prices(plans)

    def compare(self, plan: Plan) -> None:
        states = states_of(plan.data, is_there=plan.link is not None and plan.link.gone_on is None)
        for key, rows in _dated(states).items():
            self._plan_key(plan, key, rows)

    def _plan_key(self, plan: Plan, key: tuple, stated: dict[str, Price]):
        history, path = self.histories[plan.record.pk], path_of(key)
        rows = sorted((row for row in plan.record.prices.all() if row.key == key), key=attrgetter("valid_from"))
        feeds = {row: {item.source.feed for item in row.evidence.all()} for row in rows}
        others = [row for row in rows if ("price", row.pk) in history.held or feeds[row] != {self.feed}]
        end = others[0].valid_from if others else self.run.data_on.isoformat() + "~"  # after that day
        wanted = {day: row for day, row in stated.items() if day < end}
        row_by_day = {row.valid_from: row for row in rows if row.valid_from < end}
        moved, missing = sorted(row_by_day.keys() - wanted.keys()), sorted(wanted.keys() - row_by_day.keys())
        is_deleted = key in self.deleted_prices(plan.record)
        if is_deleted or not wanted or len(moved) > len(missing):
            change = ImportedChange(path, MISSING, ", ".join(stated))
            plan.unapplied.append((change, DELETED_BY_HAND if is_deleted else BETTER_KNOWN))
            return
        # The present row stays the latest one.
        former = dict(zip(reversed(missing), reversed(moved), strict=False))
        for day, new in wanted.items():
            row = row_by_day.get(former.get(day, day))
            change = ImportedChange(path, written(row), written(new))
            if row is None:
                plan.prices.append((new, change))
            elif (row.valid_from, terms(row)) != (day, terms(new)):
                plan.prices.append((row, change))
                for name in (*REPLACED, "valid_from"):
                    setattr(row, name, getattr(new, name))

    def link(self, plans: list[Plan]) -> None:
        """Store no link: the offering has its own, which holds its present record."""


def _dated(states: list[tuple[str, dict[tuple, Price]]]) -> dict[tuple, dict[str, Price]]:
    """Return the rows by key and day that follow from the states: a new price, or that it is withdrawn."""
    dated = defaultdict(dict)
    for (_, before), (day, prices) in pairwise([("", {}), *states]):
        for key in {**before, **prices}:
            if terms(before.get(key)) != terms(prices.get(key)):
                dated[key][day] = prices.get(key) or price(key, None, is_withdrawn=True)
                dated[key][day].valid_from = day
    return dated


def states_of(data: dict, *, is_there: bool) -> list[tuple[str, dict[tuple, Price]]]:
    """Return the last state of each day with its prices by key, {} if there are none. Raises BrokenRecordError.

    If the offering is there, its end is left out: its file became a symbolic link, which the history does not follow.
    """
    try:
        states = [(date.fromisoformat(day).isoformat(), values) for day, values in data["states"]]
        if is_there and states[-1][1] is None:
            states.pop()
        return sorted({day: prices_of(_present_names(values), f"states: {day}") for day, values in states}.items())
    except (TypeError, ValueError, AttributeError, IndexError) as error:
        raise BrokenRecordError("states", "it is no list of days, each with a table of values.") from error


def _present_names(values: dict | None) -> dict:
    cost = as_published({"cost": (values or {}).get("cost") or {}}).get("cost", {})
    old = {new: cost[name] for name, new in OLD_NAMES.items() if cost.get(name)}
    return old | {name: value for name, value in cost.items() if name not in OLD_NAMES}
