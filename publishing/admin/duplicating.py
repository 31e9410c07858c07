"""The button that duplicates a text."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.template.loader import render_to_string

from ops.http.urls import change_url
from publishing.admin.admin_pages import Panel, admin_page
from publishing.admin.form_sessions import form_session_of, new_form_session, record_created_in, user_lock
from publishing.admin.rows import visible_rows
from publishing.content.admin_urls import admin_url
from publishing.revisions.models import Act
from publishing.revisions.snapshot import read, relations_of
from publishing.workflow.actions import ActionRequest, ActionResult, create_record, latest_content

# Fields that are not copied: the copy gets its own address, has no dates, and belongs to the user who made it.
NOT_COPIED = {"slug": "", "publish_at": None, "expire_at": None}


def duplicate(record, content: dict, user, form_session: str = "") -> ActionResult:
    """Create a draft from `content`, a version of `record`, including its tags and rows.

    Raises ValidationError, without changes, if it is invalid.
    """
    fields = content["fields"] | NOT_COPIED | {"owner": user.pk}
    rows = {name: [{**row, "id": None} for row in rows] for name, rows in content["rows"].items()}
    title = content["fields"].get(record.title_field) or str(record)
    content = {**content, "fields": fields, "rows": rows}
    note = f"Copy of “{title}”"[:200]
    return create_record(
        type(record)(), ActionRequest(Act.SAVE, content, author=user, note=note, form_session=form_session)
    )


class DuplicatePanel(Panel):
    """For texts only; authors and topics have unique names."""

    permission = "view"

    def context(self, request, record):
        if not self._may_copy(request, record):
            return {}
        return {
            "duplicate_url": admin_url(self.model, "duplicate", record.pk),
            "duplicate_form_session": new_form_session(),
        }

    def _may_copy(self, request, record) -> bool:
        return self.admin.has_add_permission(request) and record.deleted_at is None

    @admin_page("<path:object_id>/duplicate/", "duplicate", "POST", permission="view")
    def duplicate_view(self, request, record):
        """Duplicate the latest version for users who may change the record, the published one for others."""
        if not self._may_copy(request, record):
            raise PermissionDenied
        content = latest_content(record) if self.admin.has_change_permission(request, record) else read(record)
        models = {relation.get_accessor_name(): relation.related_model for relation in relations_of(type(record))}
        rows = {name: visible_rows(request.user, models[name], rows) for name, rows in content["rows"].items()}
        form_session = form_session_of(request)
        try:
            with user_lock(request.user):
                copy = record_created_in(form_session, request.user, self.model)
                if copy is None:
                    copy = duplicate(record, {**content, "rows": rows}, request.user, form_session).record
                    self.admin.log_addition(request, copy, f"Copy of “{record}”.")
        except ValidationError as error:
            messages.error(request, f"“{record}” cannot be copied. {' '.join(error.messages)}")
            return HttpResponseRedirect(change_url(record))
        messages.success(request, render_to_string("admin/publishing/duplicated.html", {"copy": copy}))
        return HttpResponseRedirect(change_url(copy))
