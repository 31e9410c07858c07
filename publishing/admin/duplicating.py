"""The button that duplicates a text."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponseRedirect
from django.template.loader import render_to_string

from ops.http.urls import admin_url, change_url
from publishing.admin.admin_pages import Panel, admin_page
from publishing.admin.rows import visible_rows
from publishing.revisions.models import Act
from publishing.revisions.snapshot import read, relations_of
from publishing.workflow.actions import ActionRequest, create_record, latest_content

# Fields that are not copied: the copy gets its own address and has no dates.
NOT_COPIED = {"slug": "", "publish_at": None, "expire_at": None}


class DuplicatePanel(Panel):
    """For texts only; authors and topics have unique names."""

    permission = "view"

    def context(self, request: HttpRequest, record):
        if not self._may_copy(request, record):
            return {}
        return {"duplicate_url": admin_url(self.model, "duplicate", record.pk)}

    def _may_copy(self, request, record) -> bool:
        return self.admin.has_add_permission(request) and record.deleted_at is None

    @admin_page("<path:object_id>/duplicate/", "duplicate", "POST", permission="view")
    def duplicate_view(self, request, record):
        """Duplicate the latest version for users who may change the record, the published one for others."""
        if not self._may_copy(request, record):
            raise PermissionDenied
        content = latest_content(record) if self.admin.has_change_permission(request, record) else read(record)
        fields = content["fields"] | NOT_COPIED | {"owner": request.user.pk}
        models = {relation.get_accessor_name(): relation.related_model for relation in relations_of(type(record))}
        rows = {
            name: [{**row, "id": None} for row in visible_rows(request.user, models[name], rows)]
            for name, rows in content["rows"].items()
        }
        note = f"Copy of “{content['fields'].get(record.title_field) or record}”"[:200]
        action = ActionRequest(Act.SAVE, {**content, "fields": fields, "rows": rows}, author=request.user, note=note)
        try:
            copy = create_record(self.model(), action).record
        except ValidationError as error:
            messages.error(request, f"“{record}” cannot be copied. {' '.join(error.messages)}")
            return HttpResponseRedirect(change_url(record))
        self.admin.log_addition(request, copy, f"Copy of “{record}”.")
        messages.success(request, render_to_string("admin/publishing/duplicated.html", {"copy": copy}))
        return HttpResponseRedirect(change_url(copy))
