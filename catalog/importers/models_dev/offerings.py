"""Import of offerings from models.dev."""

from collections.abc import Collection
from dataclasses import dataclass, field

from catalog.importers.columns import Column, flag, list_of_texts, listing, names, text
from catalog.importers.entries import MISSING, BrokenRecordError, SourceEntry, at
from catalog.importers.handler import Handler
from catalog.importers.models_dev import costs
from catalog.importers.models_dev.models import SHARED, ModelHandler, ProviderHandler, id_of, slug_of
from catalog.importers.models_dev.shapes import as_authored
from catalog.importers.offering_prices import OfferingPrices
from catalog.models import AIModel, ImportedRecord, Provider, RecordKind
from catalog.rules.choices import ImportFeed

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


@dataclass(eq=False)
class BaseModelColumn(Column):
    """The model whose values the offering inherits. Two models of the feed may be one record here."""

    handler: "OfferingHandler" = field(kw_only=True)
    is_plain = False

    def ours(self, record):
        return self.handler.model_keys.get(record.model_id, MISSING) if record.inherits else MISSING

    def is_same(self, record, theirs):
        return (record.model_id if record.inherits else None) == self.value_of(theirs)

    def assign(self, plan, theirs):
        plan.record.inherits = theirs is not MISSING
        if plan.record.inherits:
            plan.record.model_id = self.value_of(theirs)
        return {"model", "inherits"}


class OfferingHandler(OfferingPrices):
    feed = ImportFeed.MODELS_DEV

    def __init__(self, *args, keys: Collection[str] = (), models: dict | None = None, **kwargs):
        """`keys` are those of all providers in the feed; `models` maps the keys of its models to their data."""
        super().__init__(*args, **kwargs)
        self.provider_keys, self.models = set(keys), models or {}
        self.base = BaseModelColumn("base_model", "model", self._base, handler=self)
        self.columns = [*COLUMNS, self.base]

    def plan(self, entries):
        self._load_links()
        return super().plan(entries)

    def _load_links(self):
        # If two keys of the feed are one record here, the one that is not merged comes last and wins.
        rows = ImportedRecord.objects.filter(feed=self.feed).exclude(kind=self.kind).order_by("-is_merged", "pk")
        there = {
            kind: set(model._base_manager.values_list("pk", flat=True))
            for kind, model in ((RecordKind.MODEL, AIModel), (RecordKind.PROVIDER, Provider))
        }
        links = rows.values_list("kind", "key", "record_id")
        self.pks = {(kind, key): pk for kind, key, pk in links if pk in there[kind]} | self.to_be_linked
        self.model_keys = {pk: key for (kind, key), pk in self.pks.items() if kind == RecordKind.MODEL}
        # An id that several labs use is ambiguous.
        self.ids = {}
        for pk, key in self.model_keys.items():
            for name in (key.lower(), key.partition("/")[2].lower()):
                self.ids[name] = None if name in self.ids else pk

    def place_of(self, entry):
        provider, api_id = split(entry.key)
        return self.pks.get((RecordKind.PROVIDER, provider)), api_id

    def model_for(self, entry):
        """Return the key of the model: the base, or the one with an identical id, whose values are not inherited."""
        if (base := at(entry.data, "base_model")) is not MISSING:
            return self.pks.get((RecordKind.MODEL, base))
        api_id = split(entry.key)[1].lower()
        return self.ids.get(api_id) or self.ids.get(api_id.rpartition("/")[2])

    def check(self, entry) -> None:
        provider, api_id = split(entry.key)
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

    def stated_prices(self, data):
        cost = at(data, "cost")
        return costs.read(cost) if cost is not MISSING else {}

    def data_for(self, plan):
        """Convert a published record to the authored shape, based on our version if that means the same."""
        if not plan.entry.is_resolved or plan.record is None:
            return plan.entry.data
        own = plan.link and plan.link.data
        if not own:
            own = {"base_model": self.base.ours(plan.record), "base_model_omit": plan.record.not_inherited}
            own = {name: value for name, value in own.items() if value not in (MISSING, [])}
        return as_authored(plan.entry.data, own, self.models.get(own.get("base_model"), {}))

    def new_values(self, plan):
        return super().new_values(plan) | {"inherits": "base_model" in plan.data}


def handlers(entries: list[SourceEntry], *how) -> list[Handler]:
    """Return a handler for each kind of record, in order of dependency."""
    tables = [entry for entry in entries if isinstance(entry.data, dict)]
    models = {entry.key: entry.data for entry in tables if entry.kind == RecordKind.MODEL}
    providers = {entry.key: entry.data for entry in tables if entry.kind == RecordKind.PROVIDER}
    names = {key: data["name"] for key, data in providers.items() if isinstance(data.get("name"), str)}
    slugs = {slug_of(key) for key in models if id_of(key)}
    on_record = ImportedRecord.objects.filter(feed=ImportFeed.MODELS_DEV, kind=RecordKind.MODEL, gone_on=None)
    known, to_be_linked = dict(on_record.values_list("key", "data")), {}
    return [
        ProviderHandler(*how, to_be_linked=to_be_linked),
        ModelHandler(*how, to_be_linked=to_be_linked, slugs=slugs, labs=names),
        OfferingHandler(*how, to_be_linked=to_be_linked, keys=providers, models=known | models),
    ]


def split(key: str) -> tuple[str, str]:
    provider, _, api_id = key.partition("/")
    return provider, api_id
