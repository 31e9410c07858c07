"""Makers, kinds of content, series, providers."""

from django.contrib import admin

from catalog.admin.bulk import BulkMixin
from catalog.admin.impact import ImpactMixin
from catalog.admin.logged import LoggedMixin
from catalog.admin.merging import MergeMixin
from catalog.models import Family, Modality, Provider, Vendor
from publishing.admin.base import PublishableAdmin, TrashFilter

PUBLICATION = (
    "Publication",
    {"fields": ["state", "slug"], "description": "A change is public as soon as it is saved."},
)


@admin.register(Vendor)
class VendorAdmin(ImpactMixin, MergeMixin, BulkMixin, LoggedMixin, PublishableAdmin):
    actions = ["publish", "take_back", "archive", "delete_selected", "restore", "merge_chosen"]
    list_display = ["name", "country", "status", "last_changed"]
    list_filter = ["state", TrashFilter]
    search_fields = ["name", "slug"]
    ordering = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["logo"]
    fieldsets = [
        (None, {"fields": ["name", "website", "country", "description", "logo"]}),
        PUBLICATION,
        PublishableAdmin.ABOUT,
    ]


@admin.register(Modality)
class ModalityAdmin(ImpactMixin, BulkMixin, LoggedMixin, PublishableAdmin):
    actions = ["publish", "take_back", "archive", "delete_selected", "restore"]
    list_display = ["name", "description", "status"]
    list_filter = ["state", TrashFilter]
    search_fields = ["name", "slug"]
    ordering = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [(None, {"fields": ["name", "description"]}), PUBLICATION, PublishableAdmin.ABOUT]


@admin.register(Family)
class FamilyAdmin(MergeMixin, BulkMixin, LoggedMixin, PublishableAdmin):
    actions = ["publish", "take_back", "archive", "delete_selected", "restore", "merge_chosen"]
    list_display = ["name", "vendor", "status", "last_changed"]
    list_filter = ["state", TrashFilter]
    list_select_related = ["vendor"]
    search_fields = ["name", "slug", "vendor__name"]
    search_help_text = "Name or vendor."
    ordering = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["vendor"]
    fieldsets = [(None, {"fields": ["name", "vendor", "summary", "body"]}), PUBLICATION, PublishableAdmin.ABOUT]


@admin.register(Provider)
class ProviderAdmin(ImpactMixin, MergeMixin, BulkMixin, LoggedMixin, PublishableAdmin):
    actions = ["publish", "take_back", "archive", "delete_selected", "restore", "merge_chosen"]
    list_display = ["name", "website", "status", "last_changed"]
    list_filter = ["state", TrashFilter]
    search_fields = ["name", "slug"]
    ordering = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "summary"]}),
        ("Addresses", {"fields": ["website", "api_base", "docs_url", "terms_url", "status_url"]}),
        PUBLICATION,
        PublishableAdmin.ABOUT,
    ]
