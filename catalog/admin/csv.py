"""CSV export and import of models and prices; the worker compares and writes an uploaded file."""

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from import_export.admin import ExportMixin

from catalog.importers.requested import UNDER_WAY
from catalog.importers.table_rows import MOST_BYTES, SafeCSV, UnreadableTableError
from catalog.importers.tables import ask_to_write, compare_again, request_table, stop_table
from catalog.models import RunState, TableImport
from ops.http.urls import admin_url
from publishing.admin.admin_pages import admin_page, show

LISTED = 10


class UploadForm(forms.Form):
    import_file = forms.FileField(
        label="CSV file",
        widget=forms.FileInput({"data-max-bytes": MOST_BYTES, "accept": ".csv,text/csv"}),
        error_messages={"required": "Choose a file."},
    )

    def clean_import_file(self):
        file = self.cleaned_data["import_file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(f"The file is larger than {filesizeformat(MOST_BYTES)}.")
        return file


class CSVMixin(ExportMixin, admin.ModelAdmin):
    """For a ModelAdmin with `resource_classes`."""

    formats = [SafeCSV]  # pyright: ignore[reportAssignmentType] a property in the base
    skip_export_form = True  # it needs a script that the admin's content security policy blocks
    import_export_change_list_template = "admin/import_export/change_list_import_export.html"

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        permissions = {"has_import_permission": self.has_change_permission(request)}
        return super().changelist_view(request, permissions | (extra_context or {}))

    @admin_page("import/", "import", "GET", "POST", permission="change")
    def import_view(self, request):
        """Upload a file, or open an earlier one."""
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["import_file"]
            try:
                return self._opened(request_table(str(self.opts.model_name), file.name, file.read(), request.user))
            except UnreadableTableError as refusal:
                form.add_error("import_file", str(refusal))
        columns = [field.column_name for field in self.resource_classes[0]().get_import_fields()]
        runs = self._runs().select_related("requested_by")[:LISTED]
        context = {"form": form, "columns": columns, "runs": runs}
        return show(self, request, "admin/catalog/csv_upload.html", "Import", **context)

    @admin_page("import/<int:pk>/", "import_file", "GET", "POST", permission="change")
    def import_file_view(self, request, pk):
        """Show the progress and the differences of a file; compare, write or stop it."""
        run = get_object_or_404(self._runs(), pk=pk)
        if request.method == "POST":
            match request.POST.get("step"):
                case "stop":
                    stop_table(run)
                case "compare":
                    compare_again(run)
                case "write" if not ask_to_write(run, request.user):
                    messages.warning(request, "Nothing waits to be written, or it is being written already.")
            return self._opened(run)
        context = {
            "run": run,
            "is_under_way": run.state in UNDER_WAY,
            "may_write": run.state == RunState.HELD,
            "may_compare": run.state in {RunState.HELD, RunState.FAILED, RunState.INTERRUPTED},
            "more": (run.counts.get("wrong") or sum(run.counts.values())) - len(run.rows),
        }
        return show(self, request, "admin/catalog/csv_file.html", f"Import of {run.file_name}", **context)

    def _runs(self):
        return TableImport.objects.filter(table=self.opts.model_name)

    def _opened(self, run):
        return HttpResponseRedirect(admin_url(self.model, "import_file", run.pk))
