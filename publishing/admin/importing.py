"""The import of a file as a draft."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.text import Truncator

from ops.http.urls import change_url
from publishing.admin.admin_pages import Panel, admin_page
from publishing.content.follow_up import prepare_texts
from publishing.importing.files import ACCEPTED, check_size, convert_file
from publishing.quality.names.lexicon import current_lexicon
from publishing.quality.names.mentions import link_certain
from publishing.revisions.models import Act
from publishing.richtext import rich_text_fields
from publishing.richtext.allowlist import check_length
from publishing.workflow.actions import ActionRequest, create_record


class ImportForm(forms.Form):
    file = forms.FileField(
        label="File",
        help_text=f"{ACCEPTED}, up to 20 MB. Headings, lists, tables, links, pictures and notes are imported; "
        "fonts, colours and sizes are not.",
        widget=forms.FileInput(attrs={"accept": ".docx,.md,.markdown,.txt,.html,.htm"}),
    )


class ImportPanel(Panel):
    """The import page, linked above the list of texts (text_list.html)."""

    @admin_page("import/", "import_file", permission="add")
    def import_view(self, request):
        form = ImportForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                return self._import(request, form.cleaned_data["file"])
            except ValidationError as error:
                form.add_error("file", error.messages)
        title = f"Import a file: {self.admin.opts.verbose_name}"
        return self.admin.show(request, "admin/publishing/import_file.html", title, form=form)

    def _import(self, request, file):
        check_size(file.size)
        taken = convert_file(file.name, file.read(), request.user)
        record = self.model(owner=request.user)
        title = self.admin.opts.get_field(record.title_field)
        note = Truncator(f"Imported from {file.name}").chars(200)
        try:
            check_length(taken.html)
            html, linked = link_certain(taken.html, current_lexicon())
            fields = {
                title.name: Truncator(taken.title).chars(title.max_length),
                min(rich_text_fields(self.model)): html,
            }
            prepare_texts(self.model, fields)
            create_record(record, ActionRequest(Act.SAVE, {"fields": fields}, author=request.user, note=note))
        except ValidationError:
            # They were stored before the transaction, so that it does not last as long as their encoding.
            for picture in taken.pictures:
                picture.delete()
            raise
        self.admin.log_addition(request, record, f"{note}.")
        context = {"name": file.name, "lines": taken.lines, "linked": [item.words for item in linked]}
        messages.success(request, render_to_string("admin/publishing/imported.html", context))
        return HttpResponseRedirect(change_url(record))
