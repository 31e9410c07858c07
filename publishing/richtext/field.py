"""The field of a body in models and forms: cleaned and compiled on every write."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django import forms
from django.apps import apps
from django.core.exceptions import FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Case, Col, Value, When
from django.db.models.functions import Cast

from publishing.richtext.allowlist import check_length, clean, why_too_long
from publishing.richtext.document import without_fact_words


class RichTextFormField(forms.CharField):
    """A form field whose value is cleaned; the admin shows it in the editor (publishing.admin.richtext_widget)."""

    widget = forms.Textarea

    def clean(self, value: str | None) -> str:
        if isinstance(value, str):
            check_length(value)
            value = clean(value)  # first, so that a required text that is empty after cleaning is reported
            check_length(value)
        return super().clean(value)

    def has_changed(self, initial: str | None, data: str | None) -> bool:
        if why_too_long(data or ""):
            return True  # refused, so not worth the time to clean
        # The editor gets the cleaned text: a text stored under older rules is not a change. Neither is the value of a
        # fact, which is always today's in the editor.
        return super().has_changed(*(value and without_fact_words(clean(value)) for value in (initial, data)))


class RichTextField(models.TextField):
    """HTML of `publishing.richtext.allowlist`, edited in the rich text editor.

    save(), create(), update(), bulk_create(), bulk_update(), fixtures and forms all store the result of `clean`; after
    save() the instance has it too (after the bulk methods and update() only the row does). The rendered form is
    compiled into `publishing.CompiledText`. Expressions that compute the text in the database raise FieldError, since
    it could not be cleaned.
    """

    description = "Rich text"

    def pre_save(self, model_instance, add):
        value = getattr(model_instance, self.attname)
        if isinstance(value, str):
            value = clean(value)
            setattr(model_instance, self.attname, value)
        return value

    def get_db_prep_save(self, value: object, connection: BaseDatabaseWrapper) -> object:
        if hasattr(value, "as_sql"):
            if not _is_clean(value):
                raise FieldError(f"{self.name}: rich text cannot be computed in the database, it would not be cleaned.")
            return value
        prepared = super().get_db_prep_save(value, connection)
        if not isinstance(prepared, str):
            return prepared
        body = clean(prepared)
        apps.get_model("publishing.CompiledText").objects.store([body], connection.alias)
        return body

    def clean(self, value: str | None, model_instance: models.Model | None) -> str | None:
        value = super().clean(value, model_instance)
        if isinstance(value, str):
            value = clean(value)
            check_length(value)
        return value

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        return super().formfield(**{**kwargs, "form_class": RichTextFormField})

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "publishing.richtext.RichTextField", args, kwargs


class BlocksField(models.JSONField):
    """A list of JSON objects, some of whose values are rich texts, from which the record composes its body."""

    def texts(self, blocks: list) -> list[str]:
        """Return the rich texts in `blocks`."""
        raise NotImplementedError

    def as_html(self, blocks: list) -> str:
        """Return `blocks` as a body that names all values, for comparing versions."""
        raise NotImplementedError

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> object:
        if isinstance(value, list):
            apps.get_model("publishing.CompiledText").objects.store(self.texts(value), connection.alias)
        return super().get_db_prep_save(value, connection)


@cache
def blocks_fields(model: type[models.Model]) -> dict[str, BlocksField]:
    """Return the fields of `model` that hold blocks, by name."""
    return {field.name: field for field in model._meta.concrete_fields if isinstance(field, BlocksField)}


@cache
def rich_text_fields(model: type[models.Model]) -> frozenset[str]:
    """Return the names of the fields of `model` that hold rich text."""
    return frozenset(field.name for field in model._meta.concrete_fields if isinstance(field, RichTextField))


def tables_with_rich_text() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if not model._meta.proxy and rich_text_fields(model)]


def _is_clean(expression) -> bool:
    """Return whether an expression can only produce text that has been, or will be, cleaned by the field."""
    match expression:
        case Value():
            # bulk_update() wraps each text like this; Value passes it to its field's get_db_prep_save().
            return expression.value is None or isinstance(expression.output_field, RichTextField)
        case Case():
            return all(_is_clean(branch) for branch in expression.get_source_expressions())
        case When():
            return _is_clean(expression.result)
        case Cast():
            return all(_is_clean(source) for source in expression.get_source_expressions())
        case Col():
            return isinstance(expression.target, RichTextField)
    return False
