"""The button and the action that make a copy of a text."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.template.loader import render_to_string

from publishing.addresses import change_url
from publishing.admin.rows import rows_seen_by
from publishing.admin.sittings import made_in, new_sitting, one_at_a_time, part_of, sitting_of
from publishing.admin_pages import admin_page, admin_url
from publishing.revisions.acts import latest_content
from publishing.revisions.content import read, relations_of
from publishing.revisions.copying import duplicate

MOST_AT_ONCE = 20


class ActionFormOnce(ActionForm):
    sitting = forms.CharField(required=False, initial=new_sitting, label="", widget=forms.HiddenInput)


class DuplicatingMixin:
    """For the ModelAdmin of texts; the names of authors and topics stand once."""

    action_form = ActionFormOnce

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and self.has_duplicate_permission(request, obj):
            context |= {"duplicate_url": admin_url(self, "duplicate", obj.pk), "duplicate_sitting": new_sitting()}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def has_duplicate_permission(self, request, record) -> bool:
        may_copy = self.has_add_permission(request) and self.has_view_permission(request, record)
        return may_copy and record.deleted_at is None

    @admin_page("<path:object_id>/duplicate/", "duplicate", "POST", permission="duplicate")
    def duplicate_view(self, request, record):
        copy = self._duplicate(request, record)
        return HttpResponseRedirect(change_url(copy or record))

    @admin.action(description="Duplicate", permissions=["add"])
    def duplicate_selected(self, request, queryset):
        for record in queryset.kept().for_staff(request.user)[:MOST_AT_ONCE]:
            self._duplicate(request, record)
        if queryset.count() > MOST_AT_ONCE:
            messages.warning(request, f"{MOST_AT_ONCE} at once are copied at most; the others were left.")

    def _duplicate(self, request, record):
        """Whoever may write the record copies what was written last, others what its page says."""
        content = latest_content(record) if self.has_change_permission(request, record) else read(record)
        models = {relation.get_accessor_name(): relation.related_model for relation in relations_of(type(record))}
        rows = {name: rows_seen_by(request.user, models[name], rows) for name, rows in content["rows"].items()}
        content = {**content, "rows": rows}
        sitting = part_of(sitting_of(request), record)
        try:
            with one_at_a_time(request.user):
                copy = made_in(sitting, request.user, self.model)
                if copy is None:
                    copy = duplicate(record, content, request.user, sitting).record
                    self.log_addition(request, copy, f"Copy of “{record}”.")
        except ValidationError as error:
            messages.error(request, f"“{record}” cannot be copied. {' '.join(error.messages)}")
            return None
        messages.success(request, render_to_string("admin/publishing/duplicated.html", {"copy": copy}))
        return copy
