"""Drafts that are begun from a file, or as a copy of another text."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.text import Truncator

from ops.http.urls import admin_url, change_url
from ops.limits.turns import posts_take_turns
from publishing.admin.admin_pages import Panel, admin_page, show
from publishing.admin.rows import visible_rows
from publishing.content.follow_up import prepare_texts
from publishing.content.publishable import Publishable
from publishing.importing.files import ACCEPTED, MAX_BYTES, check_size, convert_file
from publishing.quality.names.lexicon import current_lexicon
from publishing.quality.names.mentions import link_certain
from publishing.revisions.models import Action
from publishing.revisions.snapshot import read, relations_of
from publishing.richtext import rich_text_fields
from publishing.richtext.allowlist import check_length
from publishing.workflow.actions import ActionRequest, create_record, latest_content


class ImportForm(forms.Form):
    file = forms.FileField(
        label="File",
        help_text=f"{ACCEPTED}, up to 20 MB. Headings, lists, tables, links, images and notes are imported; "
        "fonts, colours and sizes are not.",
        widget=forms.FileInput(attrs={"accept": ".docx,.md,.markdown,.txt,.html,.htm", "data-max-bytes": MAX_BYTES}),
    )


class ImportPanel(Panel):
    """The import page, linked above the list of texts (text_list.html)."""

    @admin_page("import/", "import_file", permission="add")
    @posts_take_turns
    def import_view(self, request):
        form = ImportForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                return self._import(request, form.cleaned_data["file"])
            except ValidationError as error:
                form.add_error("file", error.messages)
        title = f"Import a file as a new {self.admin.opts.verbose_name}"
        return show(self.admin, request, "admin/publishing/import_file.html", title, form=form)

    def _import(self, request, file):
        check_size(file.size)
        taken = convert_file(file.name, file.read(), request.user)
        record = self.model(owner=request.user)
        title = self.admin.opts.get_field(record.title_field)
        note = Truncator(f"Imported from {file.name}").chars(200)
        html, lines = taken.html, taken.lines
        if len(taken.title) > title.max_length:
            html = format_html("<p>{}</p>", taken.title) + html
            lines.append("The title is too long and was shortened; in full, it is the first paragraph.")
        try:
            check_length(html)
            html, linked = link_certain(html, current_lexicon())
            fields = {
                title.name: Truncator(taken.title).chars(title.max_length),
                min(rich_text_fields(self.model)): html,
            }
            prepare_texts(self.model, fields)
            create_record(record, ActionRequest(Action.SAVE, {"fields": fields}, author=request.user, note=note))
        except ValidationError:
            # They were stored before the transaction, so that it does not last as long as their encoding.
            for picture in taken.pictures:
                picture.delete()
            raise
        self.admin.log_addition(request, record, f"{note}.")
        context = {"name": file.name, "lines": lines, "linked": [item.text for item in linked]}
        messages.success(request, render_to_string("admin/publishing/imported.html", context))
        return HttpResponseRedirect(change_url(record))


# Fields that are not copied: the copy gets its own address and has no dates.
NOT_COPIED = {"slug": "", "publish_at": None, "expire_at": None, "show_in_footer": False}


class DuplicatePanel(Panel):
    """For texts only; authors and topics have unique names."""

    permission = "view"

    def context(self, request: HttpRequest, record: Publishable) -> dict:
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
        action = ActionRequest(Action.SAVE, {**content, "fields": fields, "rows": rows}, author=request.user, note=note)
        try:
            copy = create_record(self.model(), action).record
        except ValidationError as error:
            messages.error(request, f"“{record}” cannot be copied. {' '.join(error.messages)}")
            return HttpResponseRedirect(change_url(record))
        self.admin.log_addition(request, copy, f"Copy of “{record}”.")
        messages.success(request, render_to_string("admin/publishing/duplicated.html", {"copy": copy}))
        return HttpResponseRedirect(change_url(copy))
