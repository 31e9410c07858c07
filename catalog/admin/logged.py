"""Logging for the admin of the catalogue: each change with its user, old value and new value."""

from collections import defaultdict
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from catalog.history.audit_log import log_changes, logging_changes, take_snapshot
from catalog.history.checking import mark_checked, withdraw_checks


class LoggedMixin(admin.ModelAdmin):
    """Compares the records of a page before and after saving or deleting."""

    def logged_records(self, obj: models.Model) -> dict[type, set[int | None]]:
        """Return the records that saving `obj` may change, by model."""
        return {type(obj): {obj.pk}}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        stored = type(obj)._base_manager.filter(pk=obj.pk) if obj.pk else ()
        obj.looks = {model: take_snapshot(model, pks) for model, pks in self._logged([obj, *stored]).items()}
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        before, now = form.instance.looks, self._logged([form.instance])
        for model in before.keys() | now.keys():
            looks = before.get(model, {})
            log_changes(model, looks, take_snapshot(model, {*looks, *now.get(model, ())}), user=request.user)
        if "checked_on" in form.changed_data:
            of_record, day = (type(form.instance), [form.instance.pk]), form.cleaned_data["checked_on"]
            mark_checked(*of_record, day, request.user) if day else withdraw_checks(*of_record)

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        self.delete_queryset(request, type(obj)._base_manager.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        with logging_changes(self._logged(queryset), user=request.user):
            super().delete_queryset(request, queryset)

    def _logged(self, objects) -> dict[type, set[int]]:
        pks_by_model = defaultdict(set)
        for obj in objects:
            for model, pks in self.logged_records(obj).items():
                pks_by_model[model] |= pks - {None}
        return pks_by_model
