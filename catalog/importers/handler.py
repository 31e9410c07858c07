"""Taking over one kind of record: comparing what a feed says with what is on record, and writing what may be written.

Each path of a feed's record is compared as the feed would write ours. Where ours says otherwise although the feed has
been followed (a date that is none, a value that was there before), the link keeps the feed's own value beside what ours
was then; once ours changes, that counts no more.
"""

from copy import deepcopy
from functools import cached_property

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from catalog.changes import look_at, take_note
from catalog.importers.columns import Column
from catalog.importers.entries import MISSING, BrokenRecordError, Difference, Entry, Plan, at, put, shown, without
from catalog.importers.ownership import History, histories
from catalog.models import Action, Evidence, FieldChange, ImportedRecord, ImportRun, Source
from catalog.rules.choices import Confidence

BATCH = 500
REST = "extra"


class Handler:
    """One kind of record of one feed. `run` is None where nothing is to be written."""

    kind: str
    model: type
    feed: str
    subject: str  # the field of Evidence
    columns: list[Column]
    # Where nothing is written: the keys of records of ours by kind and key, that writing would have linked before.
    to_be_linked: dict[tuple[str, str], int] = {}
    unmatched: dict[str, str] = {}  # why entries belong nowhere, by key
    other_paths: tuple[str, ...] = ()  # compared by `authored_others`, written by `assign_other`

    def __init__(self, day, source: Source | None = None, run: ImportRun | None = None):
        self.day, self.source, self.run = day, source, run
        self.today = timezone.localdate()

    # Planning ------------------------------------------------------------------------------------

    def plan(self, entries: list[Entry]) -> list[Plan]:
        """Return what is to be done with each entry. As many queries for many as for few."""
        keys = [entry.key for entry in entries]
        links = {link.key: link for link in self._links().filter(key__in=keys)}
        pks = {link.record_id for link in links.values()}
        records = {record.pk: record for record in self.records().filter(pk__in=pks)}
        found = self.find([entry for entry in entries if entry.key not in links])
        records |= {record.pk: record for record in found.values()}
        self.histories = histories(self.model, records)
        self.load(list(records.values()))
        plans = []
        for entry in entries:
            link = links.get(entry.key)
            record = records.get(link.record_id) if link else found.get(entry.key)
            plans.append(self._plan(entry, record, link))
        return plans

    def _links(self):
        return ImportedRecord.objects.filter(feed=self.feed, kind=self.kind)

    def records(self):
        """The records with all that comparing needs."""
        return self.model._base_manager.all()

    def find(self, entries: list[Entry]) -> dict[str, object]:
        """The records that are on record without a link, by the entries' keys."""
        return {}

    def known(self, entries: list[Entry]) -> dict[str, int]:
        """The keys of our records that these entries speak of, by the entries' keys."""
        links = dict(self._links().filter(key__in=[entry.key for entry in entries]).values_list("key", "record_id"))
        found = self.find([entry for entry in entries if entry.key not in links])
        return links | {key: record.pk for key, record in found.items()}

    def concerning(self, entries: list[Entry], models: set[int]) -> list[Entry]:
        """Those of the entries of which a fact of one of these models may follow. As many queries for many as for few.

        After `prepare`.
        """
        return entries

    def prepare(self):
        """Fetch what is needed once for a batch, whatever its records."""

    def load(self, records):
        """Fetch what else belongs to these records."""

    def _plan(self, entry: Entry, record, link) -> Plan:
        plan = Plan(entry, record, link)
        try:
            if not isinstance(entry.data, dict):
                raise BrokenRecordError("", f"{str(entry.data)[:50]!r} is no table.")
            if link is not None and record is None:
                plan.problem = "somebody deleted it here, so it is not made again"
                return plan
            if link is not None and link.is_merged:
                return plan
            self.check(entry)
            if record is None:
                for column in self.columns:
                    column.value_of(at(entry.data, column.path))
                return plan
            self.compare(plan)
        except BrokenRecordError as error:
            plan.problem = str(error)
        return plan

    def check(self, entry: Entry):
        """Raise BrokenRecordError where the entry cannot be taken over, whatever is on record."""

    def compare(self, plan: Plan):
        data, record = self.data_for(plan), plan.record
        ours = self.authored(record)
        for path, value in ours.items():
            theirs = at(data, path)
            if self.as_followed(plan.link, path, value) == theirs:
                continue
            if path in self.column_of:
                self.column_of[path].value_of(theirs)  # what cannot be read is refused before anything is written
            if self.is_same(path, value, theirs):
                plan.is_restated = True
                continue
            difference = Difference(path, value, theirs)
            reason = self.why_not(plan, path, value)
            if reason:
                plan.kept.append((difference, reason))
            else:
                plan.changes.append(difference)
        rest = self.rest_of(data)
        if rest != record.extra.get(self.feed, {}):
            plan.changes.append(Difference(REST, record.extra.get(self.feed, {}), rest))

    def is_same(self, path: str, ours, theirs) -> bool:
        """Whether two values that are not equal mean the same."""
        return False

    def data_for(self, plan: Plan) -> dict:
        """The entry's data in the shape in which it is compared."""
        return plan.entry.data

    @cached_property
    def column_of(self) -> dict[str, Column]:
        return {column.path: column for column in self.columns}

    def authored(self, record) -> dict:
        """What the feed would write for the record, by path."""
        return {column.path: column.authored(record) for column in self.columns} | self.authored_others(record)

    def authored_others(self, record) -> dict:
        return {}

    def whole(self, record, link) -> dict:
        """The record as the feed has it, but for what was changed here by hand."""
        found = deepcopy(record.extra.get(self.feed, {}))
        for path, ours in self.authored(record).items():
            value = self.as_followed(link, path, ours)
            if value is not MISSING:
                put(found, path, value)
        return found

    @staticmethod
    def as_followed(link, path: str, ours):
        """What the feed said last for `path`, if ours is still what it was then; else ours."""
        seen = link.authored.get(path) if link else None
        if seen and seen["ours"] == shown(ours):
            return seen.get("value", MISSING)
        return ours

    def name_of(self, path: str) -> str:
        """The field by which the log knows what stands at `path`."""
        column = self.column_of.get(path)
        return column.name if column else path

    def why_not(self, plan: Plan, path: str, ours) -> str:
        history: History = self.histories[plan.record.pk]
        is_created = bool(plan.link and plan.link.is_created)
        return history.why_not(self.feed, self.name_of(path), is_created=is_created, is_known=ours is not MISSING)

    def rest_of(self, data: dict) -> dict:
        return without(data, [column.path for column in self.columns] + list(self.other_paths))

    # Writing -------------------------------------------------------------------------------------

    def apply(self, plans: list[Plan]):
        """Write plans of one batch, in the caller's transaction, and take note of what changed."""
        known = [plan for plan in plans if plan.record is not None and not plan.problem]
        new = [plan for plan in plans if plan.is_new]
        if new:
            self.create(new)
            self._note_added(new)
        changed = [plan for plan in known if plan.changes or plan.prices]
        before = look_at(self.model, [plan.record.pk for plan in changed]) if changed else {}
        for plan in changed:
            self.update(plan)
        self.link(known, new)
        if changed:
            take_note(self.model, before, look_at(self.model, before), run=self.run)

    def create(self, plans: list[Plan]):
        """Make the records, and what belongs to them, in bulk; set `plan.record`."""
        raise NotImplementedError

    def new_values(self, entry: Entry) -> dict:
        """What the columns of a new record hold."""
        values = {column.name: column.value_of(at(entry.data, column.path)) for column in self.columns}
        return values | {"extra": {self.feed: self.rest_of(entry.data)}}

    def update(self, plan: Plan):
        data, fields = self.data_for(plan), set()
        for change in plan.changes:
            if change.path == REST:
                plan.record.extra = {**plan.record.extra, self.feed: change.new}
                fields.add("extra")
            elif change.path in self.column_of:
                column = self.column_of[change.path]
                setattr(plan.record, column.name, column.value_of(change.new))
                fields.add(column.name)
            else:
                fields |= self.assign_other(plan.record, change.path, change.new)
        if fields:
            plan.record.save(update_fields=sorted(fields))
        self.after_update(plan, data)
        self.cite(plan)

    def assign_other(self, record, path: str, value) -> set[str]:
        """Write what no plain column holds; return the names of the fields to save."""
        raise NotImplementedError(path)

    def after_update(self, plan: Plan, data: dict):
        """Write what follows from the record."""

    def cite(self, plan: Plan):
        """Let the feed vouch for what it changed, field by field."""
        for change in plan.changes:
            if change.path == REST:
                continue
            fact = {self.subject: plan.record, "source": self.source, "fact": self.name_of(change.path)}
            if change.new is MISSING:
                Evidence.objects.filter(**fact).delete()
            elif not self.is_cited_whole(plan):
                Evidence.objects.get_or_create(**fact, defaults={"confidence": Confidence.THIRD_PARTY})

    def is_cited_whole(self, plan: Plan) -> bool:
        """Whether one evidence speaks of the whole record."""
        return bool(plan.link and plan.link.is_created)

    def evidence(self, record, fact: str = "") -> Evidence:
        return Evidence(**{self.subject: record}, source=self.source, fact=fact, confidence=Confidence.THIRD_PARTY)

    def link(self, known: list[Plan], new: list[Plan]):
        """Remember which record of ours is which of the feed's, and where the two differ on purpose."""
        kind = ContentType.objects.get_for_model(self.model)
        made, changed = [], []
        for plan in [*new, *known]:
            if plan.link and not (plan.changes or plan.prices or plan.kept or plan.is_restated or plan.link.gone_on):
                continue
            link = plan.link or ImportedRecord(
                feed=self.feed, kind=self.kind, key=plan.entry.key, record_type=kind, record_id=plan.record.pk
            )
            authored = self.differing(plan)
            if plan.link is None:
                link.authored, link.is_created = authored, plan.is_made
                made.append(link)
            elif (link.authored, link.gone_on) != (authored, None):
                link.authored, link.gone_on = authored, None
                changed.append(link)
        ImportedRecord.objects.bulk_create(made, batch_size=BATCH)
        ImportedRecord.objects.bulk_update(changed, ["authored", "gone_on"], batch_size=BATCH)

    def differing(self, plan: Plan) -> dict:
        """What the feed writes otherwise than ours would, by path; not what a person decided otherwise."""
        data, by_hand = self.data_for(plan), {change.path for change, reason in plan.kept if reason == "set by hand"}
        found = {}
        for path, ours in self.authored(plan.record).items():
            theirs = at(data, path)
            if theirs != ours and path not in by_hand:
                found[path] = {"ours": shown(ours)} | ({} if theirs is MISSING else {"value": theirs})
        return found

    def _note_added(self, plans):
        kind = ContentType.objects.get_for_model(self.model)
        FieldChange.objects.bulk_create(
            [
                FieldChange(
                    record_type=kind,
                    record_id=plan.record.pk,
                    record_name=str(plan.record)[:300],
                    action=Action.ADDED,
                    run=self.run,
                )
                for plan in plans
            ],
            batch_size=BATCH,
        )
