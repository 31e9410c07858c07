from django import forms
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType

from publishing.admin.fields import moment_column
from publishing.content.redirect import Redirect
from publishing.content.registry import record_at


class RedirectForm(forms.ModelForm):
    class Meta:
        labels = {"new_path": "Redirects to"}
        help_texts = {
            "new_path": "An address of this site, from the first slash on. A redirect to the page of a record follows "
            "that wherever it moves."
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "new_path" in self.fields and self.instance.target:
            self.initial["new_path"] = self.instance.target.get_absolute_url()

    def clean(self) -> dict:
        """Store a relation to the record if the address is that of a record's page."""
        cleaned = super().clean() or {}
        redirect, new_path = self.instance, cleaned.get("new_path", "")
        # An unchanged target is kept, even if its record is in the trash at present.
        record = record_at(new_path) if "new_path" in self.changed_data else redirect.target
        redirect.target_type = record and ContentType.objects.get_for_model(record)
        redirect.target_id = record and record.pk
        if record and cleaned.get("is_gone"):
            self.add_error(None, "Enter a new address or tick “gone for good”, but not both.")
        if record and new_path == cleaned.get("path"):
            self.add_error("new_path", "This leads back to the old address. Choose another page.")
        return cleaned | {"new_path": "" if record else new_path}


@admin.register(Redirect)
class RedirectAdmin(admin.ModelAdmin):
    form = RedirectForm
    list_display = ["path", "leads_to", "is_gone", "hits", "last_hit"]
    list_filter = ["is_gone"]
    search_fields = ["path", "new_path"]
    readonly_fields = ["hits", "last_hit", "created"]
    fieldsets = [
        (None, {"fields": ["path", "new_path", "is_gone"]}),
        ("About this redirect", {"fields": ["hits", "last_hit", "created"]}),
    ]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj else fieldsets[:1]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("target_type").prefetch_related("target")

    @admin.display(description="Redirects to")
    def leads_to(self, redirect):
        if redirect.target_id:
            return (redirect.target and redirect.target.get_absolute_url()) or "a deleted record"
        return redirect.new_path or "–"

    last_hit = moment_column("Last hit", "last_hit_at")
    created = moment_column("Created", "created_at")
