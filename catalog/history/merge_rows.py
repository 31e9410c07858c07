"""Repoint rows from one record to another. All tables are found through their foreign keys."""

from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.db import models

from catalog.models import AIModel, ImportedRecord, LifecycleEvent, MergedRecord, Offering
from publishing.content.redirect import Redirect

EMPTY = (None, "", [], {})


@dataclass
class Move:
    """Rows that refer to a record by a foreign key; `equal_rows` maps keys to equal rows that the other record has."""

    key: models.ForeignKey
    rows: list
    equal_rows: dict = field(default_factory=dict)
    loops: list = field(default_factory=list)  # rows that would refer to themselves

    @property
    def free(self) -> list:
        return [row for row in self.rows if row.pk not in self.equal_rows and row not in self.loops]

    @property
    def name(self) -> str:
        meta = self.key.model._meta
        counted = str(meta.verbose_name if len(self.rows) == 1 else meta.verbose_name_plural)
        is_choice = self.key.remote_field.on_delete is models.SET_NULL
        return f"{counted}, by “{self.key.verbose_name}”" if is_choice else counted


def keys_to(model: type[models.Model]) -> list[models.ForeignKey]:
    """Return all foreign keys of the project to `model`, including those of many-to-many tables."""
    relations = model._meta.get_fields(include_hidden=True)
    return [relation.field for relation in relations if isinstance(relation, models.ManyToOneRel)]


def find_moves(old: models.Model, new: models.Model) -> list[Move]:
    """Return the rows that refer to `old`, by foreign key, compared with those of `new`. Two queries per table."""
    moves = []
    for key in keys_to(type(old)):
        table = key.model._base_manager
        rows = list(table.filter(**{key.name: old}).order_by("pk"))
        if not rows:
            continue
        move, there = Move(key, rows), {}
        for row in table.filter(**{key.name: new}).order_by("pk"):
            there |= dict.fromkeys(_identities(row, key), row)
        for row in rows:
            if isinstance(row, type(new)) and row.pk == new.pk:
                move.loops.append(row)
            elif equal_row := next((there[identity] for identity in _identities(row, key) if identity in there), None):
                move.equal_rows[row.pk] = equal_row
        moves.append(move)
    return moves


def _identities(row, key) -> list[tuple]:
    """Return the values by which two rows of one record count as equal: each unique constraint, then all columns."""
    groups = [
        constraint.fields
        for constraint in row._meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and key.name in constraint.fields
    ]
    groups += [(key.name,)] if key.unique else []
    groups.append([column.name for column in row._meta.concrete_fields if not column.primary_key])
    identities = []
    for group in groups:
        values = [getattr(row, row._meta.get_field(name).attname) for name in group if name != key.name]
        if None not in values or group is groups[-1]:
            identities.append((*group, repr(values)))
    return identities


def move_rows(old: models.Model, new: models.Model) -> None:
    """Repoint all rows from `old` to `new`. A row that `new` already has takes over values that it lacks."""
    for move in find_moves(old, new):
        name = move.key.name
        for row in move.loops:
            _update(move.key.model, [row.pk], **{name: None})
        for row in move.rows:
            if row.pk in move.equal_rows:
                absorb(row, move.equal_rows[row.pk])
        if move.free:
            _update(move.key.model, [row.pk for row in move.free], **{name: new})
    if isinstance(new, AIModel):  # the event itself remains
        LifecycleEvent.objects.filter(model=new, replaced_by=new).update(replaced_by=None)
    lead_here(old, new)


def _update(table, pks, **changes):
    # The default manager also updates search and references, and includes hidden rows.
    table._default_manager.filter(pk__in=pks).update(**changes)


def absorb(row, equal_row):
    """Delete `row` in favour of `equal_row`, which takes over its missing values and all rows that belong to `row`."""
    move_rows(row, equal_row)
    row.delete()
    if isinstance(equal_row, Offering):  # only offerings have optional values to fill in
        value_by_column = {column.attname: getattr(row, column.attname) for column in row._meta.concrete_fields}
        lacking = {name: value for name, value in value_by_column.items() if value not in EMPTY}
        lacking = {name: value for name, value in lacking.items() if getattr(equal_row, name) in EMPTY}
        if lacking:
            _update(Offering, [equal_row.pk], **lacking)


def lead_here(old, new):
    """Repoint redirects, earlier merges and the links of imports."""
    kind = ContentType.objects.get_for_model(old)
    Redirect.objects.filter(target_type=kind, target_id=old.pk).update(target_id=new.pk)
    MergedRecord.objects.filter(record_type=kind, into_id=old.pk).update(into_id=new.pk)
    links = ImportedRecord.objects.filter(record_type=kind)
    followed = links.filter(record_id=new.pk, is_merged=False).values_list("feed", flat=True)
    # If a feed has both records, imports follow the first one; the link of the other leads here too.
    links.filter(record_id=old.pk, feed__in=list(followed)).update(is_merged=True, is_created=False, record_id=new.pk)
    links.filter(record_id=old.pk).update(record_id=new.pk, is_created=False)
