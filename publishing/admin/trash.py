"""The trash: records with a page are not deleted in the admin, but moved to the trash and restored from there."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR, ActionLocation
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import pluralize
from django.template.loader import render_to_string
from django.utils import timezone

from ops.http.query_params import key_in
from ops.http.urls import admin_url, change_url
from publishing.admin.confirmation import affected_records, confirmation
from publishing.admin.lists import OptionListFilter
from publishing.admin.redirect import TrashRedirectForm
from publishing.content.permissions import has_permission
from publishing.content.publishable import Publishable, PublishableQuerySet
from publishing.content.redirect import Redirect
from publishing.workflow.trash import purge_date

TEMPLATE = "admin/publishing/trash_confirmation.html"


class TrashFilter(OptionListFilter):
    title = parameter_name = "trash"
    ways = {"yes": ("In the trash", lambda records, user: records.trashed())}
    unchosen = ("Not in the trash", lambda records, user: records.not_trashed())


class TrashMixin(admin.ModelAdmin):
    """For a ModelAdmin of records with a page: deletion moves to the trash, and labels say so."""

    has_publish_permission: Callable[..., bool]  # by PublishableAdmin

    def render_change_form(self, request: HttpRequest, context: dict, obj: Any = None, **kwargs: Any) -> HttpResponse:
        in_trash = obj is not None and obj.deleted_at is not None
        context |= {"moves_to_trash": True, "may_restore": in_trash and self.has_publish_permission(request)}
        if obj is not None and in_trash:
            context["purge_date"] = purge_date(obj)
        return super().render_change_form(request, context, obj=obj, **kwargs)

    def save_model(self, request: HttpRequest, obj: Publishable, form: Any, change: bool) -> None:
        if "_restore" in request.POST and self.has_publish_permission(request):
            obj.deleted_at = None
        super().save_model(request, obj, form, change)

    def get_deleted_objects(self, objs: Iterable, request: HttpRequest) -> tuple[list, dict, set, list]:
        """Return only missing permissions: no other records are deleted, and none prevents it."""
        return [], {}, {self.opts.verbose_name for record in self._denied(request, objs)}, []

    def render_delete_form(self, request, context):
        # As stored: the form of a text shows its draft, whose address may be another one.
        record = self.model._base_manager.get(pk=context["object"].pk)
        return self._question(request, [record], back_url=change_url(record))

    def log_deletions(self, request, queryset: Iterable[Publishable]):
        for record in queryset:
            self.log_change(request, record, "Moved to the trash.")

    def delete_model(self, request: HttpRequest, obj: Publishable) -> None:
        self.delete_queryset(request, self.model.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        queryset.update(deleted_at=timezone.now())

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        """Like Django's; an address that readers know may lead elsewhere from now on."""
        record = self.model._base_manager.filter(pk=key_in(object_id)).first() if request.method == "POST" else None
        if record is None or not self.has_delete_permission(request, record):
            return super().delete_view(request, object_id, extra_context)
        forms = self._redirect_forms(request, [record], request.POST)
        if not all(form.is_valid() for form in forms.values()):
            return self._question(request, [record], forms, back_url=change_url(record))
        with transaction.atomic():
            response = super().delete_view(request, object_id, extra_context)
            self._redirect(request, forms)
        return response

    def response_delete(self, request, obj_display, obj_id):
        if IS_POPUP_VAR in request.POST:
            return super().response_delete(request, obj_display, obj_id)
        self._say_trashed(request, [obj_display])
        return self.response_post_save_change(request, None)

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        if request.method == "GET" and request.GET.get(str(TrashFilter.parameter_name)) == "yes":
            days = settings.TRASH_DAYS
            message = f"Records are deleted permanently after {days} day{pluralize(days)}, unless others refer to them."
            messages.info(request, message)
        return super().changelist_view(request, extra_context)

    def get_actions(self, request, action_location=ActionLocation.CHANGE_LIST):
        """Offer restoration in the trash, and all other actions elsewhere."""
        in_trash = request.GET.get(str(TrashFilter.parameter_name)) == "yes"
        actions = super().get_actions(request, action_location)
        return {name: action for name, action in actions.items() if (name == "restore") == in_trash}

    @admin.action(description="Move to trash", permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: PublishableQuerySet) -> HttpResponse | None:
        """Replaces Django's action of this name."""
        records = list(queryset.not_trashed())
        if "post" not in request.POST:
            return self._question(request, records)
        if self._denied(request, records):
            raise PermissionDenied
        forms = self._redirect_forms(request, records, request.POST)
        if not all(form.is_valid() for form in forms.values()):
            return self._question(request, records, forms)
        if records:
            with transaction.atomic():
                self.log_deletions(request, records)
                self.delete_queryset(request, queryset.not_trashed())
                self._redirect(request, forms)
            self._say_trashed(request, records)
        return None

    @admin.action(description="Restore", permissions=["publish"])
    def restore(self, request: HttpRequest, queryset: PublishableQuerySet) -> None:
        records = list(queryset.trashed())
        queryset.trashed().update(deleted_at=None)
        for record in records:
            self.log_change(request, record, "Restored from trash.")
        messages.success(request, f"Restored: {len(records)}.")

    def _denied(self, request, records) -> list:
        return [record for record in records if not self.has_delete_permission(request, record)]

    def _redirect_forms(self, request, records, data=None) -> dict[Publishable, TrashRedirectForm]:
        """Return a form by record that readers see, for users who may add redirects."""
        if not has_permission(request.user, "add", Redirect):
            return {}
        return {record: TrashRedirectForm(data, record, records) for record in records if record.is_public}

    def _redirect(self, request, forms):
        """Store the redirects that were filled in."""
        for record, form in forms.items():
            if form.has_changed():
                redirect = form.save()
                address = redirect.destination
                self.log_change(request, record, f"Redirected to {address}.")
                messages.info(request, f"{redirect.path} redirects to {address}.")

    def _question(self, request, records, forms=None, **context):
        forms = self._redirect_forms(request, records) if forms is None else forms
        lines = [(line, forms.get(line.record)) for line in affected_records(request.user, records)]
        denied, fields = self._denied(request, records), [form.add_prefix("new_path") for form in forms.values()]
        context |= {"lines": lines, "denied": denied, "days": settings.TRASH_DAYS, "words": "Move to trash"}
        return confirmation(self, request, TEMPLATE, "Move to trash?", without=[*fields, "post"], **context)

    def _say_trashed(self, request, records):
        context = {"records": records, "trash_url": f"{admin_url(self, 'changelist')}?{TrashFilter.parameter_name}=yes"}
        context["days"] = settings.TRASH_DAYS
        messages.success(request, render_to_string("admin/publishing/trashed.html", context))
