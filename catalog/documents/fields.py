"""The fields of documents: each has its JSON schema and composes its value from rows."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

from django.db import models
from django.urls import NoReverseMatch
from django.utils.text import capfirst

from catalog.models import AIModel, Provider, Vendor
from catalog.rules import choices
from catalog.rules.constraints import LARGEST_NUMBER
from catalog.rules.facts import Fact
from catalog.rules.partial_dates import PartialDateField
from catalog.rules.status import Bound, EventKind, Status
from publishing.api.schemas import ADDRESS, DAY, ID, MOMENT, TEXT, an_object, or_null, ref, several
from publishing.content.publishable import Publishable
from publishing.richtext.portable import portable_html
from publishing.richtext.snippets import with_snippets

LONE_SURROGATE = re.compile("[\ud800-\udfff]")
# By the names in the published schema, which do not change when a class is renamed.
ENUMS = {
    "AliasKind": choices.AliasKind,
    "Bound": Bound,
    "Confidence": choices.Confidence,
    "EventKind": EventKind,
    "Existence": choices.Existence,
    "Kind": choices.ModelKind,
    "Level": choices.Level,
    "Listing": choices.Listing,
    "Meter": choices.Meter,
    "Openness": choices.Openness,
    "ProviderKind": choices.ProviderKind,
    "Status": Status,
    "Unit": choices.Unit,
}
ENUM_NAMES = {tuple(enum.values): name for name, enum in ENUMS.items()}


@dataclass
class LoadedRows:
    """The rows for the documents of some public records of one model, by key.

    `parts` is by table and owner column, then by owner; `references` has the public records that all rows refer to;
    `modalities` is by the code that offerings use.
    """

    records: dict[int, dict]
    parts: dict[tuple[type[models.Model], str], dict[int, list[dict]]] = field(default_factory=dict)
    references: dict[type[models.Model], dict[int, dict]] = field(default_factory=dict)
    modalities: dict[str, dict] = field(default_factory=dict)


@dataclass(frozen=True)
class Field:
    """If the value refers to a record, `refers_to` has its model and the column with its key."""

    schema: dict
    compose: Callable[[LoadedRows, dict], Any]
    refers_to: tuple[type[models.Model], str] | None = None
    part: "Part | None" = None

    def described(self, description: str) -> "Field":
        return replace(self, schema={**self.schema, "description": description})


Fields = dict[str, Field]


@dataclass(frozen=True)
class Part:
    """Rows of another table that are part of a document; `owner` is the column with the key of the row they are of."""

    table: type[models.Model]
    owner: str
    fields: Fields

    def of(self, rows: LoadedRows, row: dict) -> list[dict]:
        return rows.parts[self.table, self.owner].get(row["id"], [])


@dataclass(frozen=True)
class Form:
    """The form of a document, or of a part of one, with its name and description in the published schema."""

    name: str
    description: str
    fields: Fields

    @property
    def schema(self) -> dict:
        return an_object(self.description, {name: field.schema for name, field in self.fields.items()})

    def compose(self, rows: LoadedRows, row: dict) -> dict:
        return {name: field.compose(rows, row) for name, field in self.fields.items()}


def whole(number: int | None) -> int | None:
    return number if number is not None and -LARGEST_NUMBER <= number <= LARGEST_NUMBER else None


def decimal(value: Decimal | None) -> str | None:
    """Return the shortest text for the value, which is the same for every database."""
    return None if value is None else f"{value.normalize():f}"


def names_in(value: object) -> list[str] | None:
    """Return a list of names from a JSON column; None for anything else, and for text that UTF-8 cannot encode."""
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        return None
    return None if LONE_SURROGATE.search("".join(value)) else value  # a JSON column of SQLite can contain them


def _moment(value: datetime | None) -> str | None:
    return value and value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _same(value):
    return value


# The schema of a column, and the conversion of its values, are those of the first matching field class.
BY_COLUMN = (
    (PartialDateField, {"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"}, _same),
    (models.DateTimeField, MOMENT, _moment),
    (models.DateField, DAY, lambda day: day and day.isoformat()),
    (models.DecimalField, {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}, decimal),
    (models.BooleanField, {"type": "boolean"}, _same),
    (models.IntegerField, {"type": "integer", "minimum": 0, "maximum": LARGEST_NUMBER}, whole),
    (models.URLField, ADDRESS, _same),
    (models.CharField, TEXT, _same),
    (models.TextField, TEXT, _same),
)


def columns(model: type[models.Model], *names: str) -> Fields:
    """Return fields for columns whose value is always known."""
    return {name: _column(model, name) for name in names}


def nullable(model: type[models.Model], *names: str) -> Fields:
    """Return fields for columns that are null in documents if they are empty."""
    return {name: _null_if_empty(field) for name, field in columns(model, *names).items()}


def facts(model: type[models.Model], declared: tuple[Fact, ...]) -> Fields:
    """Return the fields of those facts that are values."""
    units = {fact.name: fact.unit for fact in declared if fact.is_value}
    fields = nullable(model, *units).items()
    return {
        name: field.described(f"In {units[name]}. {field.schema['description']}") if units[name] else field
        for name, field in fields
    }


def _column(model: type[models.Model], name: str) -> Field:
    column = cast(models.Field, model._meta.get_field(name))
    schema, convert = next((schema, convert) for kind, schema, convert in BY_COLUMN if isinstance(column, kind))
    if column.choices:
        schema = ref(ENUM_NAMES[tuple(value for value, _ in column.flatchoices)])
    described = (column.help_text or f"{capfirst(column.verbose_name)}.").replace("Empty: unknown", "Null: unknown")
    return Field({**schema, "description": described}, lambda rows, row: convert(row[name]))


def _null_if_empty(field: Field) -> Field:
    def compose(rows, row):
        value = field.compose(rows, row)
        return None if value == "" else value

    return Field(or_null(field.schema), compose)


def public_id(model: type[models.Model], row: dict) -> str:
    """Return the id of a record in the API and the feed."""
    return str(row["public_id" if model is AIModel else "id"])


def head(model: type[models.Model]) -> Fields:
    """Return the fields that all records with a page have."""
    path = or_null({**TEXT, "description": "Of its page on the site of which this is a copy."})
    return {
        **identifier(model),
        **columns(model, "slug", "name"),
        "path": Field(path, lambda rows, row: path_of(model, row["slug"])),
    }


def identifier(model: type[models.Model]) -> Fields:
    return {"id": Field(ID, lambda rows, row: public_id(model, row))}


def path_of(model: type[models.Model], slug: str) -> str | None:
    """Return None if the slug fits no URL, as may happen after a write by SQL: one such row must not stop the feed."""
    try:
        return cast(type[Publishable], model).address_of(slug)
    except NoReverseMatch:
        return None


def html(column: str) -> Field:
    schema = {"type": "string", "description": "HTML, without links."}
    return Field(schema, lambda rows, row: portable_html(with_snippets(row[column])))


def reference_field(model: type[models.Model], column: str, description: str) -> Field:
    """Return a field that refers to a public record by its id, slug and name; null if there is none."""
    schema = or_null({**reference_to(model), "description": description})
    return Field(schema, lambda rows, row: rows.references[model].get(row[column]), (model, column))


def reference_to(model: type[models.Model]) -> dict:
    return ref({Provider: "ProviderReference", Vendor: "VendorReference"}.get(model, "Reference"))


def tags(table: type[models.Model], model: type[models.Model], description: str) -> Field:
    """Return a field that lists public records, to which the rows of `table` refer, by name."""
    tag = reference_field(model, "tag_id", "")
    part = Part(table, "content_object_id", {"tag": tag})

    def compose(rows, row):
        references = (tag.compose(rows, link) for link in part.of(rows, row))
        return sorted(filter(None, references), key=lambda reference: (reference["name"], reference["slug"]))

    return Field(several(reference_to(model), description), compose, part=part)


def parts(table: type[models.Model], owner: str, form: Form, description: str, order: tuple[str, ...]) -> Field:
    """Return a field that lists the rows of `table` by the columns `order`, null last.

    These are unique within a record, so the order is the same in every database.
    """
    part = Part(table, owner, form.fields)

    def place(row):
        return [(row[column] is None, row[column]) for column in order]

    def compose(rows, row):
        return [form.compose(rows, part_row) for part_row in sorted(part.of(rows, row), key=place)]

    return Field(several(ref(form.name), description), compose, part=part)


def listed_modalities(column: str, description: str) -> Field:
    """Return the modalities that an offering lists; one that is not in the catalogue has only a name."""

    def compose(rows, row):
        names = names_in(row[column])
        if names is None:
            return None
        return [rows.modalities.get(name) or {"id": None, "slug": None, "name": name} for name in names]

    return Field(or_null(several(ref("ListedModality"), description)), compose)
