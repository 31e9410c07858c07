"""The base class for importing one kind of record: it compares the feed with the catalogue and writes what it may.

The link between the two stores the latest version of the feed's record whole, so that nothing of it is lost.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from django.utils import timezone

from catalog.history.audit_log import logging_changes
from catalog.history.ownership import histories
from catalog.importers.columns import Column
from catalog.importers.entries import MISSING, BrokenRecordError, ImportedChange, Plan, SourceEntry, at
from catalog.importers.matching import Named
from catalog.importers.precedence import BY_HAND_LATER, DELETED_BY_HAND, REVIVES, STALE, Cited, OurValue, Rule
from catalog.models import Action, Evidence, FieldChange, HeldRecord, ImportedRecord, ImportRun, Source
from catalog.rules.choices import Confidence, ImportFeed
from catalog.rules.partial_dates import PartialDate

KNOWN_AS = "known as"
NOW_GIVES = "Now gives "  # begins the notes of evidence that imports write


class Handler:
    """Imports one kind of record from one feed. If `source` is None, no data is written.

    `to_be_linked`, shared by the handlers of a run, then maps (kind, key) to the records that writing would link.
    `accepted` has the held differences, by key, that a user accepts; `logged_as` is how they are logged.
    """

    kind: str  # also the name of the field of Evidence
    model: type[Model]
    feed: ImportFeed
    columns: list[Column]
    is_cited_by_fact = False  # else one evidence row covers a record that the feed created

    def __init__(self, run: ImportRun, source: Source | None, to_be_linked: dict | None = None):
        self.run, self.source = run, source
        self.to_be_linked = {} if to_be_linked is None else to_be_linked
        self.today = timezone.localdate()
        self.unrecorded: list[Named] = []  # models of the feed that match no record
        self.merged: set[str] = set()  # keys without a link whose record is that of another key of the feed
        self.accepted: dict[str, list[dict]] = {}
        self.logged_as: dict[str, Any] = {"run": run}

    def renew(self) -> None:
        """Forget what the catalogue had before some of the entries are compared again in a run."""
        self.unrecorded = []

    def plan(self, entries: list[SourceEntry]) -> list[Plan]:
        """Return a plan for each entry. The number of queries does not depend on the number of entries."""
        keys = [entry.key for entry in entries]
        links = {link.key: link for link in ImportedRecord.objects.filter(feed=self.feed, kind=self.kind, key__in=keys)}
        pks = {link.record_id for link in links.values()}
        records = {record.pk: record for record in self.records().filter(pk__in=pks)}
        record_by_key = self.find([entry for entry in entries if entry.key not in links])
        records |= {record.pk: record for record in record_by_key.values()}
        self.load(list(records.values()))
        plans = []
        for entry in entries:
            link = links.get(entry.key)
            record = records.get(link.record_id) if link else record_by_key.get(entry.key)
            plan = self._plan(entry, record, link)
            plans.append(plan)
            if plan.is_to_be_linked and self.source is None:
                self.to_be_linked[(self.kind, entry.key)] = plan.record.pk
        return plans

    def records(self) -> QuerySet[Any]:
        """Return a queryset of the records with the relations that comparing needs."""
        return self.model._base_manager.all()

    def find(self, entries: list[SourceEntry]) -> dict[str, Any]:
        """Return existing records without a link that match the entries, by the entries' keys."""
        return {}

    def concerned(self, plan: Plan, models: set[int]) -> set[int]:
        """Return those of these models whose facts the plan may affect."""
        return models

    def load(self, records: list[Any]) -> None:
        """Load data that belongs to these records."""
        pks = [record.pk for record in records]
        self.histories = histories(self.model, pks)
        kind = ContentType.objects.get_for_model(self.model)
        links = (
            ImportedRecord.objects.filter(record_type=kind, record_id__in=pks)
            .defer("data")
            .order_by("-is_merged", "pk")
        )
        self.links: dict[int, dict[str, ImportedRecord]] = defaultdict(dict)
        for link in links:
            self.links[link.record_id][link.feed] = link
        self.evidence_of: dict[tuple[int, str], list[Evidence]] = defaultdict(list)
        for row in Evidence.objects.filter(**{f"{self.kind}__in": pks}).select_related("source"):
            self.evidence_of[getattr(row, f"{self.kind}_id"), row.fact].append(row)

    def _plan(self, entry: SourceEntry, record, link) -> Plan:
        plan = Plan(entry, record, link)
        if entry.is_gone:
            return plan
        try:
            if not isinstance(entry.data, dict):
                raise BrokenRecordError("", f"{str(entry.data)[:50]!r} is no table.")
            if link is not None and record is None:
                plan.problem = "deleted manually, so it is not created again"
                return plan
            self.check(entry)
            plan.data = self.data_for(plan)
            if record is None:
                self.new_values(plan)
            elif not (link.is_merged if link else entry.key in self.merged):
                self.compare(plan)
        except BrokenRecordError as error:
            plan.problem, plan.verdict = str(error), error.verdict
        return plan

    def check(self, entry: SourceEntry) -> None:
        """Raise BrokenRecordError if the entry cannot be imported, independent of existing records."""

    def compare(self, plan: Plan) -> None:
        for column in self.columns_for(plan):
            theirs = at(plan.data, column.path)
            was = at(plan.link.data, column.path) if plan.link else MISSING
            change = ImportedChange(column.path, column.ours(plan.record), theirs)
            if column.is_same(plan.record, theirs):
                if change.old is not MISSING:
                    plan.agreed += self.disputing(self.evidence_of[plan.record.pk, column.name])
                continue
            ours = self._our_value(plan, column, is_empty=change.old is MISSING)
            # A value that the feed never stated is not its to remove.
            if theirs is MISSING and not column.is_always_stated and (was is MISSING or not ours.is_of(self.feed)):
                continue
            risk = REVIVES if column.revives(plan.record, theirs) and not (plan.link and plan.link.gone_on) else None
            is_news = plan.link is None or was != theirs
            subject = column.subject(plan.record) or self._fact(plan, column)
            if self.may_write(plan, change, ours, risk, is_news, subject):
                plan.changes.append(change)

    def may_write(
        self, plan: Plan, change: ImportedChange, ours: OurValue, risk: Rule | None, is_news: bool, subject: dict
    ) -> bool:
        """Return whether the feed's value replaces ours; if not, note the rule with the plan.

        `risk` is a reason for asking a user first, `is_news` whether the feed says it for the first time.
        """
        given_on = self.run.data_on if is_news or not plan.link else plan.link.given_on(change.path)
        plan.subjects[change.path] = subject, given_on, ours
        rule = ours.rule_against(self.feed, given_on) or (None if ours.is_open else risk)
        if rule is None:
            return True
        news = (change.as_json() | {"rule": rule.reason}).items()
        if rule.holds and any(news <= difference.items() for difference in self.accepted.get(plan.entry.key, ())):
            return True
        if rule == STALE and change.new is MISSING:
            return False
        if is_news or rule.holds or rule in (BY_HAND_LATER, DELETED_BY_HAND):
            plan.unapplied.append((change, rule))
        return False

    def _fact(self, plan, column) -> dict:
        return {self.kind: plan.record, "fact": column.name}

    def disputing(self, rows: Iterable[Evidence]) -> list[Evidence]:
        """Return the evidence by which this feed disputes our value."""
        return [row for row in rows if row.note.startswith(NOW_GIVES) and row.source.feed == self.feed]

    def _our_value(self, plan, column: Column, is_empty: bool) -> OurValue:
        pk, history = plan.record.pk, self.histories[plan.record.pk]
        rows = column_rows = column.evidence(plan.record)
        if rows is None:
            rows = self.evidence_of[pk, column.name]
            if not (is_empty or self.is_cited_by_fact or any(row.confidence != Confidence.DISPUTED for row in rows)):
                rows = self.evidence_of[pk, ""]  # one row may cover the whole record
        sources = self.cited(rows, pk, column.path)
        if column_rows is None and not is_empty and all(source.is_disputed for source in sources):
            links = [link for link in self.links[pk].values() if link.is_created]
            sources += [Cited(link.feed, link.given_on(column.path), Confidence.THIRD_PARTY, False) for link in links]
        is_open = column.name in history.opened
        return OurValue(is_empty, sources, column.set_on(history), self.checked_on(plan), is_open)

    def cited(self, rows: Iterable[Evidence], pk: int, path: str) -> list[Cited]:
        """Return the sources of a value of the record `pk`; a feed gave it when its link says so."""
        links, sources = self.links[pk], []
        for row in rows:
            link = links.get(row.source.feed)
            day = link.given_on(path) if link else row.source.read_on
            sources.append(Cited(row.source.feed, day, row.confidence, row.is_checked, row.source.title))
        return sources

    def checked_on(self, plan: Plan) -> date | None:
        """Return the day on which a user marked the record as checked."""
        is_marked = getattr(plan.record, "checked_on", None) is not None
        return self.histories[plan.record.pk].held.get("checked_on") if is_marked else None

    def columns_for(self, plan: Plan) -> Iterable[Column]:
        """Return the columns that are compared."""
        return self.columns

    def data_for(self, plan: Plan) -> dict:
        """Return the entry's data in the shape in which it is compared and stored."""
        return plan.entry.data

    @cached_property
    def column_of(self) -> dict[str, Column]:
        return {column.path: column for column in self.columns}

    def apply(self, plans: list[Plan]) -> None:
        """Write the plans of one batch in the caller's transaction and log the changes."""
        gone = [plan for plan in plans if plan.entry.is_gone and plan.link and not plan.held]
        recorded = [plan for plan in plans if plan.record is not None and not plan.problem and not plan.entry.is_gone]
        new = [plan for plan in plans if plan.outcome == "new"]
        if new:
            self.create(new)
            self.note_added([plan for plan in new if plan.is_made])
        changed = [plan for plan in recorded if plan.changes or plan.prices]
        touched = [plan.record.pk for plan in [*changed, *gone] if plan.record]
        with logging_changes({self.model: touched}, **self.logged_as):
            for plan in changed:
                self.update(plan)
            self.end(gone)
        for plan in recorded:
            self._dispute(plan)
        self.link([*new, *recorded])

    def create(self, plans: list[Plan]) -> None:
        """Create the records and their related rows in bulk; set `plan.record`, and `plan.is_made` of the new ones."""
        raise NotImplementedError

    def new_values(self, plan: Plan) -> dict:
        """Return the plain column values of a new record. Raises BrokenRecordError for any value."""
        values = {column: column.value_of(at(plan.data, column.path)) for column in self.columns}
        return {column.name: value for column, value in values.items() if column.is_plain}

    def update(self, plan: Plan) -> None:
        fields = set()
        for change in plan.changes:
            fields |= self.column_of[change.path].assign(plan, change.new)
        if fields:
            plan.record.save(update_fields=sorted(fields))
        self.after_update(plan)
        self.cite(plan)

    def after_update(self, plan: Plan) -> None:
        """Write data that depends on the record."""

    def end(self, plans: list[Plan]) -> None:
        """Mark these records as removed from the feed."""
        ImportedRecord.objects.filter(pk__in=[plan.link.pk for plan in plans if plan.link]).update(
            gone_on=self.run.data_on
        )

    def cite(self, plan: Plan) -> None:
        """Make the feed the only source of each changed field: the others gave the old value."""
        is_cited_whole = plan.link and plan.link.is_created and not self.is_cited_by_fact
        for change in plan.changes:
            fact = self._fact(plan, self.column_of[change.path])
            Evidence.objects.filter(**fact).delete()
            if change.new is not MISSING and not is_cited_whole:
                self.evidence(**fact).save()
        if plan.changes and is_cited_whole:  # the values that were checked are no longer all the same
            checked = Evidence.objects.filter(**{self.kind: plan.record, "fact": "", "checked_on__isnull": False})
            checked.update(is_checked=False, checked_on=None, checked_by=None)

    def _dispute(self, plan: Plan) -> None:
        """Show the feed's value beside ours while a user has not decided, and no longer than that."""
        for change, _ in plan.held:
            subject, given_on, _ = plan.subjects[change.path]
            feed_value = "other values" if isinstance(change.new, list) else str(change.new)[:250]
            day = PartialDate.parse(given_on.isoformat())
            note = f"{NOW_GIVES}{'no value' if change.new is MISSING else feed_value}, since {day}."
            row, _ = Evidence.objects.get_or_create(
                source=self.source, **subject, defaults={"confidence": Confidence.DISPUTED, "note": note}
            )
            if row.note != note and (not row.note or row.note.startswith(NOW_GIVES)):  # else a person wrote it
                row.note = note
                row.save(update_fields=["note"])
        if plan.agreed:
            rows = Evidence.objects.filter(pk__in=[row.pk for row in plan.agreed])
            rows.update(confidence=Confidence.THIRD_PARTY, note="")

    def evidence(self, fact: str = "", **subject: Any) -> Evidence:
        """Return an unsaved row that names the feed as the source of a record or of one fact of it."""
        return Evidence(**subject, source=self.source, fact=fact, confidence=Confidence.THIRD_PARTY)

    def link(self, plans: list[Plan]) -> None:
        """Store the links between our records and the feed's, with the feed's data."""
        about = {"feed": self.feed, "kind": self.kind, "record_type": ContentType.objects.get_for_model(self.model)}
        new_links, changed_links = [], []
        for plan in plans:
            if plan.link is None:
                is_merged = plan.entry.key in self.merged
                ours = {"record_id": plan.record.pk, "is_created": plan.is_made, "is_merged": is_merged}
                since = {"": self.run.data_on.isoformat()}
                new_links.append(ImportedRecord(**about, **ours, key=plan.entry.key, data=plan.data, since=since))
            elif (plan.link.data, plan.link.gone_on) != (plan.data, None):
                news = self.differing(plan.link.data, plan.data)
                plan.link.since |= dict.fromkeys(news, self.run.data_on.isoformat())
                plan.link.data, plan.link.gone_on = plan.data, None
                changed_links.append(plan.link)
        ImportedRecord.objects.bulk_create(new_links)
        ImportedRecord.objects.bulk_update(changed_links, ["data", "since", "gone_on"])

    def differing(self, old: dict, new: dict) -> list[str]:
        """Return the paths of the values on which two versions of the feed's record differ."""
        return [column.path for column in self.columns if at(old, column.path) != at(new, column.path)]

    def note_added(self, plans: list[Plan]) -> None:
        """Log that the records were created."""
        about = {"record_type": ContentType.objects.get_for_model(self.model), "action": Action.ADDED, "run": self.run}
        FieldChange.objects.bulk_create(
            FieldChange(**about, record_id=plan.record.pk, record_name=str(plan.record)[:300]) for plan in plans
        )


