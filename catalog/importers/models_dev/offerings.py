"""Import of offerings from models.dev."""

from catalog.importers.columns import flag, list_of_texts, listing, names, text
from catalog.importers.entries import MISSING, BrokenRecordError, at
from catalog.importers.models_dev import costs
from catalog.importers.models_dev.models import SHARED
from catalog.importers.models_dev.shapes import as_authored
from catalog.importers.offering_prices import OfferingPrices
from catalog.models import AIModel, ImportedRecord, Offering, Provider, RecordKind
from catalog.rules.choices import ImportFeed

COST = "cost"
LONGEST_ID = 200


class OfferingHandler(OfferingPrices):
    feed = ImportFeed.MODELS_DEV
    columns = [
        text("name", "name"),
        *SHARED,
        names("modalities.input", "input_modalities"),
        names("modalities.output", "output_modalities"),
        flag("open_weights", "open_weights"),
        listing("status", "listing"),
    ]
    others = {"base_model": "model", "base_model_omit": "not_inherited"}

    def __init__(self, *args, keys=frozenset(), models=None, **kwargs):
        """`keys` are those of all providers in the feed; `models` maps the keys of its models to their data."""
        super().__init__(*args, **kwargs)
        self.provider_keys, self.models = set(keys), models or {}

    # Planning ------------------------------------------------------------------------------------

    def prepare(self):
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

    def find(self, entries):
        wanted = {}
        for entry in entries:
            provider, api_id = split(entry.key)
            wanted[(self.pks.get((RecordKind.PROVIDER, provider)), api_id)] = entry.key
        return self.at_places(wanted)

    def model_for(self, entry):
        return self._model(entry.data, split(entry.key)[1])["model_id"]

    def check(self, entry):
        provider, api_id = split(entry.key)
        if not self._is_there(RecordKind.PROVIDER, provider, self.provider_keys):
            raise BrokenRecordError("", f"its provider {provider!r} is not there.")
        if not 0 < len(api_id) <= LONGEST_ID:
            raise BrokenRecordError("", f"its id has {len(api_id)} characters.")
        base = at(entry.data, "base_model")
        if base is not MISSING and not (isinstance(base, str) and self._is_there(RecordKind.MODEL, base, self.models)):
            raise BrokenRecordError("base_model", f"there is no model {base!r}.")
        omitted = at(entry.data, "base_model_omit")
        list_of_texts("base_model_omit", [] if omitted is MISSING else omitted)
        self.stated_prices(entry.data)

    def _is_there(self, kind, key, in_feed) -> bool:
        """Return whether the record exists; in a dry run, records that the import would create count too."""
        return (kind, key) in self.pks or (self.source is None and key in in_feed)

    def is_same(self, record, path, theirs):
        if path == "base_model":  # two models of the feed may be one record here
            ours = record.model_id if record.inherits else None
            return ours == (None if theirs is MISSING else self.pks.get((RecordKind.MODEL, theirs), theirs))
        if path == "base_model_omit":
            return record.not_inherited == ([] if theirs is MISSING else theirs)
        return super().is_same(record, path, theirs)

    def stated_prices(self, data):
        cost = at(data, COST)
        return costs.read(cost) if cost is not MISSING else {}

    def data_for(self, plan):
        """Convert a published record to the authored shape, based on our version if that means the same."""
        if not plan.entry.is_resolved or plan.record is None:
            return plan.entry.data
        own = plan.link and plan.link.data
        own = own or self.with_ours(plan.record, {}, [*self.column_of, *self.others])
        return as_authored(plan.entry.data, own, self.models.get(own.get("base_model"), {}))

    def written(self, record, path):
        if path == "base_model":
            return self.model_keys.get(record.model_id, MISSING) if record.inherits else MISSING
        if path == "base_model_omit":
            return record.not_inherited or MISSING
        return super().written(record, path)

    # Writing -------------------------------------------------------------------------------------

    def create(self, plans):
        providers = Provider.objects.in_bulk({pk for (kind, _), pk in self.pks.items() if kind == RecordKind.PROVIDER})
        for plan in plans:
            provider, api_id = split(plan.entry.key)
            plan.record = Offering(
                provider=providers[self.pks[(RecordKind.PROVIDER, provider)]],
                api_id=api_id,
                **self._model(plan.entry.data, api_id),
                **self.new_values(plan),
            )
        self.store_new(plans)

    def _model(self, data, api_id) -> dict:
        base = at(data, "base_model")
        if base is not MISSING:
            omitted = at(data, "base_model_omit")
            pk = self.pks.get((RecordKind.MODEL, base))
            return {"model_id": pk, "inherits": True, "not_inherited": [] if omitted is MISSING else omitted}
        # An identical id means the same model, but not that its values are inherited.
        pk = self.ids.get(api_id.lower()) or self.ids.get(api_id.lower().rpartition("/")[2])
        return {"model_id": pk, "inherits": False}

    def assign(self, plan, path, value):
        if path == "base_model_omit":
            plan.record.not_inherited = [] if value is MISSING else value
            return {"not_inherited"}
        if path != "base_model":
            return super().assign(plan, path, value)
        plan.record.inherits = value is not MISSING
        if value is not MISSING:
            plan.record.model_id = self.pks[(RecordKind.MODEL, value)]
        return {"model", "inherits"}


def split(key: str) -> tuple[str, str]:
    provider, _, api_id = key.partition("/")
    return provider, api_id
