"""Admin of offerings, prices, lifecycle events and sources."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from catalog.admin.bulk import BulkMixin
from catalog.admin.csv import CSVMixin
from catalog.admin.impact import ImpactMixin
from catalog.admin.inlines import EvidenceInline, OfferingEventInline, PriceInline
from catalog.admin.logged import LoggedMixin
from catalog.importers.table_rows import PriceCSV
from catalog.models import AIModel, LifecycleEvent, Modality, Offering, Price, Source
from catalog.rules.facts import OFFERING_FACTS, form_rows
from catalog.rules.prices import number_in_words
from publishing.admin.fields import FieldsMixin, section
from publishing.admin.lists import LongListMixin

FIRST_DAY = "The first day of the price or, if unknown, the day when it was first seen."
MODALITIES = ("input_modalities", "output_modalities")


class ModalitiesField(forms.MultipleChoiceField):
    """Check boxes for a list of codes; none checked is None, unknown. `stored` keeps its order if nothing changes."""

    widget = forms.CheckboxSelectMultiple
    stored: list | None = None

    def clean(self, value: Any) -> list | None:
        chosen = super().clean(value)
        return self.stored if {*chosen} == {*(self.stored or ())} else chosen or None


@admin.register(Offering)
class OfferingAdmin(LongListMixin, ImpactMixin, BulkMixin, LoggedMixin, FieldsMixin, admin.ModelAdmin):
    delete_selected = None  # offerings have no trash: Django's own action asks, then deletes
    actions = ["mark_checked"]
    list_display = ["api_id", "provider", "model", "listing", "checked_on"]
    list_filter = [
        "listing",
        ("model", admin.EmptyFieldListFilter),
        "inherits",
        "trains_on_input",
        ("checked_on", admin.EmptyFieldListFilter),
    ]
    search_fields = ["api_id", "model__name", "provider__name"]
    search_help_text = "API ID, model or provider."
    ordering = ["provider_id", "api_id"]  # matches the index
    autocomplete_fields = ["provider", "model"]
    inlines = [PriceInline, OfferingEventInline, EvidenceInline]
    fieldsets = [
        section(None, "model", "provider", "api_id", "name", "listing", "checked_on", "regions", "note"),
        section(
            *("Differences from the model", "inherits"),
            *form_rows(OFFERING_FACTS, "tokens", "dates", "modalities", "abilities", "more capabilities"),
            description="Only values that differ from the vendor’s.",
        ),
        section(
            *("Data use", *form_rows(OFFERING_FACTS, "data", "data policy")),
            description="Leave unknown values empty. Add the page to the sources below.",
        ),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("provider", "model")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name not in MODALITIES:
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        label = str(db_field.verbose_name).capitalize()
        help_text = "Only if it differs from the model. None: not stated."
        return ModalitiesField(required=False, label=label, help_text=help_text)

    def get_form(self, request: HttpRequest, obj: Offering | None = None, change: bool = False, **kwargs: Any) -> type:
        form = super().get_form(request, obj, change=change, **kwargs)
        names = dict(Modality.objects.not_trashed().values_list("code", "name"))
        for name in MODALITIES:
            field: Any = form.base_fields.get(name)
            if field:
                field.stored = getattr(obj, name, None)
                # Feeds may use words that are no modality of ours yet.
                field.choices = [*({code: code for code in field.stored or ()} | names).items()]
        return form


@admin.register(Price)
class PriceAdmin(LongListMixin, ImpactMixin, CSVMixin, LoggedMixin, FieldsMixin, admin.ModelAdmin):
    resource_classes = [PriceCSV]
    list_display = [
        "offering",
        "meter",
        "conditions_in_words",
        "amount_in_list",
        "currency",
        "valid_from",
        "is_withdrawn",
    ]
    list_filter = ["meter", "currency", "service_level"]
    list_select_related = ["offering__provider"]
    search_fields = ["offering__api_id", "offering__model__name"]
    autocomplete_fields = ["offering"]
    inlines = [EvidenceInline]
    fieldsets = [
        section(None, "offering", "meter", "amount", "currency", ("per_quantity", "unit")),
        section("Conditions", "above_tokens", "service_level", "conditions"),
        section("Valid from", "valid_from", "is_withdrawn", description=FIRST_DAY),
    ]

    @admin.display(description="Amount", ordering="amount")
    def amount_in_list(self, price: Price) -> str:
        return "–" if price.amount is None else number_in_words(price.amount)

    def logged_records(self, obj: Price) -> dict[type, set[int | None]]:
        return {Offering: {obj.offering_id}}


@admin.register(LifecycleEvent)
class LifecycleEventAdmin(LongListMixin, ImpactMixin, LoggedMixin, FieldsMixin, admin.ModelAdmin):
    list_display = ["kind", "date", "bound", "model", "offering", "replaced_by", "replacement_name"]
    list_filter = ["kind", "bound"]
    list_select_related = ["model", "offering__provider", "replaced_by"]
    search_fields = ["model__name", "offering__api_id", "replacement_name"]
    ordering = ["-date", "-pk"]
    autocomplete_fields = ["model", "offering", "replaced_by"]
    inlines = [EvidenceInline]
    fieldsets = [
        section(
            *(None, "model", "offering", "kind", "date", "bound"),
            description="Choose a model for statements of the vendor, or an offering for those of a provider.",
        ),
        section("Replacement", "replaced_by", "replacement_name", "note"),
    ]

    def logged_records(self, obj: LifecycleEvent) -> dict[type, set[int | None]]:
        return {AIModel: {obj.model_id}, Offering: {obj.offering_id}}


@admin.register(Source)
class SourceAdmin(FieldsMixin, admin.ModelAdmin):
    list_display = ["title", "publisher", "read_on", "url"]
    list_filter = ["read_on"]
    search_fields = ["title", "publisher", "url"]
    ordering = ["title"]
    fieldsets = [section(None, "title", "url", "publisher", "read_on", "note")]
