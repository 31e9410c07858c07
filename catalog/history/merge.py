"""Merge duplicate records into one."""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, OperationalError, models, transaction
from django.utils.text import Truncator, capfirst

from catalog.history.audit_log import RECORDS, logging_changes, tag_fields
from catalog.history.merge_rows import find_moves, keys_to, move_rows
from catalog.history.ownership import FieldHistory, histories
from catalog.models import AIModel, Alias, Evidence, Family, MergedRecord, Provider, Vendor
from publishing.content.permissions import AnyUser
from publishing.content.redirect import Redirect
from publishing.content.retarget_links import retarget_texts, texts_naming
from publishing.quality.impact import dry_run
from publishing.quality.staleness import Impact, Passage
from publishing.richtext import RichTextField
from publishing.richtext.reading import plain_text

MOST = 10
AT_ONCE = "Another user was changing the same records. Try again."
# Fields that belong to one record and are not compared.
OWN = {"id", "public_id", "slug", "state", "first_published_at", "last_changed_at", "deleted_at"}
EMPTY = (None, "")
LONGEST = 200

type Record = AIModel | Provider | Vendor | Family


class CannotMergeRecordsError(Exception):
    """The message gives the reason in a sentence for editors."""


class Preview(NamedTuple):
    """The effects of a merge: lost values (see `conflicts`), counts by table, affected texts and new names."""

    conflicts: list[tuple[str, str, list[str]]]
    moves: list[tuple]  # words, how many move, how many are there already
    texts: list
    names: list[str]


def preview(into: Record, others: Sequence[Record]) -> Preview:
    moves, texts = defaultdict(lambda: [0, 0]), []
    for other in others:
        for move in find_moves(other, into):
            moves[move.name][0] += len(move.free)
            moves[move.name][1] += len(move.equal_rows)
        texts += [row for rows in texts_naming(other).values() for row in rows]
    counts = [(name, *numbers) for name, numbers in moves.items() if any(numbers)]
    names = [other.name for other in others if other.name.lower() != into.name.lower()]
    return Preview(conflicts(into, others), counts, texts, names if isinstance(into, AIModel) else [])


def merge(model: type[Record], into_pk: int, other_pks: list[int], user: AnyUser) -> Record:
    """Merge the other records into one, delete them and return it. Raises CannotMergeRecordsError, without a change.

    Unknown values of the record that remains are those of the first of the others that has one.
    """
    try:
        with transaction.atomic():
            into, others = lock(model, into_pk, other_pks)
            _merge(into, others, user)
            return into
    except IntegrityError as error:
        raise CannotMergeRecordsError(f"The database rejected the change: {error}") from error
    except OperationalError as error:  # a deadlock or a lock timeout
        raise CannotMergeRecordsError(AT_ONCE) from error


def impact_of(model: type[Record], into_pk: int, other_pks: list[int], user: AnyUser) -> list[Passage]:
    """Return the passages of texts that `merge` would affect. Raises CannotMergeRecordsError like `merge`."""
    moved = dict.fromkeys(other_pks, into_pk) if model is AIModel else {}
    try:
        return dry_run(lambda: Impact(AIModel), lambda: merge(model, into_pk, other_pks, user), moved)
    except OperationalError as error:
        raise CannotMergeRecordsError(AT_ONCE) from error


def lock(model: type, into_pk: int, other_pks: list[int]) -> tuple:
    """Lock and return the records. Raises CannotMergeRecordsError."""
    if into_pk in other_pks:
        raise CannotMergeRecordsError("A record cannot be merged with itself.")
    others = [*dict.fromkeys(other_pks)]
    record_by_pk = records_to_merge(model._base_manager.select_for_update(of=("self",)), [into_pk, *others])
    if record_by_pk[into_pk].deleted_at:
        raise CannotMergeRecordsError(f"“{record_by_pk[into_pk]}” is in the trash. Restore it first.")
    return record_by_pk[into_pk], [record_by_pk[pk] for pk in others]


def records_to_merge(rows: models.QuerySet, pks: list[int]) -> dict[int, Record]:
    """Return those of `rows` with these keys, by key. Raises CannotMergeRecordsError."""
    if not 1 < len(pks) <= MOST:
        raise CannotMergeRecordsError(f"Select 2 to {MOST} records.")
    record_by_pk = rows.order_by("pk").in_bulk(pks)
    for pk in pks:
        if pk not in record_by_pk:
            merged = MergedRecord.objects.of(rows.model).filter(record_id=pk).first()
            problem = f"“{merged.name}” has already been merged into “{merged.into}”." if merged else ""
            raise CannotMergeRecordsError(problem or "One of these records no longer exists.")
    return record_by_pk


