"""What belongs to a record and is edited on its page."""

from django.contrib import admin

from catalog.models import Alias, BenchmarkResult, Evidence, LifecycleEvent, Price, Weights
from publishing.admin.fields import FieldsMixin


class Rows(FieldsMixin, admin.TabularInline):
    """Folded, so that a form is seen whole; how many rows there are stands beside the title."""

    extra = 0
    classes = ["collapse"]

    def get_formset(self, request, obj=None, **kwargs):
        # Of this request only: inlines are made anew for each.
        title = self.verbose_name_plural or self.opts.verbose_name_plural
        count = self.model._base_manager.filter(**{self._key(obj): obj}).count() if obj else 0
        self.verbose_name_plural = f"{title} ({count})" if count else f"{title} (none)"
        return super().get_formset(request, obj, **kwargs)

    def _key(self, obj) -> str:
        return self.fk_name or next(key.name for key in self.opts.fields if key.related_model is type(obj))


class AliasInline(Rows):
    model = Alias


class EventInline(Rows):
    model = LifecycleEvent
    fk_name = "model"
    fields = ["kind", "date", "bound", "replaced_by", "replacement_name", "note"]
    autocomplete_fields = ["replaced_by"]
    show_change_link = True
    verbose_name = "event"
    verbose_name_plural = "history, by what the maker says"


class EvidenceInline(Rows):
    model = Evidence
    fk_name = "model"
    fields = ["fact", "source", "confidence", "is_checked", "note"]
    autocomplete_fields = ["source"]
    verbose_name_plural = "where the facts come from"


class BenchmarkInline(Rows):
    model = BenchmarkResult
    fields = ["name", "score", "metric", "version", "dataset", "variant", "harness", "source_url", "measured_on"]


class WeightsInline(Rows):
    model = Weights
    fields = ["label", "url", "format", "quantisation"]


class PriceInline(Rows):
    model = Price
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
