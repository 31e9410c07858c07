"""Offerings with their prices, events, and the pages that all of it comes from."""

from django.contrib import admin

from catalog.admin.inlines import (
    EventEvidenceInline,
    OfferingEventInline,
    OfferingEvidenceInline,
    PriceEvidenceInline,
    PriceInline,
)
from catalog.models import LifecycleEvent, Offering, Price, Source


@admin.register(Offering)
class OfferingAdmin(admin.ModelAdmin):
    list_display = ["api_id", "provider", "model", "listing", "checked_on"]
    list_filter = ["listing", "provider"]
    list_select_related = ["provider", "model"]
    search_fields = ["api_id", "model__name", "provider__name"]
    ordering = ["provider__name", "api_id"]
    autocomplete_fields = ["provider", "model"]
    inlines = [PriceInline, OfferingEventInline, OfferingEvidenceInline]
    fieldsets = [
        (None, {"fields": ["model", "provider", "api_id", "listing", "checked_on", "regions", "note"]}),
        (
            "Limits",
            {
                "fields": ["context_tokens", "max_input_tokens", "max_output_tokens"],
                "description": "Only where this provider's differ from what the maker says.",
            },
        ),
    ]


@admin.register(Price)
class PriceAdmin(admin.ModelAdmin):
    list_display = ["offering", "meter", "conditions", "amount", "currency", "valid_from", "is_withdrawn"]
    list_filter = ["meter", "currency", "offering__provider"]
    list_select_related = ["offering__provider"]
    search_fields = ["offering__api_id", "offering__model__name"]
    autocomplete_fields = ["offering"]
    inlines = [PriceEvidenceInline]
    fieldsets = [
        (None, {"fields": ["offering", "meter", "conditions", "amount", "currency", ("per_quantity", "unit")]}),
        ("Since when", {"fields": ["valid_from", "is_withdrawn"]}),
    ]


@admin.register(LifecycleEvent)
class LifecycleEventAdmin(admin.ModelAdmin):
    list_display = ["kind", "date", "bound", "model", "offering", "replaced_by", "replacement_name"]
    list_filter = ["kind", "bound"]
    list_select_related = ["model", "offering__provider", "replaced_by"]
    search_fields = ["model__name", "offering__api_id", "replacement_name"]
    ordering = ["-date", "-pk"]
    autocomplete_fields = ["model", "offering", "replaced_by"]
    inlines = [EventEvidenceInline]
    fieldsets = [
        (
            None,
            {
                "fields": ["model", "offering", "kind", "date", "bound"],
                "description": "Choose a model for what its maker says, or an offering for what a provider says.",
            },
        ),
        ("What follows it", {"fields": ["replaced_by", "replacement_name", "note"]}),
    ]


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    list_display = ["title", "publisher", "read_on", "url"]
    list_filter = ["read_on"]
    search_fields = ["title", "publisher", "url"]
    ordering = ["title"]
    fieldsets = [(None, {"fields": ["title", "url", "publisher", "read_on", "note"]})]
