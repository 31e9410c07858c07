"""The base class for importing one kind of record: it compares the feed with the catalogue and writes what it may.

The link between the two stores the latest version of the feed's record whole, so that nothing of it is lost.
"""

from collections.abc import Iterable
from copy import deepcopy
from functools import cached_property

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from catalog.history.audit_log import logging_changes
from catalog.history.ownership import BY_HAND, FieldHistory, histories
from catalog.importers.columns import ColumnMapping
from catalog.importers.entries import MISSING, BrokenRecordError, ImportedChange, Plan, SourceEntry, at, put, without
from catalog.models import Action, Evidence, FieldChange, ImportedRecord, ImportRun, Source
from catalog.rules.choices import Confidence

BATCH = 500


class Handler:
    """Imports one kind of record from one feed.

    If `source` is None, no data is written. `to_be_linked`, shared by the handlers of a run, then maps (kind, key) to
    the records that writing would link.
    """

    kind: str
    model: type
    feed: str
    subject: str  # the field of Evidence
    columns: list[ColumnMapping]
    # Paths that a handler reads and writes itself, with their field names in the change log.
    others: dict[str, str] = {}

    def __init__(
        self, day, source: Source | None = None, run: ImportRun | None = None, to_be_linked: dict | None = None
    ):
        self.day, self.source, self.run = day, source, run
        self.to_be_linked = {} if to_be_linked is None else to_be_linked
        self.today = timezone.localdate()

    # Planning ------------------------------------------------------------------------------------

    def plan(self, entries: list[SourceEntry]) -> list[Plan]:
        """Return a plan for each entry. The number of queries does not depend on the number of entries."""
        self.prepare()
        keys = [entry.key for entry in entries]
        links = {link.key: link for link in ImportedRecord.objects.filter(feed=self.feed, kind=self.kind, key__in=keys)}
        pks = {link.record_id for link in links.values()}
        records = {record.pk: record for record in self.records().filter(pk__in=pks)}
        found = self.find([entry for entry in entries if entry.key not in links])
        records |= {record.pk: record for record in found.values()}
        self.load(list(records.values()))
        plans = []
        for entry in entries:
            link = links.get(entry.key)
            record = records.get(link.record_id) if link else found.get(entry.key)
            plan = self._plan(entry, record, link)
            plans.append(plan)
            if plan.is_to_be_linked and self.source is None:
                self.to_be_linked[(self.kind, entry.key)] = plan.record.pk
        return plans

    def records(self):
        """Return a queryset of the records with the relations that comparing needs."""
        return self.model._base_manager.all()

    def find(self, entries: list[SourceEntry]) -> dict[str, object]:
        """Return existing records without a link that match the entries, by the entries' keys."""
        return {}

    def concerns(self, plan: Plan, models: set[int]) -> bool:
        """Return whether the plan may affect a fact of one of these models."""
        return True

    def prepare(self):
        """Load data that is needed once per batch, independent of its records."""

    def load(self, records):
        """Load data that belongs to these records."""
        self.histories = histories(self.model, [record.pk for record in records])

    def _plan(self, entry: SourceEntry, record, link) -> Plan:
        plan = Plan(entry, record, link)
        if entry.is_gone:
            return plan
        try:
            if not isinstance(entry.data, dict):
                raise BrokenRecordError("", f"{str(entry.data)[:50]!r} is no table.")
            if link is not None and record is None:
                plan.problem = "somebody deleted it here, so it is not made again"
                return plan
            self.check(entry)
            plan.data = self.data_for(plan)
            if record is None:
                self.new_values(plan)
            elif link is None or not link.is_merged:
                self.compare(plan)
        except BrokenRecordError as error:
            plan.problem, plan.verdict = str(error), error.verdict
        return plan

    def check(self, entry: SourceEntry):
        """Raise BrokenRecordError if the entry cannot be imported, independent of existing records."""

    def compare(self, plan: Plan):
        for path in self.paths(plan):
            theirs = at(plan.data, path)
            if self.is_same(plan.record, path, theirs):
                continue
            difference = ImportedChange(path, self.written(plan.record, path), theirs)
            reason = self.why_not(plan, path, is_known=difference.old is not MISSING)
            if not reason:
                plan.changes.append(difference)
            elif reason == BY_HAND or plan.link is None or at(plan.link.data, path) != theirs:
                plan.kept.append((difference, reason))

    def paths(self, plan: Plan) -> Iterable[str]:
        """Return the paths in the feed's record that are compared."""
        return (*self.column_of, *self.others)

    def is_same(self, record, path: str, theirs) -> bool:
        """Return whether our value and the feed's mean the same. Raises BrokenRecordError if the value is invalid."""
        column = self.column_of[path]
        return column.is_same(getattr(record, column.name), theirs)

    def data_for(self, plan: Plan) -> dict:
        """Return the entry's data in the shape in which it is compared and stored."""
        return plan.entry.data

    @cached_property
    def column_of(self) -> dict[str, ColumnMapping]:
        return {column.path: column for column in self.columns}

    def written(self, record, path: str):
        """Return our value at `path` as the feed would write it, or MISSING."""
        column = self.column_of[path]
        return column.write(getattr(record, column.name))

    def with_ours(self, record, data: dict, paths: Iterable[str]) -> dict:
        """Return a copy of `data` with our values at `paths`."""
        data = deepcopy(data)
        for path in paths:
            value = self.written(record, path)
            if value is MISSING:
                data = without(data, [path])
            else:
                put(data, path, value)
        return data

    def name_of(self, path: str) -> str:
        """Return the field name for `path` in the change log."""
        return self.others.get(path) or self.column_of[path].name

    def is_held(self, record, path: str) -> bool:
        """Return whether a user set the value at `path`."""
        return self.name_of(path) in self.histories[record.pk].held

    def why_not(self, plan: Plan, path: str, *, is_known: bool) -> str:
        """Return why the feed's value at `path` is not applied; "" if it is. `is_known`: we have a value."""
        if self.is_held(plan.record, path):
            return BY_HAND
        history: FieldHistory = self.histories[plan.record.pk]
        is_created = bool(plan.link and plan.link.is_created)
        return history.why_not(self.feed, self.name_of(path), is_created=is_created, is_known=is_known)

    # Writing -------------------------------------------------------------------------------------

    def apply(self, plans: list[Plan]):
        """Write the plans of one batch in the caller's transaction and log the changes."""
        gone = [plan for plan in plans if plan.entry.is_gone and plan.link]
        known = [plan for plan in plans if plan.record is not None and not plan.problem and not plan.entry.is_gone]
        new = [plan for plan in plans if plan.is_new]
        if new:
            self.create(new)
            self._note_added(new)
        changed = [plan for plan in known if plan.changes or plan.prices]
        touched = [plan.record.pk for plan in [*changed, *gone] if plan.record]
        with logging_changes({self.model: touched}, run=self.run):
            for plan in changed:
                self.update(plan)
            self.end(gone)
        self.link([*new, *known])

    def create(self, plans: list[Plan]):
        """Create the records and their related rows in bulk; set `plan.record` and `plan.is_made`."""
        raise NotImplementedError

    def new_values(self, plan: Plan) -> dict:
        """Return the column values of a new record. Raises BrokenRecordError."""
        return {column.name: column.value_of(at(plan.data, column.path)) for column in self.columns}

    def update(self, plan: Plan):
        fields = set()
        for change in plan.changes:
            fields |= self.assign(plan, change.path, change.new)
        if fields:
            plan.record.save(update_fields=sorted(fields))
        self.after_update(plan)
        self.cite(plan)

    def assign(self, plan: Plan, path: str, value) -> set[str]:
        """Set the feed's value at `path`; return the names of the fields to save."""
        column = self.column_of[path]
        setattr(plan.record, column.name, column.value_of(value))
        return {column.name}

    def after_update(self, plan: Plan):
        """Write data that depends on the record."""

    def end(self, plans: list[Plan]):
        """Mark these records as removed from the feed."""
        ImportedRecord.objects.filter(pk__in=[plan.link.pk for plan in plans]).update(gone_on=self.day)

    def cite(self, plan: Plan):
        """Add the feed as evidence for each changed field."""
        for change in plan.changes:
            fact = {self.subject: plan.record, "source": self.source, "fact": self.name_of(change.path)}
            if change.new is MISSING:
                Evidence.objects.filter(**fact).delete()
            elif not self.is_cited_whole(plan):
                Evidence.objects.get_or_create(**fact, defaults={"confidence": Confidence.THIRD_PARTY})

    def is_cited_whole(self, plan: Plan) -> bool:
        """Return whether one evidence row covers the whole record."""
        return bool(plan.link and plan.link.is_created)

    def evidence(self, record, fact: str = "") -> Evidence:
        return Evidence(**{self.subject: record}, source=self.source, fact=fact, confidence=Confidence.THIRD_PARTY)

    def link(self, plans: list[Plan]):
        """Store the links between our records and the feed's, with the feed's data."""
        about = {"feed": self.feed, "kind": self.kind, "record_type": ContentType.objects.get_for_model(self.model)}
        made, changed = [], []
        for plan in plans:
            if plan.link is None:
                ours = {"record_id": plan.record.pk, "is_created": plan.is_made}
                made.append(ImportedRecord(**about, **ours, key=plan.entry.key, data=plan.data))
            elif (plan.link.data, plan.link.gone_on) != (plan.data, None):
                plan.link.data, plan.link.gone_on = plan.data, None
                changed.append(plan.link)
        ImportedRecord.objects.bulk_create(made, batch_size=BATCH)
        ImportedRecord.objects.bulk_update(changed, ["data", "gone_on"], batch_size=BATCH)

    def _note_added(self, plans):
        about = {"record_type": ContentType.objects.get_for_model(self.model), "action": Action.ADDED, "run": self.run}
        FieldChange.objects.bulk_create(
            (FieldChange(**about, record_id=plan.record.pk, record_name=str(plan.record)[:300]) for plan in plans),
            batch_size=BATCH,
        )