def hold(run: ImportRun, plans: list[Plan], is_written: bool = False) -> None:
    """Store the plans for review, including those that only link a record, because dependent records need the link.

    With `is_written` only what the rules held is left to decide.
    """
    records = HeldRecord.objects.filter(is_dismissed=True, key__in=[plan.entry.key for plan in plans])
    dismissed = {(row.kind, row.key, held["path"], str(held["new"])) for row in records for held in row.differences}
    rows = []
    for plan in plans:
        entry, news = plan.entry, [] if is_written else [*plan.changes, *(change for _, change in plan.prices)]
        differences = [difference(plan, change) for change in news]
        differences += [difference(plan, *unapplied) for unapplied in plan.held]
        if plan.is_to_be_linked and not is_written:
            differences.insert(0, {"path": KNOWN_AS, "old": None, "new": entry.key})
        meanings = {(entry.kind, entry.key, held["path"], str(held["new"])) for held in differences}
        if not differences or not meanings <= dismissed:
            data = {"data": entry.data, "is_resolved": entry.is_resolved, "place": entry.place}
            about = {"kind": entry.kind, "key": entry.key, "data": None if entry.is_gone else data}
            rows.append(HeldRecord(run=run, **about, differences=differences))
    HeldRecord.objects.bulk_create(rows)


def difference(plan: Plan, change: ImportedChange, rule: Rule | None = None) -> dict:
    """Return a difference for the user who decides: the fact, both values, where they are from, and what holds it."""
    description = change.as_json() | ({"rule": rule.reason} if rule else {})
    if change.path in plan.subjects:
        subject, given_on, ours = plan.subjects[change.path]
        description |= {"fact": subject["fact"], "source": ours.origin, "since": given_on.isoformat()}
    return description
