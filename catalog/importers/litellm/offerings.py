"""Import of offerings from LiteLLM: prices and end of service for all, limits only for those that it created."""

from django.db.models import Prefetch

from catalog.importers.columns import ColumnMapping, day, flag, list_of_texts, tokens
from catalog.importers.entries import MISSING, BrokenRecordError, UnmatchedError, at
from catalog.importers.litellm import prices
from catalog.importers.litellm.matching import Match, Matching
from catalog.importers.offering_prices import OfferingPrices
from catalog.models import Evidence, LifecycleEvent, Offering, Provider
from catalog.rules.choices import Confidence, ImportFeed
from catalog.rules.status import Bound, EventKind

END, SUCCESSOR = "deprecation_date", "successor_model"


def regions(path, name) -> ColumnMapping:
    def read(path, value):
        return ", ".join(list_of_texts(path, value))[:300]

    return ColumnMapping(path, name, read, lambda value: value.split(", ") if value else MISSING, "")


class LiteLLMHandler(OfferingPrices):
    feed = ImportFeed.LITELLM
    columns = [
        tokens("max_input_tokens", "max_input_tokens"),
        tokens("max_output_tokens", "max_output_tokens"),
        flag("supports_reasoning", "reasoning"),
        flag("supports_function_calling", "tool_calls"),
        flag("supports_response_schema", "structured_output"),
        regions("supported_regions", "regions"),
    ]
    others = {END: END}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.matching, self.matches, self.seen = Matching(), {}, {}

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

    def find(self, entries):
        found = {entry.key: self.matches.get(entry.key) for entry in entries}
        matches = {key: match for key, match in found.items() if isinstance(match, Match)}
        return self.at_places({(match.provider_id, match.api_id): key for key, match in matches.items()})

    def model_for(self, entry):
        match = self.matches.get(entry.key)
        return match.model_id if isinstance(match, Match) else None

    def check(self, entry):
        if isinstance(reason := self.matches[entry.key], str):
            raise UnmatchedError("", reason)
        self.stated_prices(entry.data)
        end = at(entry.data, END)
        if end is not MISSING and not day(END, "").value_of(end):
            raise BrokenRecordError(END, f"{end!r} is no day of the calendar.")

    def stated_prices(self, data):
        return prices.read(data)

    def paths(self, plan):
        """Compare only the end of service for offerings that another feed or an editor created."""
        return super().paths(plan) if plan.link and plan.link.is_created else [END]

    def written(self, record, path):
        if path != END:
            return super().written(record, path)
        end = self._end(record)
        return end.date if end else MISSING

    def is_same(self, record, path, theirs):
        return self.written(record, END) == theirs if path == END else super().is_same(record, path, theirs)

    def _end(self, record) -> LifecycleEvent | None:
        """Return the end of service for which this feed is the evidence."""
        for event in record.ends:
            if any(evidence.source.feed == self.feed for evidence in event.evidence.all()):
                return event
        return None

    def is_held(self, record, path):
        history = self.histories[record.pk]
        return history.holds_part("lifecycleevent") if path == END else super().is_held(record, path)

    def why_not(self, plan, path, *, is_known):
        if path != END or self.is_held(plan.record, END):
            return super().why_not(plan, path, is_known=is_known)
        return "on record before" if plan.record.ends and not is_known else ""

    # Writing -------------------------------------------------------------------------------------

    def create(self, plans):
        providers = Provider.objects.in_bulk({self.matches[plan.entry.key].provider_id for plan in plans})
        for plan in plans:
            match = self.matches[plan.entry.key]
            about = {"provider": providers[match.provider_id], "api_id": match.api_id, "model_id": match.model_id}
            plan.record = Offering(**about, **self.new_values(plan), inherits=False)
            plan.record.ends = []
        self.store_new(plans)
        for plan in plans:
            written = at(plan.data, END)
            if written is not MISSING:
                self._write_end(plan, written)

    def assign(self, plan, path, value):
        if path != END:
            return super().assign(plan, path, value)
        self._write_end(plan, value)
        return set()

    def _write_end(self, plan, written):
        event = self._end(plan.record)
        if written is MISSING:
            event.delete()
            plan.record.ends = [other for other in plan.record.ends if other is not event]
            return
        is_new = event is None
        event = event or LifecycleEvent(offering=plan.record, kind=EventKind.RETIRED, bound=Bound.EXACT)
        event.date = written
        successor = plan.entry.data.get(SUCCESSOR, "")
        event.replaced_by_id = self.matching.models.get(str(successor).lower()) if successor else None
        event.replacement_name = "" if event.replaced_by_id else str(successor)[:200]
        event.save()
        if is_new:
            Evidence.objects.create(event=event, source=self.source, confidence=Confidence.THIRD_PARTY)
            event = LifecycleEvent.objects.prefetch_related("evidence__source").get(pk=event.pk)
            plan.record.ends.append(event)
