from typing import Any

from django.contrib import admin, messages
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join

from catalog.admin.bulk import BulkMixin
from catalog.admin.csv import CSVMixin
from catalog.admin.draft_first import DraftFirstMixin
from catalog.admin.impact import ImpactMixin
from catalog.admin.inlines import AliasInline, BenchmarkInline, EventInline, EvidenceInline, WeightsInline
from catalog.admin.logged import LoggedMixin
from catalog.admin.merging import MergeMixin
from catalog.admin.model_form import FACTS, AIModelForm
from catalog.admin.new_names import NewNamesField, NewNamesSelect
from catalog.admin.offering import MODALITIES
from catalog.admin.offering_rows import ROWS_SHOWN, OfferingInline
from catalog.admin.proposals import ProposalsMixin
from catalog.history.audit_log import log_changes, logging_changes, take_snapshot
from catalog.importers.table_rows import ModelCSV
from catalog.integration.facts import LABELS
from catalog.models import AIModel, Evidence, Offering, Provider, Vendor
from catalog.rules.choices import Existence
from catalog.rules.status import EventKind
from ops.http.urls import change_url
from publishing.admin.base import PublishableAdmin, TrashFilter
from publishing.admin.fields import section
from publishing.admin.lists import LongListMixin
from publishing.content.publishable import State


@admin.register(AIModel)
class AIModelAdmin(
    DraftFirstMixin,
    LongListMixin,
    ImpactMixin,
    CSVMixin,
    MergeMixin,
    ProposalsMixin,
    BulkMixin,
    LoggedMixin,
    PublishableAdmin,
):
    actions = ["publish", "unpublish_selected", "archive", "mark_checked", "delete_selected", "restore", "merge_chosen"]
    asked_otherwise = frozenset({"unpublish_selected", "archive", "delete_selected"})
    resource_classes = [ModelCSV]
    list_display = ["name", "family", "kind", "released_on", "existence", "status", "checked_on", "last_changed"]
    list_filter = ["state", TrashFilter, "existence", "kind", "openness", ("checked_on", admin.EmptyFieldListFilter)]
    list_select_related = ["family"]
    search_fields = ["name", "slug", "aliases__text", "family__name", "vendor_links__tag__name"]
    search_help_text = "Name, another name, family or vendor."
    ordering = ["name", "pk"]
    autocomplete_fields = ["family", "replaced_by"]
    readonly_fields = [*PublishableAdmin.readonly_fields, "public_id"]
    form = AIModelForm
    change_form_template = "admin/catalog/model_form.html"
    inlines = [OfferingInline, EventInline, AliasInline, BenchmarkInline, WeightsInline, EvidenceInline]
    fieldsets = [
        section(None, "name", "summary"),
        section("Facts", *FACTS, description="Leave unknown values empty: the site shows “unknown”, never 0 or “no”."),
        section(
            *("Verification", "existence", "notice", "checked_on", "replaced_by"),
            description="Unverified names have a page with a notice; lists show them only on request.",
        ),
        section(
            "Our view", "use_for", "avoid_for", ("reviewed_by", "reviewed_on"), description="Shown first on the page."
        ),
        section("Text", "body"),
        section("Publication", "state", "slug", "public_id", description="A change is public as soon as it is saved."),
        PublishableAdmin.ABOUT,
    ]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"existence": Existence.UNVERIFIED} | super().get_changeform_initial_data(request)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in MODALITIES:
            field.widget = CheckboxSelectMultiple(choices=field.choices)
        elif db_field.name == "vendors" and field.widget.can_add_related:
            widget = NewNamesSelect(db_field, self.admin_site)
            help_text = "Type a name; a new one is added as a draft."
            return NewNamesField(field.queryset, required=False, label=field.label, help_text=help_text, widget=widget)
        return field

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is not Offering:
            return super().save_formset(request, form, formset, change)
        # As on the page of an offering, so that imports keep its values.
        pks = {row.instance.pk for row in formset.forms if row.has_changed()} - {None}
        formset.user = request.user
        with logging_changes({Offering: pks}, user=request.user):
            super().save_formset(request, form, formset, change)
            pks |= {row.instance.pk for row in formset.forms if row.has_changed()} - {None}
        new_providers = [provider.pk for provider in formset.providers]
        log_changes(Provider, {}, take_snapshot(Provider, new_providers), user=request.user)
        return None

    def _name_drafts(self, request, model):
        """Say which vendors and providers readers do not see yet, although they see the model."""
        if model.state != State.PUBLISHED:
            return
        hidden = [*model.vendors.filter(state=State.DRAFT)]
        hidden += Provider.objects.filter(offerings__model=model, state=State.DRAFT).distinct()
        if hidden:
            links = format_html_join(", ", '<a href="{}">{}</a>', ((change_url(record), record) for record in hidden))
            messages.warning(request, format_html("Readers do not see these drafts yet: {}.", links))

    def save_model(self, request: HttpRequest, obj: AIModel, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "released_on" in form.changed_data:
            self._move_release(request, obj, form.initial["released_on"])

    def _move_release(self, request, model, was: str):
        """Change the date of the release event too. Edits of the event in its own form are saved after this."""
        events = model.events.filter(kind=EventKind.RELEASED, date=was)
        if not was or not events.exists():
            return
        if model.released_on:
            events.update(date=model.released_on)
            messages.info(request, "Its release in the history has the new date too.")
        else:
            messages.warning(request, f"The history still has the release date {was}. Correct it there.")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.save_sources(request.user)
        if form.is_verified_by_source:
            messages.info(request, "It has a source, so “Verification” was set to Verified. Change it if you doubt it.")
        log_changes(Vendor, {}, take_snapshot(Vendor, [vendor.pk for vendor in form.added]), user=request.user)
        self._name_drafts(request, form.instance)
        if change:
            self._warn_of_sources(request, form, formsets)

    def _warn_of_sources(self, request, form, formsets):
        """Warn of facts whose value has changed and whose source has not."""
        sourced = [formset for formset in formsets if formset.model is Evidence]
        looked_at = {row.instance.fact for formset in sourced for row in formset.forms if row.has_changed()}
        changed = {*form.changed_data} - looked_at - form.facts_with_new_source
        evidence = form.instance.evidence.filter(fact__in=changed).order_by("fact")
        if facts := evidence.values_list("fact", flat=True).distinct():
            labels = ", ".join(str(LABELS.get(fact, fact)).lower() for fact in facts)
            messages.warning(
                request,
                f"You changed facts that have a source ({labels}). Readers see that source beside the new value. "
                "If it no longer fits, correct it under “Sources”.",
            )

    def render_change_form(self, request: HttpRequest, context: dict, obj: Any = None, **kwargs: Any) -> HttpResponse:
        context["offering_count"] = obj.offerings.count() if obj else 0
        context["offerings_shown"] = ROWS_SHOWN
        return super().render_change_form(request, context, obj=obj, **kwargs)
