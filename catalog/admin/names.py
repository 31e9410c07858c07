"""Admin of vendors, modalities, families and providers."""

from django.contrib import admin

from catalog.admin.bulk import BulkMixin
from catalog.admin.draft_first import DraftFirstMixin
from catalog.admin.impact import ImpactMixin
from catalog.admin.logged import LoggedMixin
from catalog.admin.merging import MergeMixin
from catalog.models import Family, Modality, Provider, Vendor
from publishing.admin.base import PublishableAdmin, TrashFilter
from publishing.admin.fields import section


class NameAdmin(DraftFirstMixin, BulkMixin, LoggedMixin, PublishableAdmin):
    actions = ["publish", "unpublish_selected", "archive", "delete_selected", "restore"]
    list_filter = ["state", TrashFilter]
    search_fields = ["name", "slug"]
    ordering = ["name"]
    PUBLICATION = section(
        "Publication", "state", "slug", description="A change of a published record is public at once."
    )


@admin.register(Vendor)
class VendorAdmin(ImpactMixin, MergeMixin, NameAdmin):
    actions = [*(NameAdmin.actions or ()), "merge_chosen"]
    list_display = ["name", "country", "status", "last_changed"]
    autocomplete_fields = ["reference_provider"]
    fieldsets = [
        section(None, "name", "website", "country", "description", "logo", "reference_provider"),
        NameAdmin.PUBLICATION,
        PublishableAdmin.ABOUT,
    ]


@admin.register(Modality)
class ModalityAdmin(ImpactMixin, NameAdmin):
    list_display = ["name", "description", "status"]
    fieldsets = [section(None, "name", "description"), NameAdmin.PUBLICATION, PublishableAdmin.ABOUT]


@admin.register(Family)
class FamilyAdmin(MergeMixin, NameAdmin):
    actions = [*(NameAdmin.actions or ()), "merge_chosen"]
    list_display = ["name", "vendor", "status", "last_changed"]
    list_select_related = ["vendor"]
    search_fields = ["name", "slug", "vendor__name"]
    search_help_text = "Name or vendor."
    autocomplete_fields = ["vendor"]
    fieldsets = [section(None, "name", "vendor", "summary", "body"), NameAdmin.PUBLICATION, PublishableAdmin.ABOUT]


@admin.register(Provider)
class ProviderAdmin(ImpactMixin, MergeMixin, NameAdmin):
    actions = [*(NameAdmin.actions or ()), "merge_chosen"]
    list_display = ["name", "kind", "country", "status", "last_changed"]
    list_filter = ["kind", *NameAdmin.list_filter]
    fieldsets = [
        section(None, "name", "kind", "country", "summary"),
        section("Addresses", "website", "api_base", "docs_url", "terms_url", "status_url"),
        NameAdmin.PUBLICATION,
        PublishableAdmin.ABOUT,
    ]
