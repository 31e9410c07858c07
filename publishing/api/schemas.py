"""Building blocks of JSON schemas, which apps combine to describe their documents, and examples of these."""

from datetime import UTC
from pathlib import Path
from typing import Any, cast

import orjson
from django.db import models

from ops.http.urls import absolute
from publishing.content.publishable import Publishable

TEXT = {"type": "string"}
ADDRESS = {"type": "string", "format": "uri"}
DAY = {"type": "string", "format": "date"}
MOMENT = {"type": "string", "format": "date-time"}
ID = {"type": "string", "description": "Does not change when the slug changes."}
SLUG = {
    **TEXT,
    "description": "The last part of the page's address. If it changes, the old one redirects to the new one.",
}
HTML = {**TEXT, "description": "HTML for readers, with absolute links."}


def described(description: str, schema: dict) -> dict:
    return {**schema, "description": description}


def ref(name: str) -> dict:
    return {"$ref": f"#/components/schemas/{name}"}


def several(schema: dict, description: str) -> dict:
    return {"type": "array", "items": schema, "description": description}


def or_null(schema: dict) -> dict:
    """Return the schema of a value that may be null because it is unknown."""
    if "type" in schema:
        return {**schema, "type": [schema["type"], "null"]}
    annotations = {name: schema[name] for name in schema.keys() & {"description"}}
    return {
        "oneOf": [{name: schema[name] for name in schema.keys() - annotations.keys()}, {"type": "null"}],
        **annotations,
    }


def an_object(description: str, fields: dict, optional: dict | None = None) -> dict:
    properties = {**fields, **(optional or {})}
    return {"type": "object", "description": description, "required": [*fields], "properties": properties}


def short_reference(description: str) -> dict:
    """Return the schema of a short reference to a record with a page."""
    return an_object(description, {"slug": SLUG, "name": TEXT, "url": ADDRESS})


def named_value(record: Publishable) -> dict:
    """Return the value described by `short_reference`."""
    return {"slug": record.slug, "name": record.title_text, "url": absolute(record.get_absolute_url())}


TYPES = (
    (models.DateField, DAY),
    (models.BooleanField, {"type": "boolean"}),
    (models.IntegerField, {"type": "integer"}),
)


def column(model: type[models.Model], name: str) -> dict:
    """Return the schema of a column that is a text, choice, day, number or boolean, described by its help text."""
    field = cast(models.Field, model._meta.get_field(name))
    schema = described(str(field.help_text), next((schema for kind, schema in TYPES if isinstance(field, kind)), TEXT))
    schema |= {"enum": [value for value, _ in field.choices]} if field.choices else {}
    return or_null(schema) if field.null else schema


CHANGED_WORDS = "When the text, or a fact that it cites, last changed."
MOMENTS = {
    "published_at": MOMENT,
    "last_changed_at": MOMENT,
    "content_changed_at": described(CHANGED_WORDS, MOMENT),
    "facts_checked_on": or_null(described("When its facts were last checked against their sources.", DAY)),
}


def moments_of(text: Any) -> dict:
    """Return the values described by MOMENTS for a text on which `fetch_content_changed_at` was called."""
    moments = (text.first_published_at, text.last_changed_at, text.content_changed_at)
    written = [at.astimezone(UTC).isoformat().replace("+00:00", "Z") for at in moments]
    return dict(zip(MOMENTS, [*written, text.facts_checked_on], strict=True))


def examples_in(path: Path) -> dict:
    """Return the examples of responses in a file by name, with example.com replaced by the address of this site."""
    return orjson.loads(path.read_bytes().replace(b"https://example.com/", absolute("/").encode()))
