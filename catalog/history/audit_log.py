"""The change log of the catalogue: recording changes and reverting them.

Records are compared before and after a change. Their values are compared as plain JSON, together with the rows that
belong to them (prices, events, aliases), so every way of writing a value is logged.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model, ProtectedError
from django.utils import timezone
from taggit.managers import TaggableManager

from catalog import models
from catalog.history.checking import UNCHECKED
from catalog.models import Action, AIModel, Evidence, FieldChange, ImportRun, MergedRecord, Offering
from publishing.content.permissions import AnyUser

# The record types of the catalogue, each with the tables of its parts and their foreign key to it.
OF_MODEL = (models.Alias, models.LifecycleEvent, models.BenchmarkResult, models.Weights)
RECORDS = {
    AIModel: dict.fromkeys(OF_MODEL, "model"),
    Offering: {models.Price: "offering", models.LifecycleEvent: "offering"},
    **{model: {} for model in (models.Provider, models.Vendor, models.Modality, models.Family)},
}
PARTS = {part._meta.model_name: part for parts in RECORDS.values() for part in parts}
# Derived fields and fields that only imports write.
NOT_LOGGED = {"id", "public_id", "first_published_at", "last_changed_at", "not_inherited"}


class CannotRevertError(Exception):
    """The message gives the reason in a sentence for editors."""


@dataclass
class RecordSnapshot:
    """A snapshot of a record. `parts` maps (table, primary key) to the values of a row that belongs to it."""

    name: str
    values: dict
    parts: dict = field(default_factory=dict)


def plain(value: object) -> Any:
    """Return the value of a column in a form that JSON can hold."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"  # one of the databases pads with zeros
    return str(value) if isinstance(value, date | UUID) else value


def values_of(row, but: str = "") -> dict:
    """Return the values of a row by field: foreign keys and tags as primary keys, dates and decimals as text."""
    value_by_field = {
        column.name: plain(column.value_from_object(row))
        for column in row._meta.concrete_fields
        if column.name not in NOT_LOGGED and column.name != but
    }
    return value_by_field | {name: [tag.pk for tag in getattr(row, name).all()] for name in tag_fields(type(row))}


def tag_fields(model: type[Model]) -> list[str]:
    return [manager.name for manager in model._meta.many_to_many if isinstance(manager, TaggableManager)]


def take_snapshot(model: type[Model], pks: Iterable[int]) -> dict[int, RecordSnapshot]:
    """Return snapshots of the records with these keys; missing records are left out. One query per table."""
    pks = list(pks)
    rows = model._base_manager.filter(pk__in=pks).prefetch_related(*tag_fields(model))
    if model is Offering:
        rows = rows.select_related("provider")  # part of its name
    snapshot_by_pk = {row.pk: RecordSnapshot(str(row)[:300], values_of(row)) for row in rows}
    for part, owner in RECORDS[model].items():
        for row in part._base_manager.filter(**{f"{owner}__in": pks}):
            key = (part._meta.model_name, row.pk)
            snapshot_by_pk[getattr(row, f"{owner}_id")].parts[key] = values_of(row, but=owner)
    return snapshot_by_pk


def log_changes(
    model: type[Model],
    before: dict[int, RecordSnapshot],
    after: dict[int, RecordSnapshot],
    *,
    user: AnyUser | None = None,
    run: ImportRun | None = None,
    batch: UUID | None = None,
    holds: bool | None = None,
    is_moved: bool = False,
) -> None:
    """Log the differences as made by a user or an import; those with the same `batch` can be reverted together.

    Imports no longer overwrite a value that a user set; its evidence from imports is removed, and former checks are
    withdrawn. If a user accepts the value of an import, `holds` tells whether later imports may not overwrite it, or
    may even unasked. Values that a user moved here with their evidence (`is_moved`) are as free as they were.
    """
    rows, kind, is_by_hand = [], ContentType.objects.get_for_model(model), run is None and not is_moved
    for pk in dict.fromkeys([*before, *after]):
        for row in _differences(before.get(pk), after.get(pk)):
            row.record_type, row.record_id, row.user, row.run, row.batch = kind, pk, user, run, batch
            row.holds, row.is_open = is_by_hand if holds is None else holds, holds is False
            rows.append(row)
    FieldChange.objects.bulk_create(rows, batch_size=1000)
    if is_by_hand:
        _withdraw_evidence(model, rows)


@contextmanager
def logging_changes(pks: Mapping[type, Collection[int]], **who: Any) -> Iterator[None]:
    """Log what the block changes in the records with these keys (see `log_changes`); it may add keys of new ones."""
    before = {model: take_snapshot(model, of_model) for model, of_model in pks.items()}
    yield
    for model, looks in before.items():
        log_changes(model, looks, take_snapshot(model, pks[model]), **who)


def _differences(before: RecordSnapshot | None, after: RecordSnapshot | None) -> list[FieldChange]:
    name = cast(RecordSnapshot, after or before).name
    if before is None or after is None:
        action = Action.ADDED if before is None else Action.DELETED
        return [FieldChange(record_name=name, action=action, old=_whole(before), new=_whole(after))]
    rows, record = [], ("", None)
    was, now = {record: before.values, **before.parts}, {record: after.values, **after.parts}
    for key in dict.fromkeys([*was, *now]):
        old, new, about = was.get(key), now.get(key), {"record_name": name, "part": key[0], "part_id": key[1]}
        if old is None or new is None:
            action = Action.ADDED if old is None else Action.DELETED
            rows.append(FieldChange(**about, action=action, old=old, new=new))
        else:
            changed = [column for column in new if old[column] != new[column]]
            rows += [FieldChange(**about, field=column, old=old[column], new=new[column]) for column in changed]
    return rows


