"""The button that makes a copy of a text."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.template.loader import render_to_string

from publishing.addresses import change_url
from publishing.admin.rows import rows_seen_by
from publishing.admin.sittings import made_in, new_sitting, one_at_a_time, sitting_of
from publishing.admin_pages import admin_page
from publishing.content.admin_urls import admin_url
from publishing.revisions.acts import latest_content
from publishing.revisions.content import read, relations_of
from publishing.revisions.copying import duplicate


class DuplicatingMixin:
    """For the ModelAdmin of texts; the names of authors and topics stand once."""

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and self.has_duplicate_permission(request, obj):
            context |= {"duplicate_url": admin_url(self, "duplicate", obj.pk), "duplicate_sitting": new_sitting()}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def has_duplicate_permission(self, request, record) -> bool:
        may_copy = self.has_add_permission(request) and self.has_view_permission(request, record)
        return may_copy and record.deleted_at is None

    @admin_page("<path:object_id>/duplicate/", "duplicate", "POST", permission="duplicate")
    def duplicate_view(self, request, record):
        """Whoever may write the record copies what was written last, others what its page says."""
        content = latest_content(record) if self.has_change_permission(request, record) else read(record)
        models = {relation.get_accessor_name(): relation.related_model for relation in relations_of(type(record))}
        rows = {name: rows_seen_by(request.user, models[name], rows) for name, rows in content["rows"].items()}
        sitting = sitting_of(request)
        try:
            with one_at_a_time(request.user):
                copy = made_in(sitting, request.user, self.model)
                if copy is None:
                    copy = duplicate(record, {**content, "rows": rows}, request.user, sitting).record
                    self.log_addition(request, copy, f"Copy of “{record}”.")
        except ValidationError as error:
            messages.error(request, f"“{record}” cannot be copied. {' '.join(error.messages)}")
            return HttpResponseRedirect(change_url(record))
        messages.success(request, render_to_string("admin/publishing/duplicated.html", {"copy": copy}))
        return HttpResponseRedirect(change_url(copy))
