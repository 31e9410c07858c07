"""One import run from start to report, in short transactions, so that it can be interrupted and repeated."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from datetime import date
from functools import partial
from time import monotonic

import orjson
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from catalog.documents.sync.keeping import stamping_at_end
from catalog.importers.binding import match_again
from catalog.importers.entries import BATCH, Plan, SourceEntry, UnmatchedError, batches
from catalog.importers.feeds import day_of, entries_of, handlers, source_of
from catalog.importers.handler import Handler, hold
from catalog.importers.known_providers import fill_in_after_import
from catalog.models import AIModel, ImportedRecord, ImportRun, RecordKind, RunState, Source
from ops.db.lock_timeout import let_others_write
from publishing.content.reference import Reference
from publishing.quality.impact import counts_in_words, dry_run
from publishing.quality.staleness import Impact, Passage

NUL = b"\\u0000"  # PostgreSQL cannot store it in text
MOST_LINES, MOST_SENTENCES = 20_000, 500
WOULD_CHANGE = "would change pages"  # in a report, the texts that writing affects
# If more than this share of the known records is missing, the file is probably incomplete.
MOST_GONE = 0.2


def import_feed(
    data: object,
    address: str,
    ends_as: RunState,
    on_progress: Callable[[int, int], object] = lambda done, total: None,
    day: date | None = None,
    run: ImportRun | None = None,
    at_end: Callable[[], object] = lambda: None,
) -> ImportRun:
    """Import new and changed records from a parsed file of a day; an unfinished run of its feed becomes interrupted.

    `ends_as` says whether differences are written (DONE), only reported (TRIED) or stored for review (HELD). The run's
    report lists what was not matched or applied. `on_progress` receives the number of compared entries and of all; it
    may raise StoppedError. `run` was stored before. `at_end` is called before it counts as finished.
    Raises UnreadableFeedError for a file of another format.
    """
    feed, entries = entries_of(data)
    runs = ImportRun.objects.filter(feed=feed)
    unfinished = runs.filter(state=RunState.RUNNING).exclude(pk=run and run.pk)
    unfinished.update(state=RunState.INTERRUPTED, finished_at=timezone.now())
    run = run or ImportRun(feed=feed, address=address[:500])
    run.data_on = min(day or day_of(data, address), timezone.localdate())
    run.save()
    work = ImportProgress(run, ends_as, on_progress)
    try:
        work.go(work.storable(entries) + work.missing_entries(entries))
        at_end()
    except BaseException as error:
        is_fault = isinstance(error, Exception) and not isinstance(error, StoppedError)
        work.run.state = RunState.FAILED if is_fault else RunState.INTERRUPTED
        work.tell("failed", "", f"{type(error).__name__}: {error}")
        work.save()
        raise
    work.run.state = ends_as
    if ends_as != RunState.TRIED:
        if not work.is_partial:  # such a file does not replace the differences that wait
            runs.filter(state=RunState.HELD).update(state=RunState.SUPERSEDED)
        work.run.state = RunState.HELD if work.run.held.exists() else RunState.DONE
    work.save()
    return work.run


NOT_MATCHED = UnmatchedError.verdict


class StoppedError(Exception):
    """A user has asked for the import to stop."""


class ImportProgress:
    """Processes the entries of a feed and collects counts and report lines."""

    def __init__(self, run: ImportRun, ends_as: RunState, on_progress: Callable):
        self.run, self.on_progress = run, on_progress
        self.writes, self.holds = ends_as == RunState.DONE, ends_as == RunState.HELD
        self.counts: dict[str, Counter] = defaultdict(Counter)
        self.lines: list[dict] = []
        self.cited = cited_models()
        self.concerned: dict[SourceEntry, set[int]] = {}  # the cited models whose facts an entry may affect
        self.is_partial = False  # whether implausibly many records are missing from the file

    def storable(self, entries: list[SourceEntry]) -> list[SourceEntry]:
        """Return the entries that a database can store; the others are reported as broken."""
        storable = []
        for entry in entries:
            if NUL in orjson.dumps([entry.key, entry.data]):
                self.counts[entry.kind]["broken"] += 1
                self.tell("broken", entry.place.replace("\0", "\N{REPLACEMENT CHARACTER}"), "it holds a NUL character.")
            else:
                storable.append(entry)
        return storable

    def missing_entries(self, entries: list[SourceEntry]) -> list[SourceEntry]:
        """Return entries for records that the feed no longer has, or none if implausibly many are missing."""
        present, kinds = {(entry.kind, entry.key) for entry in entries}, {entry.kind for entry in entries}
        links = ImportedRecord.objects.filter(feed=self.run.feed, kind__in=kinds, gone_on=None).order_by("pk")
        recorded_places = list(links.values_list("kind", "key"))
        missing = [place for place in recorded_places if place not in present]
        self.is_partial = len(missing) > MOST_GONE * len(recorded_places)
        if self.is_partial:
            reason = f"{len(missing):,} of {len(recorded_places):,} known records are not in it: they stay as they are"
            self.tell("partial", self.run.address, reason)
            return []
        return [SourceEntry(kind, key, None, key, is_gone=True) for kind, key in missing]

    def go(self, entries: list[SourceEntry]) -> None:
        """Import the entries in batches of one kind, each in its own transaction; report the affected texts."""
        impact, working = Impact(AIModel), handlers(self.run, entries, self.writes)
        with stamping_at_end() if self.writes else nullcontext():
            self._go(working, entries)
        if self.writes:
            self.lines[:0] = impact_lines(impact.passages(), is_done=True)
        elif self.concerned:
            passages = impact_of(self.run, entries, self.concerned)
            self.lines[:0] = impact_lines(passages, is_done=False)

    def _go(self, working: list[Handler], entries: list[SourceEntry]):
        left = self._compare(working, entries)
        while self.writes:
            unrecorded = [item for handler in working for item in handler.unrecorded]
            created, bound = match_again(self.run, source_of(self.run), unrecorded)
            if bound:
                self.counts[RecordKind.OFFERING]["bound to a model"] += bound
            if not ((created or bound) and left):
                break
            # What was created or bound may tell the model of entries that had none: a second run would find them.
            number = len(left)
            for handler in working:
                handler.renew()
            self.forget(left)
            left = self._compare(working, left)
            if len(left) == number:
                break
        if self.writes:
            fill_in_after_import()

    def _compare(self, working: list[Handler], entries: list[SourceEntry]) -> list[SourceEntry]:
        """Compare the entries and, if this run writes, apply them; return those that match no record."""
        since, done, left = monotonic(), 0, []
        for handler, batch in batches(working, entries):
            with transaction.atomic():
                # A lock, so that concurrent imports of a feed take turns by batch.
                Source.objects.select_for_update().filter(feed=handler.feed).first()
                plans = handler.plan(batch)
                if self.writes:
                    handler.apply(plans)
                    hold(self.run, [plan for plan in plans if plan.held], is_written=True)
                else:
                    self.leave(handler, plans)
            since = let_others_write(since)
            self.count(handler, plans)
            left += [plan.entry for plan in plans if plan.outcome == NOT_MATCHED]
            done += len(batch)
            self.on_progress(done, len(entries))
        return left

    def forget(self, entries: list[SourceEntry]) -> None:
        """Take entries that are compared again out of the counts and the report."""
        places = {entry.place for entry in entries}
        for entry in entries:
            self.counts[entry.kind][NOT_MATCHED] -= 1
        self.lines = [line for line in self.lines if line["what"] != NOT_MATCHED or line["place"] not in places]

    def leave(self, handler: Handler, plans: list[Plan]) -> None:
        """Note what would change, for the impact on texts, and store it for review if this run holds."""
        news = [
            plan for plan in plans if plan.is_to_be_linked or plan.held or plan.outcome in {"new", "changed", "gone"}
        ]
        for plan in news:
            if models := handler.concerned(plan, self.cited):
                self.concerned[plan.entry] = models
        if self.holds:
            hold(self.run, news)

    def count(self, handler: Handler, plans: Iterable[Plan]) -> None:
        counts = self.counts[handler.kind]
        for plan in plans:
            counts[plan.outcome] += 1
            if plan.prices:
                self.counts["price"]["new" if plan.outcome == "new" else "changed"] += len(plan.prices)
            self.note(plan)

    def note(self, plan: Plan) -> None:
        place = plan.entry.place
        if plan.entry.is_gone:
            self.tell("gone", place, "no longer in the feed")
        elif plan.problem:
            self.tell(plan.verdict, place, plan.problem)
        for change, rule in plan.unapplied:
            was = {name: "empty" if value in [None, ""] else value for name, value in change.as_json().items()}
            reason = f"{rule.reason}. The feed says {was['new']}; ours is {was['old']}."
            self.tell("kept", f"{place}: {change.path}", f"{reason} To use the feed’s value, {rule.remedy}.")

    def tell(self, what: str, place: str, reason: str) -> None:
        if len(self.lines) < MOST_LINES:
            self.lines.append({"what": what, "place": place, "reason": reason})

    def save(self) -> None:
        self.run.counts = {kind: dict(+counts) for kind, counts in self.counts.items() if +counts}
        self.run.report, self.run.finished_at = self.lines, timezone.now()
        self.run.save()


# The sentences of published texts that an import changes ---------------------------------------------


def cited_models() -> set[int]:
    """Return the keys of the models that texts reference."""
    kind = ContentType.objects.get_for_model(AIModel)
    return set(Reference.objects.relied_on().filter(target_type=kind).values_list("target_id", flat=True))


def impact_of(run: ImportRun, entries: list[SourceEntry], concerned: dict[SourceEntry, set[int]]) -> list[Passage]:
    """Return the passages that importing the `concerned` of the `entries` affects; its values are models of each.

    All that concerns some models is written and rolled back, then that of the next: the transaction of all would be
    long.
    """
    if all(entry.kind == RecordKind.PROVIDER for entry in concerned):
        return []
    passages, since = [], monotonic()
    for models in _groups(concerned):
        entries_of_group = [entry for entry, models_of_entry in concerned.items() if models_of_entry & models]
        since = let_others_write(since)
        # New handlers: those of the group before know records that were rolled back.
        passages += dry_run(partial(Impact, AIModel, models), partial(_write, handlers(run, entries), entries_of_group))
    return sorted(passages, key=lambda passage: (passage.record._meta.label, passage.record.pk))


def _groups(concerned: dict[SourceEntry, set[int]]) -> Iterator[set[int]]:
    """Yield sets of models, together all, so that few entries concern those of one set."""
    sizes = Counter(pk for entry, its in concerned.items() if entry.kind != RecordKind.PROVIDER for pk in its)
    group, size = set(), 0
    for pk in sorted(sizes):
        if group and size + sizes[pk] > BATCH:
            yield group
            group, size = set(), 0
        group.add(pk)
        size += sizes[pk]
    yield group


def _write(working: list[Handler], entries: list[SourceEntry]):
    for handler, batch in batches(working, entries):
        handler.apply(handler.plan(batch))


def impact_lines(passages: list[Passage], *, is_done: bool) -> list[dict]:
    """Return report lines about the affected passages, starting with the number of pages."""
    if not passages:
        return []
    what = "changes pages" if is_done else WOULD_CHANGE
    head = {"what": what, "place": counts_in_words(passages), "reason": "all listed under “Needs review”"}
    lines = []
    for passage in passages[:MOST_SENTENCES]:
        news = [
            f"{change.label.lower()}: {change.before or 'unknown'} → {change.after or 'unknown'}"
            for change in passage.changes
        ]
        place = f"“{passage.record}”: {passage.sentence}"
        lines.append({"what": what, "place": place, "reason": f"{passage.target}, {'; '.join(news)}"})
    return [head, *lines]
