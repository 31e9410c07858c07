"""Import of offerings from LiteLLM: prices and end of service for all, limits only for those that it created."""

from dataclasses import dataclass, field

from django.db.models import Prefetch

from catalog.importers.columns import Column, date_or_unknown, flag, list_of_texts, text_of, tokens
from catalog.importers.entries import MISSING, BrokenRecordError, UnmatchedError, at
from catalog.importers.litellm import prices
from catalog.importers.litellm.matching import Match, Matching
from catalog.importers.offering_prices import OfferingPrices
from catalog.models import LifecycleEvent
from catalog.rules.choices import ImportFeed
from catalog.rules.status import Bound, EventKind

SUCCESSOR = "successor_model"


def _regions(path, value) -> str:
    return ", ".join(list_of_texts(path, value))[:300]


def _day(path, value) -> str:
    if not date_or_unknown(text_of(path, value)):
        raise BrokenRecordError(path, f"{value!r} is no day of the calendar.")
    return value


COLUMNS = [
    tokens("max_input_tokens", "max_input_tokens"),
    tokens("max_output_tokens", "max_output_tokens"),
    flag("supports_reasoning", "reasoning"),
    flag("supports_function_calling", "tool_calls"),
    flag("supports_response_schema", "structured_output"),
    Column("supported_regions", "regions", _regions, lambda value: value.split(", ") if value else MISSING, ""),
]


@dataclass(eq=False)
class EndColumn(Column):
    """The end of service: a lifecycle event for which the feed is the evidence."""

    handler: "LiteLLMHandler" = field(kw_only=True)
    is_plain = False

    def event(self, record) -> LifecycleEvent | None:
        for event in record.ends:
            if any(evidence.source.feed == self.handler.feed for evidence in event.evidence.all()):
                return event
        return None

    def ours(self, record):
        event = self.event(record)
        return event.date if event else MISSING

    def is_same(self, record, theirs):
        return self.value_of(theirs) == self.ours(record)

    def is_held(self, history):
        return history.holds_part("lifecycleevent")

    def why_not(self, plan, history, feed):
        return "existing record" if plan.record.ends and not self.event(plan.record) else ""

    def assign(self, plan, theirs):
        record, event = plan.record, self.event(plan.record)
        if theirs is MISSING:
            if event:
                event.delete()
                record.ends.remove(event)
            return set()
        is_new = event is None
        event = event or LifecycleEvent(offering=record, kind=EventKind.RETIRED, bound=Bound.EXACT)
        event.date, successor = theirs, str(plan.entry.data.get(SUCCESSOR) or "")
        event.replaced_by_id = self.handler.matching.models.get(successor.lower())
        event.replacement_name = "" if event.replaced_by_id else successor[:200]
        event.save()
        if is_new:
            self.handler.evidence(event=event).save()
            record.ends.append(event)
        return set()


class LiteLLMHandler(OfferingPrices):
    feed = ImportFeed.LITELLM

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.matching, self.seen = Matching(), {}
        self.matches: dict[str, Match | str] = {}
        self.end_of_service = EndColumn("deprecation_date", "deprecation_date", _day, default=MISSING, handler=self)
        self.columns = [*COLUMNS, self.end_of_service]

    def stated_prices(self, data):
        return prices.read(data)

    def plan(self, entries):
        self.matches = {entry.key: self._match(entry) for entry in entries if isinstance(entry.data, dict)}
        return super().plan(entries)

    def _match(self, entry) -> Match | str:
        """Return the match of an entry, or the reason for none. Of two entries for one offering, the first is used."""
        found = self.matching.of(entry.key, entry.data)
        if isinstance(found, Match):
            first = self.seen.setdefault((found.provider_id, found.api_id), entry.key)
            return found if first == entry.key else f"it is the same offering as {first!r}"
        return found

    def records(self):
        ends = LifecycleEvent.objects.filter(kind=EventKind.RETIRED).prefetch_related("evidence__source")
        return super().records().prefetch_related(Prefetch("events", ends, to_attr="ends"))

    def place_of(self, entry):
        match = self.matches.get(entry.key)
        return match[:2] if isinstance(match, Match) else (None, "")

    def model_for(self, entry):
        match = self.matches.get(entry.key)
        return match.model_id if isinstance(match, Match) else None

    def check(self, entry) -> None:
        if isinstance(reason := self.matches[entry.key], str):
            raise UnmatchedError("", reason)

    def columns_for(self, plan):
        """Compare only the end of service for offerings that another feed or an editor created."""
        return self.columns if plan.link and plan.link.is_created else [self.end_of_service]

    def create(self, plans) -> None:
        super().create(plans)
        for plan in plans:
            plan.record.ends = []
            end = at(plan.data, self.end_of_service.path)
            if end is not MISSING:
                self.end_of_service.assign(plan, end)
