"""Snapshots of what editors write, as JSON: the editable fields of a record, its tags, and the rows saved with it.

    {"fields": {"title": "…", "cover": 12}, "tags": {"topics": [3, 7]},
     "rows": {"author_links": [{"id": 5, "author": 2, "position": 1}]}}

Fields added to a model later are absent from older snapshots and stay unchanged when one is written; removed fields
are ignored. State and deletion are not part of the content. In a scheduled update, "known" holds the facts of the
mentioned records at its approval.
"""

from datetime import UTC, datetime
from typing import cast

from django.core.exceptions import ValidationError
from django.db import models
from taggit.managers import TaggableManager

from publishing.content.publishable import Publishable
from publishing.content.revised import Revised
from publishing.richtext.document import in_texts, without_fact_words


def fields_of(model: type[models.Model]) -> list[models.Field]:
    return [
        field
        for field in model._meta.concrete_fields
        if field.editable and not field.primary_key and field.name != "state"
    ]


def tag_fields_of(model: type[models.Model]) -> list[TaggableManager]:
    return [field for field in model._meta.many_to_many if isinstance(field, TaggableManager)]


def relations_of(model: type[Publishable]) -> list[models.ManyToOneRel]:
    opts = cast(type[Publishable], model._meta.concrete_model)._meta
    return [cast(models.ManyToOneRel, opts.get_field(name)) for name in cast(type[Revised], model).revised_rows]


def row_fields(relation: models.ManyToOneRel) -> list[models.Field]:
    fields = relation.related_model._meta.concrete_fields
    return [field for field in fields if not field.primary_key and field is not relation.field]


def read(record: Publishable) -> dict:
    """Return the content of a stored record. A query for each kind of tag and row."""
    tags, rows = {}, {}
    for field in tag_fields_of(type(record)):
        through = field.remote_field.through  # pyright: ignore[reportAttributeAccessIssue] set by taggit
        tag_links = through._base_manager.filter(content_object=record.pk).order_by("pk")
        tags[field.name] = list(tag_links.values_list("tag_id", flat=True))
    for relation in relations_of(type(record)):
        rows[relation.get_accessor_name()] = [
            {"id": row.pk} | {field.name: plain(field, row) for field in row_fields(relation)}
            for row in stored_rows(relation, record)
        ]
    return {"fields": read_fields(record), "tags": tags, "rows": rows}


def read_fields(record: models.Model) -> dict:
    return {field.name: plain(field, record) for field in fields_of(type(record))}


def stored_rows(relation, record) -> list:
    return list(relation.related_model._default_manager.filter(**{relation.field.attname: record.pk}))


def plain(field: models.Field, row: models.Model) -> str | int | list | None:
    """Return the value of a field for JSON: datetimes in UTC, records by key, line breaks normalised."""
    value = getattr(row, field.attname)
    if isinstance(value, str):
        return str(value).replace("\r\n", "\n")
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return field.value_to_string(row)


def same(snapshot: dict, other: dict) -> bool:
    """Return whether two snapshots of one kind of record are equal in the fields that both have."""
    return not different(snapshot, other)


def different(snapshot: dict, other: dict) -> list[tuple[str, str]]:
    """Return the parts in which two snapshots differ, as pairs of "fields", "tags" or "rows" and a name."""
    differences = []
    for part in ("fields", "tags", "rows"):
        mine, theirs = snapshot.get(part, {}), other.get(part, {})
        for name in mine:
            if name in theirs and _meaning(part, mine[name]) != _meaning(part, theirs[name]):
                differences.append((part, name))
    return differences


def _meaning(part: str, value):
    if part == "tags":
        return sorted(value)
    if part == "rows":
        return [{name: field for name, field in row.items() if name != "id"} for row in value]
    return in_texts(value, without_fact_words)


def current(model: type[Publishable], content: dict) -> dict:
    """Return `content` without fields, tags and rows that the model no longer has."""
    relations = {relation.get_accessor_name(): relation for relation in relations_of(model)}
    rows = _only(content.get("rows", {}), relations)
    return {
        "fields": _only(content.get("fields", {}), [field.name for field in fields_of(model)]),
        "tags": _only(content.get("tags", {}), [field.name for field in tag_fields_of(model)]),
        "rows": {
            name: [_only(row, ["id", *(field.name for field in row_fields(relations[name]))]) for row in stored]
            for name, stored in rows.items()
        },
    }


def _only(stored: dict, names) -> dict:
    return {name: stored[name] for name in names if name in stored}


def fill(record: models.Model, content: dict) -> None:
    """Set the fields of a record in memory to those of `content`, without saving."""
    _fill(record, fields_of(type(record)), content["fields"])


def _fill(row, fields, values: dict) -> bool:
    """Set those of `values` that can be set; return False if a required record is gone. Optional ones become None."""
    for field in fields:
        if field.name not in values:
            continue
        value = values[field.name]
        if field.is_relation:
            is_known = value in {None, getattr(row, field.attname)}
            if not is_known and not field.related_model._base_manager.filter(pk=value).exists():
                if not field.null:
                    return False
                value = None
        else:
            try:
                value = field.to_python(value)
            except ValidationError:
                continue  # a type that the field no longer accepts
        setattr(row, field.attname, value)
    return True


def write(record: Publishable, content: dict) -> None:
    """Save `record` with tags and rows, in a transaction that is to be rolled back if this raises ValidationError."""
    content = current(type(record), content)
    fill(record, content)
    record.full_clean(exclude=["last_changed_at"])  # set by save()
    record.save()
    for field in tag_fields_of(type(record)):
        if field.name in content["tags"]:
            tags = field.remote_field.model._base_manager.filter(pk__in=content["tags"][field.name])
            getattr(record, field.name).set(tags)
    for relation in relations_of(type(record)):
        if relation.get_accessor_name() in content["rows"]:
            _write_rows(relation, record, content["rows"][relation.get_accessor_name()])


def _write_rows(relation, record, wanted: list[dict]):
    """Leave rows that already match, and replace the others: no foreign key refers to these rows."""
    fields = row_fields(relation)
    present = {row: {field.name: plain(field, row) for field in fields} for row in stored_rows(relation, record)}
    missing = []
    for values in wanted:
        row = next((row for row in present if present[row].items() >= _values(values).items()), None)
        if row is None:
            missing.append(_values(values))
        else:
            del present[row]
    for row in present:
        row.delete()
    for values in missing:
        row = relation.related_model(**{relation.field.attname: record.pk})
        if _fill(row, fields, values):
            generated = [field for field in fields if not field.editable]
            for field in generated:
                same = type(row)._base_manager.filter(**{field.attname: getattr(row, field.attname)})
                if field.unique and same.exists():
                    setattr(row, field.attname, "")  # save() generates another
            try:
                row.full_clean(exclude=[*(field.name for field in generated), relation.field.name])
            except ValidationError as error:
                raise ValidationError(f"{row}: {' '.join(error.messages)}") from None
            row.save()


def _values(row: dict) -> dict:
    return {name: value for name, value in row.items() if name != "id"}