def _whole(look: RecordSnapshot | None) -> dict | None:
    if look is None:
        return None
    parts = [{"part": part, "part_id": pk, "values": values} for (part, pk), values in look.parts.items()]
    return {"values": look.values, "parts": parts}


def _withdraw_evidence(model, rows: list[FieldChange]):
    """Delete evidence from imports for values that a user replaced, and take the checks of the former values back."""
    by_imports = Evidence.objects.exclude(source__feed="")
    checked = Evidence.objects.filter(checked_on__lt=timezone.localdate())
    prices = {row.part_id for row in rows if row.part == "price" and row.action == Action.CHANGED}
    if prices:
        by_imports.filter(price__in=prices).delete()
        checked.filter(price__in=prices).update(**UNCHECKED)
    facts = defaultdict(set)
    for row in rows if model is AIModel else ():
        if row.field and not row.part:
            facts[row.field].add(row.record_id)
    for fact, records in facts.items():
        by_imports.filter(model__in=records, fact=fact).delete()
        checked.filter(model__in=records, fact=fact).update(**UNCHECKED)


def revert_change(change: FieldChange, user: AnyUser) -> None:
    """Revert a change unless the value changed again later. Raises CannotRevertError with the reason.

    Later imports may write the field again if the change was a user's, and may not if it was an import's.
    """
    model = change.record_type.model_class()
    if model not in RECORDS:
        raise CannotRevertError("This kind of record no longer exists.")
    try:
        with transaction.atomic():
            locked = FieldChange.objects.select_for_update().get(pk=change.pk)
            if locked.taken_back_at:
                raise CannotRevertError("It has already been undone.")
            with logging_changes({model: [change.record_id]}, user=user):
                _undo(model, locked)
            if locked.run_id is None:  # a user's change: release the field for imports
                of_field = FieldChange.objects.of(model, [locked.record_id]).filter(field=locked.field)
                of_field.filter(part=locked.part, part_id=locked.part_id).release()
            locked.holds, locked.taken_back_at, locked.taken_back_by = False, timezone.now(), user
            locked.save(update_fields=["holds", "taken_back_at", "taken_back_by"])
    except (IntegrityError, ValidationError, ProtectedError) as error:
        raise CannotRevertError(f"The database rejected the change: {error}") from error


def _undo(model, change: FieldChange):
    table, pk = (PARTS[change.part], change.part_id) if change.part else (model, change.record_id)
    owner = RECORDS[model].get(table)
    row = table._base_manager.filter(pk=pk).first()
    if merged := MergedRecord.objects.of(model).filter(record_id=change.record_id).first():
        raise CannotRevertError(f"“{merged.name}” was merged into “{merged.into}”, which now has its data.")
    if change.action == Action.DELETED:
        if row is not None:
            raise CannotRevertError("The record already exists again.")
        _restore(table, pk, change.old if change.part else change.old["values"], {owner: change.record_id})
        for part in () if change.part else change.old["parts"]:
            part_table = PARTS[part["part"]]
            _restore(part_table, part["part_id"], part["values"], {RECORDS[model][part_table]: pk})
        return
    if row is None:
        raise CannotRevertError("The record no longer exists.")
    if change.action == Action.ADDED:
        if _was_changed_since(model, row, change, owner):
            raise CannotRevertError("The record has changed since it was added. Delete it manually if needed.")
        row.delete()
        return
    if values_of(row)[change.field] != change.new:
        raise CannotRevertError("The field has changed again since. Undo the later change first.")
    _set(row, change.field, change.old)


def _was_changed_since(model, row, change: FieldChange, owner) -> bool:
    if change.new is None:  # imports do not log the values of records that they create
        return FieldChange.objects.of(model, [change.record_id]).by_hand().exists()
    return values_of(row, but=owner or "") != (change.new if change.part else change.new["values"])


def _restore(table, pk: int, values: dict, owner: dict):
    """Recreate a row under its old primary key; `owner` maps its foreign key to the key of the record."""
    tags = {name: values[name] for name in tag_fields(table) if name in values}
    owners = {f"{name}_id": value for name, value in owner.items() if name}
    row = table(pk=pk, **owners)
    for name in values.keys() - tags.keys():
        _assign(row, name, values[name])
    row.save(force_insert=True)
    for name, pks in tags.items():
        _set(row, name, pks)


def _set(row, name: str, value):
    if name in tag_fields(type(row)):
        tags = getattr(row, name)
        tags.set(tags.through.tag_model()._base_manager.filter(pk__in=value))
    else:
        _assign(row, name, value)
        row.save(update_fields=[name])


def _assign(row, name: str, value):
    setattr(row, row._meta.get_field(name).attname, read_value(type(row), name, value))


def read_value(table: type, name: str, value: object) -> Any:
    """Return a value of the log in the type of its column."""
    return table._meta.get_field(name).to_python(value)
