"""Describe the differences between two versions of a record for editors."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst

from publishing.content.dates import moment_in_words
from publishing.revisions.diff import marked, marked_plain
from publishing.revisions.snapshot import current, different, relations_of, row_fields, tag_fields_of
from publishing.richtext import RichTextField

NOTHING = "—"


@dataclass(frozen=True)
class FieldDiff:
    """A field or a group of rows: its name, and both versions as HTML with marked changes."""

    name: str
    one: str
    other: str


def differences(model, one: dict, other: dict) -> list[FieldDiff]:
    """Return the differences between two contents of records of `model`, in the order of its fields."""
    one, other = current(model, one), current(model, other)
    return [_difference(model, part, name, one[part][name], other[part][name]) for part, name in different(one, other)]


def _difference(model, part: str, name: str, one, other) -> FieldDiff:
    if part == "fields":
        field = model._meta.get_field(name)
        label = capfirst(field.verbose_name)
        if isinstance(field, RichTextField):
            return FieldDiff(label, *marked(one or "", other or ""))
        return FieldDiff(label, *marked_plain(_value_in_words(field, one), _value_in_words(field, other)))
    if part == "tags":
        field = next(field for field in tag_fields_of(model) if field.name == name)
        label, sides = capfirst(field.verbose_name), [_names(field.remote_field.model, keys) for keys in (one, other)]
    else:
        relation = next(relation for relation in relations_of(model) if relation.get_accessor_name() == name)
        label = capfirst(relation.related_model._meta.verbose_name)
        sides = [[_row_in_words(relation, row) for row in rows] for rows in (one, other)]
    return FieldDiff(label, *marked_plain(*("\n".join(lines) or NOTHING for lines in sides)))


def _value_in_words(field, value) -> str:
    if value in {None, ""}:
        return NOTHING
    if field.is_relation:
        return _names(field.related_model, [value])[0]
    if isinstance(field, models.BooleanField):
        return "Yes" if value else "No"
    try:
        value = field.to_python(value)
    except ValidationError:
        return str(value)  # of a type that the field no longer accepts
    if isinstance(field, models.DateTimeField):
        return moment_in_words(value)
    return str(dict(field.flatchoices).get(value, value))


def _names(model, keys) -> list[str]:
    found = model._base_manager.in_bulk(keys)
    return [str(found[key]) if key in found else "(no longer there)" for key in keys]


def _row_in_words(relation, row: dict) -> str:
    """Return the values of a row without its position, which the order of the list shows."""
    fields = [
        field for field in row_fields(relation) if field.editable and field.name in row and field.name != "position"
    ]
    return ": ".join(_value_in_words(field, row[field.name]) for field in fields)
