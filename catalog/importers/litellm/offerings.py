"""Import of offerings from LiteLLM: prices and end of service for all, limits only for those that it created.

Also the reading of its file, and the matching of its entries with our records."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet

from catalog.history.ownership import FieldHistory
from catalog.importers.columns import Column, date_or_unknown, flag, list_of_texts, names, text_of, tokens
from catalog.importers.entries import MISSING, BrokenRecordError, Plan, SourceEntry, UnmatchedError, at
from catalog.importers.litellm import prices
from catalog.importers.matching import Named, Names
from catalog.importers.offering_prices import OfferingPrices
from catalog.models import AIModel, Evidence, LifecycleEvent, Offering, Price, Provider, RecordKind
from catalog.rules.choices import Confidence, ImportFeed
from catalog.rules.facts import BY_NAME
from catalog.rules.partial_dates import PartialDate
from catalog.rules.status import Bound, EventKind
from ops.http.slugs import slug_for
from ops.toml_files import toml_beside

OWN = {"sample_spec", "_source"}  # the keys by which a file describes itself
PROVIDERS = toml_beside(__file__, "providers.toml")
SUCCESSOR = "successor_model"
PLACE = ("provider_id", "api_id", "model_id")


def id_of(key: str, provider: str) -> str:
    """Return the provider's own id: the key without LiteLLM's routing prefix."""
    prefix, slash, rest = key.partition("/")
    names = {provider, provider.replace("_", "-"), provider.partition("-")[0]}
    names |= {provider.removesuffix("_converse"), provider.removesuffix("_chat")}
    return rest if slash and prefix in names else key


def entries_of(data: Any) -> list[SourceEntry]:
    """Return all entries except the schema; an alias has the data of its target. [] if no entry names a provider."""
    values = data.values() if isinstance(data, dict) else ()
    if not any(isinstance(value, dict) and "litellm_provider" in value for value in values):
        return []
    return [
        SourceEntry(RecordKind.OFFERING, key, _whole(data, value), key) for key, value in data.items() if key not in OWN
    ]


def _whole(data, value):
    if not isinstance(value, dict) or "alias_of" not in value:
        return value
    other = data.get(value["alias_of"])
    return {**other, **value} if isinstance(other, dict) else value


def _regions(path, value) -> str:
    return ", ".join(list_of_texts(path, value))[:300]


def _day(path, value) -> str:
    if not date_or_unknown(text_of(path, value)):
        raise BrokenRecordError(path, f"{value!r} is no day of the calendar.")
    return value


def outputs_of(data: dict) -> list[str] | None:
    """Return the modalities that a model of the entry's mode writes, None for a mode that is unknown or broken."""
    mode = data.get("mode")
    return MODES.get(mode) if isinstance(mode, str) else None


def facts_of(data: dict) -> dict[str, Any]:
    """Return what an entry says of its model, by path in the shape of models.dev; nothing that is broken."""
    value_by_path = {"modalities.output": outputs_of(data)}
    for column in (*COLUMNS[:5], *MODALITIES):
        try:
            if value := column.value_of(at(data, column.path)):
                value_by_path[BY_NAME[column.name].feed_path] = value
        except BrokenRecordError:
            continue
    return {path: value for path, value in value_by_path.items() if value}


COLUMNS = [
    tokens("max_input_tokens", "max_input_tokens"),
    tokens("max_output_tokens", "max_output_tokens"),
    flag("supports_reasoning", "reasoning"),
    flag("supports_function_calling", "tool_calls"),
    flag("supports_response_schema", "structured_output"),
    Column("supported_regions", "regions", _regions, lambda value: value.split(", ") if value else MISSING, ""),
]
MODALITIES = [
    names("supported_modalities", "input_modalities"),
    names("supported_output_modalities", "output_modalities"),
]
MODES = {"chat": ["text"], "responses": ["text"], "embedding": ["embedding"]}  # of models to propose
IS_OF_MODEL = {"input_cost_per_token", "max_input_tokens", "max_tokens", "off_peak_pricing"}  # not of a service alone


