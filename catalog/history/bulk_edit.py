"""Set one field of many records to a value: preview the counts, write in bulk, log, and revert as a batch.

The writes are short transactions, so that others can write in between. What is written is logged with it: if one is
interrupted, the batch can be reverted, and a repetition does the rest.
"""

import json
import uuid
from dataclasses import dataclass
from itertools import batched
from time import monotonic

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from catalog.history.audit_log import RECORDS, logging_changes, plain, read_value
from catalog.history.checking import withdraw_checks
from catalog.models import AIModel, FieldChange
from catalog.rules.choices import Existence
from catalog.rules.grouping import grouped
from ops.db.lock_timeout import let_others_write
from publishing.content.permissions import AnyUser
from publishing.content.publishable import Publishable, State

BATCH = 25  # records per transaction
EXAMPLES = 5


@dataclass(frozen=True)
class Outcome:
    """The records that would change, how many have the value, and refusals: reason, number of records, some of them."""

    pks: list[int]
    same: int
    refusals: list[tuple[str, int, list]]

    @property
    def count(self) -> int:
        return len(self.pks)


def count_changes(records: QuerySet, name: str, value: object) -> Outcome:
    """Return the `records` that would change, how many have the value already, and which are refused and why."""
    model, refused, refusals = records.model, Q(pk__in=[]), []
    records = model._base_manager.filter(pk__in=records.order_by().values("pk"))
    for reason, condition in _reasons(model, name, value):
        rows = records.filter(condition).exclude(refused)
        if count := rows.count():
            refusals.append((reason, count, list(rows[:EXAMPLES])))
        refused |= condition
    free = records.exclude(refused)
    has_it = Q(**{f"{name}__isnull": True}) if value is None else Q(**{name: value})
    pks = list(free.exclude(has_it).order_by("pk").values_list("pk", flat=True))
    return Outcome(pks, free.filter(has_it).count(), refusals)


def _reasons(model, name: str, value) -> list[tuple[str, Q]]:
    if not issubclass(model, Publishable):
        return []
    if name == "deleted_at":
        unaffected = Q(deleted_at=None) if value is None else Q(deleted_at__isnull=False)
        return [("not in the trash" if value is None else "already in the trash", unaffected)]
    reasons = [("in the trash; restore it first", Q(deleted_at__isnull=False))]
    if name == "state" and value == State.PUBLISHED:
        reasons.append(("no name", Q(name="") | Q(slug="")))
        if model is AIModel:
            unsaid = Q(existence=Existence.UNVERIFIED, notice="")
            reasons.append(("unverified, without a notice that says where the name was found", unsaid))
    return reasons


def change_all(model: type, pks: list[int], name: str, value: object, user: AnyUser) -> uuid.UUID:
    """Set the field of these records to the value and log it; return the batch id for reverting it."""
    batch, column = uuid.uuid4(), model._meta.get_field(name)
    since = monotonic()
    for batch_of_pks in batched(pks, BATCH):
        since = let_others_write(since)
        with transaction.atomic():
            rows = model._base_manager.select_for_update(of=("self",)).filter(pk__in=batch_of_pks).order_by("pk")
            changed = [row.pk for row in rows if getattr(row, column.attname) != value]
            with logging_changes({model: changed}, user=user, batch=batch):
                # The default manager also updates search, references and dates.
                model._default_manager.filter(pk__in=changed).update(**{column.attname: value})
    return batch


def revert_batch(batch: uuid.UUID, user: AnyUser) -> tuple[int, int]:
    """Revert a batch, except for values that changed again; return the numbers of reverted and skipped changes."""
    done, since = 0, monotonic()
    changes = FieldChange.objects.filter(batch=batch, taken_back_at=None).order_by("pk")
    rows = changes.values_list("pk", "record_type_id", "field", "old")
    groups = grouped(((type_id, name, json.dumps(old)), pk) for pk, type_id, name, old in rows)
    for (type_id, name, old), pks in groups.items():
        model = ContentType.objects.get_for_id(type_id).model_class()
        for batch_of_pks in batched(pks if model in RECORDS and name else [], BATCH):
            since = let_others_write(since)
            with transaction.atomic():
                done += _take_back(model, name, json.loads(old), batch_of_pks, user)
    return done, sum(map(len, groups.values())) - done


def _take_back(model, name: str, old, change_pks, user) -> int:
    column = model._meta.get_field(name)
    rows = FieldChange.objects.select_for_update(of=("self",)).filter(pk__in=change_pks, taken_back_at=None)
    changes = list(rows.order_by("pk"))
    now = model._base_manager.filter(pk__in=[change.record_id for change in changes])
    now = dict(now.values_list("pk", column.attname))
    done = [change for change in changes if change.record_id in now and plain(now[change.record_id]) == change.new]
    pks = [change.record_id for change in done]
    change_all(model, pks, name, read_value(model, name, old), user)
    if name == "checked_on":
        withdraw_checks(model, pks)
    FieldChange.objects.of(model, pks).filter(part="", field=name).release()
    marks = {"taken_back_at": timezone.now(), "taken_back_by": user}
    FieldChange.objects.filter(pk__in=[change.pk for change in done]).update(**marks)
    return len(done)
