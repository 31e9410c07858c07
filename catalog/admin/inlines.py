"""What belongs to a record and is edited on its page."""

from django.contrib import admin

from catalog.models import Alias, BenchmarkResult, Evidence, LifecycleEvent, Price, Weights


class AliasInline(admin.TabularInline):
    model = Alias
    extra = 0


class EventInline(admin.TabularInline):
    model = LifecycleEvent
    fk_name = "model"
    extra = 0
    fields = ["kind", "date", "bound", "replaced_by", "replacement_name", "note"]
    autocomplete_fields = ["replaced_by"]
    show_change_link = True
    verbose_name = "event"
    verbose_name_plural = "history, by what the maker says"


class EvidenceInline(admin.TabularInline):
    model = Evidence
    fk_name = "model"
    extra = 0
    fields = ["fact", "source", "confidence", "is_checked", "note"]
    autocomplete_fields = ["source"]
    verbose_name_plural = "where the facts come from"


class BenchmarkInline(admin.TabularInline):
    model = BenchmarkResult
    extra = 0
    fields = ["name", "score", "metric", "version", "dataset", "variant", "harness", "source_url", "measured_on"]


class WeightsInline(admin.TabularInline):
    model = Weights
    extra = 0
    fields = ["label", "url", "format", "quantisation"]


class PriceInline(admin.TabularInline):
    model = Price
    extra = 0
    fields = [
        "meter",
        "amount",
        "currency",
        "per_quantity",
        "unit",
        "above_tokens",
        "service_level",
        "conditions",
        "valid_from",
        "is_withdrawn",
    ]
    show_change_link = True
    verbose_name_plural = "prices (a new price is a new row with its date)"


class OfferingEventInline(EventInline):
    fk_name = "offering"
    verbose_name_plural = "history, by what the provider says"


class OfferingEvidenceInline(EvidenceInline):
    fk_name = "offering"


class PriceEvidenceInline(EvidenceInline):
    fk_name = "price"


class EventEvidenceInline(EvidenceInline):
    fk_name = "event"