@dataclass(eq=False)
class EndColumn(Column):
    """The end of service: a lifecycle event for which the feed is the evidence."""

    handler: "LiteLLMHandler" = field(kw_only=True)
    is_plain = False

    def event(self, record: Offering) -> LifecycleEvent | None:
        """Return the event that the feed is evidence for, or else the first."""
        feed = self.handler.feed
        ours = (event for event in record.ends if any(row.source.feed == feed for row in event.evidence.all()))
        return next(ours, None) or next(iter(record.ends), None)

    def ours(self, record: Offering) -> Any:
        event = self.event(record)
        return event.date if event else MISSING

    def is_same(self, record: Offering, theirs: Any) -> bool:
        return self.value_of(theirs) == self.ours(record)

    def set_on(self, history: FieldHistory) -> date | None:
        return history.part_set_on("lifecycleevent")

    def evidence(self, record: Offering) -> list[Evidence]:
        event = self.event(record)
        return list(event.evidence.all()) if event else []

    def subject(self, record: Offering) -> dict:
        return {"event": self.event(record), "fact": ""}

    def revives(self, record: Offering, theirs: Any) -> bool:
        event, today = self.event(record), self.handler.today
        is_over = event is not None and PartialDate.parse(event.date).last_day <= today
        return is_over and (theirs is MISSING or PartialDate.parse(self.value_of(theirs)).last_day > today)

    def assign(self, plan: Plan, theirs: Any) -> set[str]:
        record, event = plan.record, self.event(plan.record)
        if theirs is MISSING:
            if event:
                event.delete()
                record.ends.remove(event)
            return set()
        is_new = event is None
        event = event or LifecycleEvent(offering=record, kind=EventKind.RETIRED, bound=Bound.EXACT)
        event.date, successor = theirs, str(plan.entry.data.get(SUCCESSOR) or "")
        event.replaced_by_id = self.handler.model_of(successor) if successor else None
        event.replacement_name = "" if event.replaced_by_id else successor[:200]
        event.save()
        event.evidence.all().delete()
        evidence, other = self.handler.evidence(event=event), self.handler.model_for(plan.entry)
        if other and other not in {plan.record.model_id, *self.handler.names.hidden}:
            # Another feed gives the id to another model, so the end may not be one of the model on record.
            evidence.confidence = Confidence.UNVERIFIED
            evidence.note = f"The id names another model: {AIModel._base_manager.get(pk=other)}."[:300]
        evidence.save()
        if is_new:
            record.ends.append(event)
        return set()


class LiteLLMHandler(OfferingPrices):
    feed = ImportFeed.LITELLM

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.seen: dict[tuple[int, str], str] = {}
        self.renew()
        # By key: provider, id there and model, if one is known by that id; or why the entry is not imported.
        self.matches: dict[str, tuple[int, str, int | None] | str] = {}
        self.end_of_service = EndColumn("deprecation_date", "deprecation_date", _day, default=MISSING, handler=self)
        self.columns = [*COLUMNS, self.end_of_service]

    def renew(self) -> None:
        """Also load an index of the catalogue by name."""
        super().renew()
        self.providers = dict(Provider.objects.not_trashed().values_list("slug", "pk"))
        self.offerings = {(row.provider_id, row.api_id): row.model_id for row in Offering.objects.only(*PLACE)}
        self.names = Names()

    def stated_prices(self, data: dict) -> dict[tuple, Price]:
        return prices.read(data)

    def plan(self, entries: list[SourceEntry]) -> list[Plan]:
        self.matches = {entry.key: self._match(entry) for entry in entries if isinstance(entry.data, dict)}
        return super().plan(entries)

    def model_of(self, api_id: str, hidden: bool = False) -> int | None:
        """Return the model that is certainly meant by an id; a proposal only if `hidden`."""
        match = self.names.match(api_id)
        if match is None or not match.is_certain or (match.model in self.names.hidden and not hidden):
            return None
        return match.model

    def _match(self, entry) -> tuple[int, str, int | None] | str:
        """Return the match of an entry. Of two entries for one offering, the first is used."""
        theirs = entry.data.get("litellm_provider")
        if not isinstance(theirs, str):
            return "it names no provider"
        family = "vertex_ai" if theirs.startswith("vertex_ai-") else theirs
        slug, api_id = PROVIDERS.get(family) or slug_for(family, "provider"), id_of(entry.key, theirs)
        provider, model = self.providers.get(slug), self.model_of(api_id, hidden=True)
        is_model = outputs_of(entry.data) is not None and not IS_OF_MODEL.isdisjoint(entry.data)
        has_model = model or self.offerings.get((provider or 0, api_id))
        if not has_model and is_model and "alias_of" not in entry.data and not api_id.startswith("ft:"):
            self.unrecorded.append(Named(slug, api_id, "", facts_of(entry.data)))
        if provider and ((provider, api_id) in self.offerings or model):
            first = self.seen.setdefault((provider, api_id), entry.key)
            return (provider, api_id, model) if first == entry.key else f"it is the same offering as {first!r}"
        if provider is None:
            return f"no provider {theirs!r} is on record"
        return f"{theirs} has no offering {api_id!r} on record, and no model is known by that id"

    def records(self) -> QuerySet[Offering]:
        ends = LifecycleEvent.objects.filter(kind=EventKind.RETIRED).prefetch_related("evidence__source")
        return super().records().prefetch_related(Prefetch("events", ends, to_attr="ends"))

    def place_of(self, entry: SourceEntry) -> tuple[int | None, str]:
        match = self.matches.get(entry.key)
        return match[:2] if isinstance(match, tuple) else (None, "")

    def model_for(self, entry: SourceEntry) -> int | None:
        match = self.matches.get(entry.key)
        return match[2] if isinstance(match, tuple) else None

    def check(self, entry: SourceEntry) -> None:
        if isinstance(reason := self.matches[entry.key], str):
            raise UnmatchedError("", reason)

    def columns_for(self, plan: Plan) -> list[Column]:
        """Compare only the end of service for offerings that another feed or an editor created."""
        return self.columns if plan.link and plan.link.is_created else [self.end_of_service]

    def create(self, plans: list[Plan]) -> None:
        super().create(plans)
        for plan in plans:
            plan.record.ends = []
            end = at(plan.data, self.end_of_service.path)
            if end is not MISSING:
                self.end_of_service.assign(plan, end)
