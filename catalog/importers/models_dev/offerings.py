"""Import of offerings from models.dev, with the conversion of the table "cost" to prices."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from catalog.importers.columns import Column, amount_of, flag, list_of_texts, listing, names, text, whole_number
from catalog.importers.entries import MISSING, BrokenRecordError, ImportedChange, Plan, SourceEntry, at
from catalog.importers.handler import Handler
from catalog.importers.models_dev.departures import Departures
from catalog.importers.models_dev.models import SHARED, ModelHandler, ProviderHandler
from catalog.importers.models_dev.shapes import as_authored
from catalog.importers.offering_prices import OfferingPrices, price
from catalog.importers.precedence import MANY_GONE
from catalog.models import AIModel, Evidence, ImportedRecord, Offering, Price, Provider, RecordKind
from catalog.rules.choices import Confidence, ImportFeed, Listing, Meter, Unit

LONGEST_ID = 200
COLUMNS = [
    text("name", "name"),
    *SHARED,
    names("modalities.input", "input_modalities"),
    names("modalities.output", "output_modalities"),
    flag("open_weights", "open_weights"),
    listing("status", "listing"),
    Column("base_model_omit", "not_inherited", list_of_texts, lambda value: value or MISSING, default=[]),
]
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


@dataclass(eq=False)
class BaseModelColumn(Column):
    """The model whose values the offering inherits. Two models of the feed may be one record here."""

    handler: "OfferingHandler" = field(kw_only=True)
    is_plain = False

    def ours(self, record: Offering) -> Any:
        return self.handler.model_keys.get(record.model_id, MISSING) if record.inherits else MISSING

    def is_same(self, record: Offering, theirs: Any) -> bool:
        return (record.model_id if record.inherits else None) == self.value_of(theirs)

    def assign(self, plan: Plan, theirs: Any) -> set[str]:
        plan.record.inherits = theirs is not MISSING
        if plan.record.inherits:
            plan.record.model_id = self.value_of(theirs)
        return {"model", "inherits"}


class OfferingHandler(OfferingPrices):
    feed = ImportFeed.MODELS_DEV

    def __init__(
        self,
        *args,
        keys: Collection[str] = (),
        models: dict | None = None,
        departures: Departures | None = None,
        **kwargs,
    ):
        """`keys` are those of all providers in the feed; `models` maps the keys of its models to their data."""
        super().__init__(*args, **kwargs)
        self.provider_keys, self.models = set(keys), models or {}
        self.departures = departures or Departures(self.run, [])
        self.base = BaseModelColumn("base_model", "model", self._base, handler=self)
        self.columns = [*COLUMNS, self.base]

    def plan(self, entries: list[SourceEntry]) -> list[Plan]:
        self._load_links()
        plans = super().plan(entries)
        for plan in plans:
            many = plan.entry.is_gone and plan.entry.key.partition("/")[0] in self.departures.many
            if many and plan.entry.key not in self.accepted:
                plan.unapplied.append((ImportedChange("listing", Listing.LISTED, Listing.REMOVED), MANY_GONE))
        return plans

    def end(self, plans: list[Plan]) -> None:
        super().end(plans)
        by_hand = {pk for pk, history in self.histories.items() if "listing" in history.held}
        left = self.departures.left([plan.record for plan in plans if plan.record and plan.record.pk not in by_hand])
        days = {"left_list_on": self.run.data_on, "last_listed_on": self.departures.last_read_on}
        Offering.objects.filter(pk__in=left).update(**days)
        about = {"source": self.source, "fact": "listing"}
        for pk in left:
            row = {"offering_id": pk, **about}
            Evidence.objects.get_or_create(**row, defaults={"confidence": Confidence.THIRD_PARTY})

    def apply(self, plans: list[Plan]) -> None:
        super().apply(plans)
        there = [plan.record.pk for plan in plans if plan.record and not plan.entry.is_gone and not plan.problem]
        back = Offering.objects.filter(pk__in=there).exclude(left_list_on=None)
        back.update(left_list_on=None, last_listed_on=None)

    def _load_links(self):
        # If two keys of the feed are one record here, the one that is not merged comes last and wins.
        there = {
            kind: set(model._base_manager.values_list("pk", flat=True))
            for kind, model in ((RecordKind.MODEL, AIModel), (RecordKind.PROVIDER, Provider))
        }
        rows = ImportedRecord.objects.filter(feed=self.feed, kind__in=there).order_by("-is_merged", "pk")
        links = rows.values_list("kind", "key", "record_id")
        self.pks = {(kind, key): pk for kind, key, pk in links if pk in there[kind]} | self.to_be_linked
        models = {key: pk for (kind, key), pk in self.pks.items() if kind == RecordKind.MODEL}
        self.model_keys = {pk: key for key, pk in models.items()}
        # An id that several labs use is ambiguous.
        self.ids = {}
        for key, pk in models.items():
            for name in (key.lower(), key.partition("/")[2].lower()):
                self.ids[name] = None if name in self.ids else pk

    def place_of(self, entry: SourceEntry) -> tuple[int | None, str]:
        provider, _, api_id = entry.key.partition("/")
        return self.pks.get((RecordKind.PROVIDER, provider)), api_id

    def model_for(self, entry: SourceEntry) -> int | None:
        """Return the key of the model: the base, or the one with an identical id, whose values are not inherited."""
        if (base := at(entry.data, "base_model")) is not MISSING:
            return self.pks.get((RecordKind.MODEL, base))
        api_id = entry.key.partition("/")[2].lower()
        return self.ids.get(api_id) or self.ids.get(api_id.rpartition("/")[2])

    def check(self, entry: SourceEntry) -> None:
        provider, _, api_id = entry.key.partition("/")
        if not self._is_there(RecordKind.PROVIDER, provider, self.provider_keys):
            raise BrokenRecordError("", f"its provider {provider!r} is not there.")
        if not 0 < len(api_id) <= LONGEST_ID:
            raise BrokenRecordError("", f"its id has {len(api_id)} characters.")

    def _base(self, path, key):
        """Return the primary key of a model of the feed, or its own key if the import would create it."""
        if not isinstance(key, str) or not self._is_there(RecordKind.MODEL, key, self.models):
            raise BrokenRecordError(path, f"there is no model {key!r}.")
        return self.pks.get((RecordKind.MODEL, key), key)

    def _is_there(self, kind, key, in_feed) -> bool:
        """Return whether the record exists; in a dry run, records that the import would create count too."""
        return (kind, key) in self.pks or (self.source is None and key in in_feed)

    def stated_prices(self, data: dict) -> dict[tuple, Price]:
        cost = at(data, "cost")
        return prices_of(cost) if cost is not MISSING else {}

    def data_for(self, plan: Plan) -> dict:
        """Convert a published record to the authored shape, based on our version if that means the same."""
        if not plan.entry.is_resolved or plan.record is None:
            return plan.entry.data
        authored = plan.link and plan.link.data
        if not authored:
            authored = {"base_model": self.base.ours(plan.record), "base_model_omit": plan.record.not_inherited}
            authored = {name: value for name, value in authored.items() if value not in (MISSING, [])}
        return as_authored(plan.entry.data, authored, self.models.get(authored.get("base_model"), {}))

    def new_values(self, plan: Plan) -> dict:
        return super().new_values(plan) | {"inherits": "base_model" in plan.data}


def handlers(entries: list[SourceEntry], *how: Any) -> list[Handler]:
    """Return a handler for each kind of record, in order of dependency."""
    tables = [entry for entry in entries if isinstance(entry.data, dict)]
    models = {entry.key: entry.data for entry in tables if entry.kind == RecordKind.MODEL}
    providers = {entry.key: entry.data for entry in tables if entry.kind == RecordKind.PROVIDER}
    # Not with the address of one of its services: "MiniMax (minimax.io)".
    labs = {
        key: data["name"].partition(" (")[0] for key, data in providers.items() if isinstance(data.get("name"), str)
    }
    on_record = ImportedRecord.objects.filter(feed=ImportFeed.MODELS_DEV, kind=RecordKind.MODEL, gone_on=None)
    models, to_be_linked = dict(on_record.values_list("key", "data")) | models, {}
    return [
        ProviderHandler(*how, to_be_linked=to_be_linked),
        ModelHandler(*how, to_be_linked=to_be_linked, models=models, labs=labs),
        OfferingHandler(
            *how, to_be_linked=to_be_linked, keys=providers, models=models, departures=Departures(how[0], entries)
        ),
    ]


def prices_of(cost, path: str = "cost") -> dict:
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
        meter = OTHER_NAMES.get(name, name)
        if meter not in METERS or (meter != name and meter in cost):
            unknown.append(name)
            continue
        quantity = {"unit": Unit.REQUEST, "per_quantity": 1000} if meter == "request" else {}
        key = (METERS[meter], above, "", "")
        stated[key] = price(key, amount_of(f"{path}.{name}", value), **quantity)
    return stated, unknown
