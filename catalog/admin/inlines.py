"""Inlines for the rows that belong to a record."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import ForeignKey, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest

from catalog.history.checking import UNCHECKED, checked_today
from catalog.models import AIModel, Alias, BenchmarkResult, Evidence, LifecycleEvent, Offering, Price, Weights
from catalog.models.offering import TERMS
from catalog.rules.facts import MODEL_FACTS, OFFERING_FACTS
from publishing.admin.fields import FieldsMixin
from publishing.content.permissions import AnyUser

# What a source of a record may be about, beside the whole of it.
SOURCED: dict[type, dict[str, str]] = {
    AIModel: {fact.name: fact.label for fact in MODEL_FACTS}
    | {"existence": "Verification", "benchmarks": "Benchmark results", "weights": "Weights"},
    Offering: {fact.name: fact.label for fact in OFFERING_FACTS} | {"name": "Name", "listing": "Listing"},
}


class KnownSelect(AutocompleteSelect):
    """An autocomplete field for many rows; the chosen records of all rows are loaded in one query."""

    def __init__(self, *args, label_by_pk, **kwargs):
        super().__init__(*args, **kwargs)
        self.label_by_pk = label_by_pk

    def optgroups(self, name: str, value: list, attr: dict | None = None) -> list[tuple]:
        chosen = [str(pk) for pk in value if pk]
        if any(pk not in self.label_by_pk for pk in chosen):
            return super().optgroups(name, value, attr)
        # Also if the field is required: the browser would select what is typed as the first option, without a choice.
        options = [self.create_option(name, "", "", False, 0)]
        options += [self.create_option(name, pk, self.label_by_pk[pk], True, 0) for pk in chosen]
        return [(None, options, 0)]


class CatalogueInline(FieldsMixin, admin.TabularInline):
    """Collapsed, so that the whole form can be seen; the title shows the number of rows."""

    extra = 0
    classes = ["collapse"]
    select, select_field = KnownSelect, ModelChoiceField  # of `autocomplete_fields`
    named_by = ()  # relations used by the row's `__str__`, beside the autocomplete fields
    parent = None

    def __init__(self, parent_model, admin_site):
        super().__init__(parent_model, admin_site)
        # The first matching foreign key is the owner; others of the same model refer to a replacement.
        self.fk_name = next(key.name for key in self.opts.fields if key.related_model is parent_model)

    def get_formset(self, request, obj=None, **kwargs):
        # Safe to store, because inlines are instantiated for each request.
        self.parent = obj
        title = type(self).verbose_name_plural or self.opts.verbose_name_plural
        self.verbose_name_plural = f"{title} ({self._rows().count() or 'none'})"
        return super().get_formset(request, obj, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        related = [*self.autocomplete_fields, *self.named_by]
        rows = super().get_queryset(request)
        return rows.select_related(*related) if related else rows

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.autocomplete_fields:
            chosen = db_field.related_model._base_manager.filter(pk__in=self._rows().values(db_field.name))
            label_by_pk = {str(record.pk): str(record) for record in chosen}
            kwargs["widget"] = self.select(db_field, self.admin_site, label_by_pk=label_by_pk)
            kwargs["form_class"] = self.select_field
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _rows(self):
        rows = self.model._base_manager.all()
        if self.parent is None:
            return rows.none()
        return rows.filter(**{str(self.fk_name): self.parent})


class AliasInline(CatalogueInline):
    model = Alias
    fields = ["text", "kind"]


class EventInline(CatalogueInline):
    model = LifecycleEvent
    fields = ["kind", "date", "bound", "replaced_by", "replacement_name", "note"]
    autocomplete_fields = ["replaced_by"]
    show_change_link = True
    verbose_name = "event"
    verbose_name_plural = "history, according to the vendor"


class EvidenceForm(forms.ModelForm):
    """`user` is who saves the form: the check is theirs."""

    user: AnyUser
    checked_today = forms.BooleanField(
        required=False, help_text="You have found the fact on that page today: readers see that this site checked it."
    )

    def save(self, commit: bool = True) -> Evidence:
        if self.cleaned_data["checked_today"]:
            check = checked_today(self.user)
        else:  # another source or fact, or one that is not there, was not checked
            check = UNCHECKED if {"source", "fact", "is_checked"} & {*self.changed_data} else {}
        for name, value in check.items():
            setattr(self.instance, name, value)
        return super().save(commit)


class EvidenceInline(CatalogueInline):
    model = Evidence
    form = EvidenceForm
    fields = ["fact", "source", "confidence", "is_checked", "checked_on", "checked_today", "note"]
    readonly_fields = ["checked_on"]
    autocomplete_fields = ["source"]
    verbose_name_plural = "sources"

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        form = cast(Any, formset).form
        form.user = request.user  # of a class that is made for each request
        return formset

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Facts are chosen by their public names; other names are refused, except those that rows already have."""
        if db_field.name != "fact":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        stored = dict(self._rows().exclude(fact="").values_list("fact", "fact").distinct())
        choices = [("", "The whole record"), *(stored | SOURCED.get(self.parent_model, {})).items()]
        return forms.ChoiceField(choices=choices, required=False, label="Fact")


class BenchmarkInline(CatalogueInline):
    model = BenchmarkResult
    fields = ["name", "score", "metric", "version", "dataset", "variant", "harness", "source_url", "measured_on"]


class WeightsInline(CatalogueInline):
    model = Weights
    fields = ["label", "url", "format", "quantisation"]


class PriceInline(CatalogueInline):
    model = Price
    named_by = ("offering__provider",)
    fields = TERMS
    show_change_link = True
    verbose_name_plural = "prices (add a row for each new price, with its date)"


class OfferingEventInline(EventInline):
    verbose_name_plural = "history, according to the provider"
