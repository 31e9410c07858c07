"""Set one field of many records to a value: preview the counts, write in bulk, log, and revert as a batch."""

import json
import uuid
from collections import defaultdict
from dataclasses import dataclass
from itertools import batched

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from catalog.history.audit_log import RECORDS, logging_changes, plain, read_value
from catalog.models import AIModel, FieldChange
from catalog.rules.choices import Existence
from publishing.content.permissions import AnyUser
from publishing.content.publishable import Publishable, State

BATCH = 500
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
        known = Q(deleted_at=None) if value is None else Q(deleted_at__isnull=False)
        return [("not in the trash" if value is None else "already in the trash", known)]
    found = [("in the trash; restore it first", Q(deleted_at__isnull=False))]
    if name == "state" and value == State.PUBLISHED:
        found.append(("no name", Q(name="") | Q(slug="")))
        if model is AIModel:
            unsaid = Q(existence=Existence.UNVERIFIED, notice="")
            found.append(("unverified, without a notice that says where the name was found", unsaid))
    return found


def change_all(model: type, pks: list[int], name: str, value: object, user: AnyUser) -> uuid.UUID:
    """Set the field of these records to the value and log it; return the batch id for reverting it."""
    batch, column = uuid.uuid4(), model._meta.get_field(name)
    with transaction.atomic():
        for some in batched(pks, BATCH):
            rows = model._base_manager.select_for_update(of=("self",)).filter(pk__in=some).order_by("pk")
            pks = [row.pk for row in rows if getattr(row, column.attname) != value]
            with logging_changes({model: pks}, user=user, batch=batch):
                # The default manager also updates search, references and dates.
                model._default_manager.filter(pk__in=pks).update(**{column.attname: value})
    return batch


def revert_batch(batch: uuid.UUID, user: AnyUser) -> tuple[int, int]:
    """Revert a batch, except for values that changed again; return the numbers of reverted and skipped changes."""
    done = 0
    with transaction.atomic():
        changes = FieldChange.objects.select_for_update(of=("self",)).filter(batch=batch, taken_back_at=None)
        groups = defaultdict(list)
        for change in changes.order_by("pk"):
            groups[change.record_type_id, change.field, json.dumps(change.old)].append(change)
        total = sum(map(len, groups.values()))
        for (type_id, name, old), group in groups.items():
            model = ContentType.objects.get_for_id(type_id).model_class()
            if model in RECORDS and name:
                done += _take_back(model, name, json.loads(old), group, user)
    return done, total - done


def _take_back(model, name: str, old, changes, user) -> int:
    column = model._meta.get_field(name)
    done = []
    for some in batched(changes, BATCH):
        pks = [change.record_id for change in some]
        now = dict(model._base_manager.filter(pk__in=pks).values_list("pk", column.attname))
        done += [change for change in some if change.record_id in now and plain(now[change.record_id]) == change.new]
    pks = [change.record_id for change in done]
    change_all(model, pks, name, read_value(model, name, old), user)
    for some in batched(done, BATCH):
        of_field = FieldChange.objects.of(model, [change.record_id for change in some]).filter(part="", field=name)
        of_field.release()
        marks = {"taken_back_at": timezone.now(), "taken_back_by": user}
        FieldChange.objects.filter(pk__in=[change.pk for change in some]).update(**marks)
    return len(done)
