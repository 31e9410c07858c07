"""Filters of lists. Invalid parameters are refused by name, so that clients do not unknowingly read the wrong list."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from ops.http.query_params import one_of
from publishing.content.publishable import Publishable
from publishing.content.redirect import Redirect

MOST_VALUES = 50
KEY = re.compile(r"[1-9][0-9]{0,17}")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SLUG = re.compile(r"[-a-zA-Z0-9_]{1,200}")
SLUG_SCHEMA = {"type": "string", "pattern": f"^{SLUG.pattern}$"}


@dataclass(frozen=True)
class ChoiceParameter:
    """Limits a list to rows whose `column` has any of the given values."""

    name: str
    column: str
    choices: dict[str, str]
    description: str

    @property
    def item_schema(self) -> dict:
        return {"type": "string", "enum": list(self.choices)}

    def narrowed(self, queryset: QuerySet, values: list[str], view: object) -> QuerySet:
        for value in values:
            one_of(value, self.name, self.choices)
        return queryset.filter(**{f"{self.column}__in": values})


@dataclass(frozen=True)
class RecordParameter:
    """Limits a list to rows related to the given published records by `through`, a lookup from the view's model."""

    name: str
    through: str
    of: type
    description: str
    item_schema = SLUG_SCHEMA

    def narrowed(self, queryset: QuerySet, values: list[str], view: Any) -> QuerySet:
        keys = slugs_by_key(self.of, values)
        # A subquery, so that a row with several related records is not repeated.
        linked = view.model._base_manager.filter(**{f"{self.through}__in": list(keys)})
        return queryset.filter(**{f"{view.key_field}__in": linked.order_by().values("pk")})


class ParameterFilters(BaseFilterBackend):
    """The DRF filter backend for the `filters` of a viewset."""

    def names(self, view: Any) -> set[str]:
        return {filter_.name for filter_ in view.filters}

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        for filter_ in view.filters:
            values = request.query_params.getlist(filter_.name)
            if values:
                queryset = checked(filter_.name, lambda f=filter_, q=queryset, v=values: f.narrowed(q, listed(v), view))
        return queryset

    def get_schema_operation_parameters(self, view: Any) -> list[dict]:
        return [several(filter_.name, filter_.description, filter_.item_schema) for filter_ in view.filters]


def slugs_by_key(model: type[Publishable], names: list[str]) -> dict[int, str]:
    """Return the slugs of the records that `rows_named` finds by primary key."""
    return dict(rows_named(model, names))


def rows_named(model: type[Publishable], names: list[str], *columns: str) -> list[tuple]:
    """Return the published records given in `names`, by slug, id or former slug, in this order and each once.

    Rows have key, slug and `columns`. Raises BadRequest for a name without a record. Queries like `found_by_name`.
    """
    if not all(SLUG.fullmatch(name) for name in names):
        raise BadRequest(f"This is not the slug or id of a {model._meta.verbose_name}.")
    row_by_name = found_by_name(model, names, *columns)
    for name in names:
        if name not in row_by_name:
            raise BadRequest(f"There is no {model._meta.verbose_name} “{name}”.")
    return list(dict.fromkeys(row_by_name[name] for name in names))


def found_by_name(model: type[Publishable], names: list[str], *columns: str) -> dict[str, tuple]:
    """Return the rows of `rows_named` by name, without names that have none. One query if all are slugs, else three."""
    names = [name for name in names if SLUG.fullmatch(name)]
    id_field, form = ("public_id", UUID) if hasattr(model, "public_id") else ("pk", KEY)
    columns = ("pk", "slug", *columns)
    records = model.objects.published().order_by()
    row_by_name = {row[1]: row for row in records.filter(slug__in=names).values_list(*columns)}
    if others := [name for name in names if name not in row_by_name]:
        ids = records.filter(**{f"{id_field}__in": [name for name in others if form.fullmatch(name)]})
        row_by_name |= {str(identifier): tuple(row) for identifier, *row in ids.values_list(id_field, *columns)}
        former = {model.address_of(name): name for name in others}
        lead = Redirect.objects.filter(path__in=former, target_type=ContentType.objects.get_for_model(model))
        moved = dict(lead.values_list("path", "target_id"))
        there = {row[0]: row for row in records.filter(pk__in=moved.values()).values_list(*columns)}
        row_by_name |= {former[path]: there[key] for path, key in moved.items() if key in there}
    return row_by_name


class UnknownParameter(ValidationError):
    problem_name = "unknown-parameter"


def refuse_unknown(request: Request, allowed: Iterable[str] = ()) -> None:
    """Raise UnknownParameter if the query has a parameter that is not in `allowed`."""
    unknown = sorted(request.query_params.keys() - set(allowed))
    if unknown:
        raise UnknownParameter({name[:100]: ["Unknown parameter."] for name in unknown[:20]})


def given_once(request: Request, name: str) -> str | None:
    """Return the query parameter `name`, None if missing. Raises ValidationError if it is given several times."""
    values = request.query_params.getlist(name)
    if len(values) > 1:
        raise ValidationError({name: ["This parameter can only be given once."]})
    return values[0] if values else None


def checked[T](name: str, read: Callable[[], T]) -> T:
    """Return the result of `read()`; its BadRequest becomes a 400 that names the parameter."""
    try:
        return read()
    except BadRequest as error:
        raise ValidationError({name: [str(error)]}) from error


def listed(texts: list[str]) -> list[str]:
    """Return the values of a list parameter, repeated or with commas, each once. Raises BadRequest for too many."""
    values = [value for text in texts for value in text.split(",")]
    if len(values) > MOST_VALUES:
        raise BadRequest(f"Enter at most {MOST_VALUES} values.")
    if any("\x00" in value for value in values):
        raise BadRequest("This contains an invalid character.")
    return list(dict.fromkeys(values))


def parameter(name: str, description: str, schema: dict) -> dict:
    """Return a query parameter for OpenAPI."""
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def several(name: str, description: str, item_schema: dict) -> dict:
    """Return a list parameter for OpenAPI; its values are alternatives."""
    schema = {"type": "array", "items": item_schema, "maxItems": MOST_VALUES}
    return {**parameter(name, f"{description} Matches any of the values.", schema), "style": "form", "explode": True}
