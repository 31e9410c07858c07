"""Inlines that edit the rows in a record's draft, not those in the table."""

import math
from itertools import pairwise
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import BaseInlineFormSet

from publishing.admin.fields import FieldsMixin
from publishing.content.permissions import AnyUser, may_publish
from publishing.content.prose import Prose
from publishing.revisions.last_valid import REFUSED, with_last_valid
from publishing.revisions.snapshot import plain, relations_of, row_fields


class RowForm(forms.ModelForm):
    stored_keys: tuple = ()

    def validate_constraints(self):
        """Like Django's, but without conflicts with stored rows, which the draft replaces."""
        first_error: Any = None
        for key in (None, *self.stored_keys):
            self.instance.pk, self.instance._state.adding = key, key is None
            try:
                self.instance.validate_constraints(exclude=self._get_validation_exclusions())  # pyright: ignore[reportAttributeAccessIssue] private in Django
                break
            except ValidationError as error:
                first_error = first_error or error
        else:
            self._update_errors(first_error)  # pyright: ignore[reportAttributeAccessIssue] private in Django
        self.instance.pk, self.instance._state.adding = None, True


class RowFormSet(BaseInlineFormSet):
    """For a record with a draft, all rows come from the draft, as forms of unsaved rows."""

    model: type[Model]
    rows: list = []
    unseen: list = []  # rows that the user may not see, and that are kept

    def __init__(self, data=None, files=None, instance=None, **kwargs):
        self.draft = getattr(instance, "draft_content", None)
        if self.draft is not None:
            rows = self.draft["rows"].get(self.get_default_prefix(), [])
            self.rows = visible_rows(getattr(instance, "asker", None), self.model, rows)
            self.unseen = [row for row in rows if row not in self.rows]
            if data is None:
                kwargs["initial"] = self.rows
                self.extra += len(self.rows)
            stored = self.model._base_manager.filter(**{self.fk.attname: cast(Model, instance).pk})
            self.stored_keys = tuple(stored.values_list("pk", flat=True))
            kwargs["queryset"] = self.model._base_manager.none()
        super().__init__(data, files, instance, **kwargs)

    def initial_form_count(self):
        return super().initial_form_count() if self.draft is None else 0

    def _construct_form(self, i, **kwargs):
        form = super()._construct_form(i, **kwargs)  # pyright: ignore[reportAttributeAccessIssue] private in Django
        if self.draft is not None:
            form.stored_keys = self.stored_keys
        return form

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if self.draft is not None:
            # Only identifies the row of the draft.
            form.fields[self.model._meta.pk.name] = forms.CharField(required=False, widget=forms.HiddenInput)

    def content(self) -> list[dict]:
        """Return the rows as typed, for a revision; invalid fields keep their last valid values, and a row without one
        for each of them is left out."""
        relation = next(
            relation
            for relation in relations_of(type(self.instance))
            if relation.related_model is self.model and relation.field.name == self.fk.name
        )
        begun = {str(row.get("id")): row for row in self.rows}
        if not self.management_form.is_valid():
            return [*self.unseen, *begun.values()]
        forms = [form for form in self.forms if form.has_changed()]
        sent = []
        for form in forms:
            before = begun.get(str(form.cleaned_data.get(self.model._meta.pk.name) or ""), {})
            row = {"id": before.get("id")}
            for field in row_fields(relation):
                if field.name in form.fields:
                    row[field.name] = plain(field, form.instance) if field.name in form.cleaned_data else REFUSED
                elif field.name in before:
                    row[field.name] = before[field.name]
            sent.append(row)
        rows = [*self.unseen]
        for form, row, mended in zip(forms, sent, with_last_valid(sent, self.rows), strict=True):
            # Django's `deleted_forms` is empty if any row is invalid.
            if mended.keys() == row.keys() and not form.cleaned_data.get(DELETION_FIELD_NAME):
                rows.append(mended)
        rows.sort(key=lambda row: row.get("position") or math.inf)
        for before, row in pairwise(rows):
            if row.get("position") == 0 and before["position"]:
                row["position"] = before["position"] + 1  # a row without a number follows those with one
        return rows


class RowInline(FieldsMixin, admin.TabularInline):
    """Rows that are part of their record's revisions; its model lists them in `revised_rows`."""

    form = RowForm
    formset = RowFormSet
    extra = 0

    def get_queryset(self, request):
        """Leave out rows that refer to drafts which the user may not see; those cannot be edited either."""
        rows = super().get_queryset(request)
        for field in _fields_with_drafts(request.user, self.model):
            related = field.related_model
            seen = related._base_manager.filter(pk__in=related.objects.for_staff(request.user).values("pk"))
            rows = rows.filter(Q(**{field.name: None}) | Q(**{f"{field.name}__in": seen}))
        return rows


def visible_rows(user: AnyUser | None, model: type[Model], rows: list[dict]) -> list[dict]:
    """Return those rows of `model` in a revision that refer to no draft which `user` (None: the site) may not see."""
    for field in _fields_with_drafts(user, model) if user else ():
        keys = {row.get(field.name) for row in rows} - {None}
        seen = {None, *field.related_model.objects.for_staff(user).filter(pk__in=keys).values_list("pk", flat=True)}
        rows = [row for row in rows if row.get(field.name) in seen]
    return rows


def _fields_with_drafts(user, model) -> list:
    """Return the foreign keys of `model` to kinds of text of which `user` may not see all drafts."""
    related = [field for field in model._meta.concrete_fields if field.is_relation]
    return [
        field
        for field in related
        if issubclass(field.related_model, Prose) and not may_publish(user, field.related_model)
    ]