def _merge(into, others, user):
    model, names = type(into), {record.name for record in (into, *others)}
    facts = differing_facts(into, others)
    if model in (AIModel, Provider):
        drop_evidence_of_others(facts, [into, *others], "model" if model is AIModel else "provider")
    past = histories(model, [other.pk for other in others])
    moments = [record.first_published_at for record in (into, *others) if record.first_published_at]
    note_own = partial(logging_changes, {model: [into.pk]}, user=user)
    with logging_changes(_touched(into, others), user=user), note_own(is_moved=True):
        for other in others:
            _replace(other, into, user)
    model.objects.filter(pk=into.pk).update(first_published_at=min(moments, default=None))
    _write(into, facts, past, note_own)
    if model is AIModel:
        with note_own():
            for name in sorted(names):  # so that search still finds them
                if name.lower() != into.name.lower() and not Alias.objects.filter(text__iexact=name).exists():
                    Alias.objects.create(model=into, text=name)


def _replace(other, into, user):
    """Point everything that refers to `other` to `into`, then delete `other`."""
    retarget_texts(other, into)
    move_rows(other, into)
    MergedRecord.objects.create(
        record_type=ContentType.objects.get_for_model(into),
        record_id=other.pk,
        public_id=getattr(other, "public_id", None),
        name=other.name,
        slug=other.slug,
        into_id=into.pk,
        by=user,
    )
    address, was_public = other.get_absolute_url(), other.first_published_at
    # Fetched again, because the related rows of the old instance have moved.
    type(into)._base_manager.get(pk=other.pk).delete()
    if was_public:
        Redirect.objects.redirect(address, to=into)


def _touched(into, others) -> dict[type, set]:
    """Return the primary keys of all records that the merge may change, by model, without the one that remains."""
    pks = [record.pk for record in (into, *others)]
    touched = defaultdict(set)
    touched[type(into)].update(pks)
    for key in keys_to(type(into)):
        rows = key.model._base_manager.filter(**{f"{key.name}__in": pks})
        if key.model in RECORDS:
            touched[key.model].update(rows.values_list("pk", flat=True))
        for model, parts in RECORDS.items():
            if owner := parts.get(key.model):
                touched[model].update(rows.values_list(owner, flat=True))
            if any(getattr(model, name).through is key.model for name in tag_fields(model)):
                touched[model].update(rows.values_list("content_object", flat=True))
    touched[type(into)].discard(into.pk)
    return {model: keys - {None} for model, keys in touched.items()}


def _write(into, facts: dict, past: dict[int, FieldHistory], note_own):
    """Fill in the values that only the others had; those set by a user are still protected from imports."""
    filled = defaultdict(dict)
    for column, record in facts.items():
        if record is not into:
            is_held = record.pk in past and column.name in past[record.pk].held
            filled[is_held][column.attname] = getattr(record, column.attname)
    for is_held, columns in filled.items():
        with note_own(is_moved=not is_held):
            type(into).objects.filter(pk=into.pk).update(**columns)
    into.refresh_from_db()


def differing_facts(into, others) -> dict[models.Field, models.Model]:
    """Return the columns on which the records differ, each with the first record that has a value; `into` first."""
    records, chosen = [into, *others], {}
    for column in into._meta.concrete_fields:
        values = [_value(record, column, records) for record in records]
        if column.name not in OWN and len({repr(value) for value in values}) > 1:
            chosen[column] = next(record for record, value in zip(records, values, strict=True) if value not in EMPTY)
    return chosen


def _value(record, column, records):
    value = getattr(record, column.attname)
    is_one_of_them = column.is_relation and column.related_model is type(record)
    return None if is_one_of_them and value in {other.pk for other in records} else value


def conflicts(into: Record, others: Sequence[Record]) -> list[tuple[str, str, list[str]]]:
    """Return the facts of which values are lost, in words: the label, the value that is kept, the values that go."""
    losses = []
    for column, record in differing_facts(into, others).items():
        remaining = _as_text(record, column)
        lost = [_as_text(other, column) for other in others if getattr(other, column.attname) not in EMPTY]
        if lost := [other for other in dict.fromkeys(lost) if other != remaining]:
            losses.append((capfirst(column.verbose_name), remaining, lost))
    return losses


def _as_text(record, column) -> str:
    value = getattr(record, column.attname)
    if isinstance(column, RichTextField):
        return Truncator(plain_text(value)).chars(LONGEST)
    if column.is_relation:
        return str(getattr(record, column.name))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(getattr(record, f"get_{column.name}_display")() if column.choices else value)


def drop_evidence_of_others(facts: dict, records: list, subject: str) -> None:
    """Delete the evidence for values that are not kept."""
    for column, chosen in facts.items():
        value = repr(getattr(chosen, column.attname))
        wrong = [record.pk for record in records if repr(getattr(record, column.attname)) != value]
        Evidence.objects.filter(**{f"{subject}__in": wrong}, fact=column.name).delete()
