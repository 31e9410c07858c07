from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest

from publishing.admin.fields import moment_column
from publishing.content.internal_request import page_exists
from publishing.content.publishable import Publishable
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
        redirect.target = record
        if record and cleaned.get("is_gone"):
            self.add_error(None, "Enter a new address or tick “gone for good”, but not both.")
        if record and new_path == cleaned.get("path", redirect.path):
            self.add_error("new_path", "This leads back to the old address. Choose another page.")
        return cleaned | {"new_path": "" if record else new_path}


class TrashRedirectForm(RedirectForm):
    """Where the address of a record leads that is moved to the trash with `others`; empty: nowhere."""

    class Meta(RedirectForm.Meta):
        model = Redirect
        fields = ["new_path"]
        labels = {"new_path": "Redirect to"}
        help_texts = {"new_path": "An address of this site, such as /articles/. If empty, readers see “not found”."}

    def __init__(self, data: Any, record: Publishable, others: list[Publishable]):
        address = record.get_absolute_url()
        redirect = Redirect.objects.filter(path=address).first() or Redirect(path=address)
        redirect.is_gone = False
        options = {"empty_permitted": True, "use_required_attribute": False}
        super().__init__(data, instance=redirect, prefix=f"redirect-{record.pk}", **options)
        self.fields["new_path"].widget.attrs["form"] = "confirmation"  # it is written above that form
        self.trashed = {other.get_absolute_url() for other in others} - {address}

    def clean(self) -> dict:
        address = self.cleaned_data.get("new_path", "")
        cleaned = super().clean()
        if address in self.trashed:
            self.add_error("new_path", "This page is moved to the trash too. Choose another one.")
        elif address.startswith("/") and not self.errors and not page_exists(address):
            self.add_error("new_path", "There is no page at this address. Choose another one.")
        return cleaned


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

    def save_model(self, request: HttpRequest, obj: Redirect, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not obj.is_gone:
            address = obj.target.get_absolute_url() if obj.target else obj.new_path
            warn_of_missing_page(request, f"The redirect of {obj.path}", address)

    @admin.display(description="Redirects to")
    def leads_to(self, redirect):
        if redirect.target_id:
            return (redirect.target and redirect.target.get_absolute_url()) or "a deleted record"
        return redirect.new_path or "–"

    last_hit = moment_column("Last hit", "last_hit_at")
    created = moment_column("Created", "created_at")


def warn_of_missing_page(request: HttpRequest, subject: str, address: str) -> None:
    """Add a warning to what was saved if readers find no page at an address of this site."""
    path = address.removeprefix(settings.SITE_URL)
    if path.startswith("/") and not page_exists(path):
        messages.warning(request, f"{subject} is saved, but there is no page at {address} at present.")
