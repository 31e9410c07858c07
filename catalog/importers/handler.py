"""The base class for importing one kind of record: it compares the feed with the catalogue and writes what it may.

The link between the two stores the latest version of the feed's record whole, so that nothing of it is lost.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from django.utils import timezone

from catalog.history.audit_log import logging_changes
from catalog.history.ownership import BY_HAND, histories
from catalog.importers.columns import Column
from catalog.importers.entries import MISSING, BrokenRecordError, ImportedChange, Plan, SourceEntry, at
from catalog.models import Action, Evidence, FieldChange, ImportedRecord, ImportRun, Source
from catalog.rules.choices import Confidence, ImportFeed


class Handler:
    """Imports one kind of record from one feed. If `source` is None, no data is written.

    `to_be_linked`, shared by the handlers of a run, then maps (kind, key) to the records that writing would link.
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

    # Planning ------------------------------------------------------------------------------------

    def plan(self, entries: list[SourceEntry]) -> list[Plan]:
        """Return a plan for each entry. The number of queries does not depend on the number of entries."""
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

    def records(self) -> QuerySet[Any]:
        """Return a queryset of the records with the relations that comparing needs."""
        return self.model._base_manager.all()

    def find(self, entries: list[SourceEntry]) -> dict[str, Any]:
        """Return existing records without a link that match the entries, by the entries' keys."""
        return {}

    def concerns(self, plan: Plan, models: set[int]) -> bool:
        """Return whether the plan may affect a fact of one of these models."""
        return True

    def load(self, records: list[Any]) -> None:
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
                plan.problem = "deleted manually, so it is not created again"
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

    def check(self, entry: SourceEntry) -> None:
        """Raise BrokenRecordError if the entry cannot be imported, independent of existing records."""

    def compare(self, plan: Plan) -> None:
        history = self.histories[plan.record.pk]
        for column in self.columns_for(plan):
            theirs = at(plan.data, column.path)
            if column.is_same(plan.record, theirs):
                continue
            change = ImportedChange(column.path, column.ours(plan.record), theirs)
            reason = BY_HAND if column.is_held(history) else column.why_not(plan, history, self.feed)
            if not reason:
                plan.changes.append(change)
            elif reason == BY_HAND or plan.link is None or at(plan.link.data, column.path) != theirs:
                plan.kept.append((change, reason))

    def columns_for(self, plan: Plan) -> Iterable[Column]:
        """Return the columns that are compared."""
        return self.columns

    def data_for(self, plan: Plan) -> dict:
        """Return the entry's data in the shape in which it is compared and stored."""
        return plan.entry.data

    @cached_property
    def column_of(self) -> dict[str, Column]:
        return {column.path: column for column in self.columns}

    # Writing -------------------------------------------------------------------------------------

    def apply(self, plans: list[Plan]) -> None:
        """Write the plans of one batch in the caller's transaction and log the changes."""
        gone = [plan for plan in plans if plan.entry.is_gone and plan.link]
        known = [plan for plan in plans if plan.record is not None and not plan.problem and not plan.entry.is_gone]
        new = [plan for plan in plans if plan.outcome == "new"]
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

    def create(self, plans: list[Plan]) -> None:
        """Create the records and their related rows in bulk; set `plan.record` and `plan.is_made`."""
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
        """Add the feed as evidence for each changed field."""
        is_cited_whole = plan.link and plan.link.is_created and not self.is_cited_by_fact
        for change in plan.changes:
            fact = {self.kind: plan.record, "source": self.source, "fact": self.column_of[change.path].name}
            if change.new is MISSING:
                Evidence.objects.filter(**fact).delete()
            elif not is_cited_whole:
                Evidence.objects.get_or_create(**fact, defaults={"confidence": Confidence.THIRD_PARTY})

    def evidence(self, fact: str = "", **subject: Any) -> Evidence:
        """Return an unsaved row that names the feed as the source of a record or of one fact of it."""
        return Evidence(**subject, source=self.source, fact=fact, confidence=Confidence.THIRD_PARTY)

    def link(self, plans: list[Plan]) -> None:
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
        ImportedRecord.objects.bulk_create(made)
        ImportedRecord.objects.bulk_update(changed, ["data", "gone_on"])

    def _note_added(self, plans):
        about = {"record_type": ContentType.objects.get_for_model(self.model), "action": Action.ADDED, "run": self.run}
        FieldChange.objects.bulk_create(
            FieldChange(**about, record_id=plan.record.pk, record_name=str(plan.record)[:300]) for plan in plans
        )
