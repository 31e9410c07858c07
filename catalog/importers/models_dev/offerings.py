"""What providers offer."""

from catalog.importers.columns import flag, list_of_texts, listing, names, text
from catalog.importers.entries import MISSING, BrokenRecordError, at, put, shown, without
from catalog.importers.models_dev import costs
from catalog.importers.models_dev.models import SHARED
from catalog.importers.models_dev.shapes import as_authored
from catalog.importers.offering_prices import BY_HAND, OfferingPrices
from catalog.models import AIModel, ImportedRecord, Offering, Provider, RecordKind
from catalog.rules.choices import Feed

COST = "cost"
LONGEST_ID = 200


class OfferingHandler(OfferingPrices):
    feed = Feed.MODELS_DEV
    columns = [
        text("name", "name"),
        *SHARED,
        names("modalities.input", "input_modalities"),
        names("modalities.output", "output_modalities"),
        flag("open_weights", "open_weights"),
        listing("status", "listing"),
    ]
    other_paths = ("base_model", "base_model_omit")

    def __init__(self, *args, keys=frozenset(), models=None, **kwargs):
        """`keys` are those of all providers of the feed; `models` its models' data by key, where it has them."""
        super().__init__(*args, **kwargs)
        self.provider_keys, self.models = set(keys), models or {}

    # Planning ------------------------------------------------------------------------------------

    def plan(self, entries):
        self.prepare()
        return super().plan(entries)

    def prepare(self):
        # Of two keys that are one record here, the last counts: the one that is followed.
        rows = ImportedRecord.objects.filter(feed=self.feed).exclude(kind=self.kind).order_by("-is_merged", "pk")
        there = {
            kind: set(model._base_manager.values_list("pk", flat=True))
            for kind, model in ((RecordKind.MODEL, AIModel), (RecordKind.PROVIDER, Provider))
        }
        links = rows.values_list("kind", "key", "record_id")
        self.pks = {(kind, key): pk for kind, key, pk in links if pk in there[kind]} | self.to_be_linked
        self.model_keys = {pk: key for (kind, key), pk in self.pks.items() if kind == RecordKind.MODEL}
        # An id that more than one lab has for a model says nothing.
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
        self.stated(entry.data)

    def _is_there(self, kind, key, in_feed) -> bool:
        """Whether an offering can build on it; where nothing is written, what is yet to be made counts too."""
        return (kind, key) in self.pks or (self.source is None and key in in_feed)

    def is_same(self, path, ours, theirs):
        """Two models of the feed may be one here."""
        pks = [self.pks.get((RecordKind.MODEL, key)) for key in (ours, theirs)] if path == "base_model" else []
        return any(pks) and len(set(pks)) == 1

    def stated(self, data):
        cost = at(data, COST)
        return costs.read(cost) if cost is not MISSING else ({}, {})

    def stated_prices(self, data):
        return self.stated(data)[0]

    def data_for(self, plan):
        """A published record is brought into the shape of an authored one, as ours has it where that says the same."""
        if not plan.entry.is_resolved or plan.record is None:
            return plan.entry.data
        own = self.whole(plan.record, plan.link)
        return as_authored(plan.entry.data, own, self.models.get(own.get("base_model"), {}))

    def whole(self, record, link):
        own = super().whole(record, link)
        cost = self.as_followed(link, COST, self.cost_of(record))
        if cost is not MISSING:
            others = at(own, COST)
            put(own, COST, {**others, **cost} if others is not MISSING else cost)
        return own

    def compare(self, plan):
        super().compare(plan)
        data = self.data_for(plan)
        kept = self.compare_prices(plan, data)
        seen = plan.link.authored.get(COST) if plan.link else None
        if not seen or seen["ours"] != shown(self.cost_of(plan.record)) or seen.get("value", MISSING) != at(data, COST):
            plan.kept += kept

    def cost_of(self, record):
        """What the feed would write of our prices today."""
        return costs.write(self.own_prices(record))

    def authored_others(self, record):
        base = self.model_keys.get(record.model_id) if record.inherits else None
        return {"base_model": base or MISSING, "base_model_omit": record.not_inherited or MISSING}

    def name_of(self, path):
        return {"base_model": "model", "base_model_omit": "not_inherited"}.get(path) or super().name_of(path)

    def rest_of(self, data):
        rest = super().rest_of(data)
        if COST in data:
            _, others = self.stated(data)
            rest = {name: value for name, value in rest.items() if name != COST} | ({COST: others} if others else {})
        return rest

    def differing(self, plan):
        found = super().differing(plan)
        theirs, ours = at(self.data_for(plan), COST), self.cost_of(plan.record)
        _, others = self.stated(self.data_for(plan))
        wanted = MISSING if theirs is MISSING else without(theirs, others)
        by_hand = any(reason in BY_HAND for change, reason in plan.kept if change.path.startswith("price "))
        if (wanted or MISSING) != ours and not by_hand:
            found[COST] = {"ours": None if ours is MISSING else ours}
            found[COST] |= {} if theirs is MISSING else {"value": theirs}
        return found

    # Writing -------------------------------------------------------------------------------------

    def create(self, plans):
        providers = Provider.objects.in_bulk({pk for (kind, _), pk in self.pks.items() if kind == RecordKind.PROVIDER})
        for plan in plans:
            provider, api_id = split(plan.entry.key)
            plan.record = Offering(
                provider=providers[self.pks[(RecordKind.PROVIDER, provider)]],
                api_id=api_id,
                **self._model(plan.entry.data, api_id),
                **self.new_values(plan.entry),
            )
        self.store_new(plans)

    def _model(self, data, api_id) -> dict:
        base = at(data, "base_model")
        if base is not MISSING:
            omitted = at(data, "base_model_omit")
            pk = self.pks.get((RecordKind.MODEL, base))
            return {"model_id": pk, "inherits": True, "not_inherited": [] if omitted is MISSING else omitted}
        # The same id, to the letter, is the same model, but nothing is said of what it would hand down.
        pk = self.ids.get(api_id.lower()) or self.ids.get(api_id.lower().rpartition("/")[2])
        return {"model_id": pk, "inherits": False}

    def assign_other(self, record, path, value):
        if path == "base_model_omit":
            record.not_inherited = [] if value is MISSING else value
            return {"not_inherited"}
        record.inherits = value is not MISSING
        if value is not MISSING:
            record.model_id = self.pks[(RecordKind.MODEL, value)]
        return {"model", "inherits"}

    def after_update(self, plan, data):
        self.write_prices([plan])


def split(key: str) -> tuple[str, str]:
    provider, _, api_id = key.partition("/")
    return provider, api_id
