from typing import Any

from django.contrib import admin, messages
from django.db.models import Count
from django.http import HttpRequest
from django.template.loader import render_to_string

from catalog.admin.bulk import BulkMixin
from catalog.admin.csv import CSVMixin, ModelCSV
from catalog.admin.draft_first import DraftFirstMixin
from catalog.admin.impact import ImpactMixin
from catalog.admin.inlines import AliasInline, BenchmarkInline, EventInline, EvidenceInline, WeightsInline
from catalog.admin.logged import LoggedMixin
from catalog.admin.merging import MergeMixin
from catalog.integration.facts import LABELS
from catalog.models import AIModel, Evidence, Offering
from catalog.rules.facts import MODEL_FACTS, form_rows
from catalog.rules.status import EventKind
from publishing.admin.base import PublishableAdmin, TrashFilter
from publishing.admin.lists import LongListMixin

OFFERINGS_SHOWN = 10


@admin.register(AIModel)
class AIModelAdmin(
    DraftFirstMixin, LongListMixin, ImpactMixin, CSVMixin, MergeMixin, BulkMixin, LoggedMixin, PublishableAdmin
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
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["family", "replaced_by"]
    readonly_fields = [*PublishableAdmin.readonly_fields, "public_id", "offered"]
    inlines = [AliasInline, EventInline, BenchmarkInline, WeightsInline, EvidenceInline]
    fieldsets = [
        (None, {"fields": ["name", "summary", "vendors", "family", "kind", ("input_modalities", "output_modalities")]}),
        (
            "Verification",
            {
                "fields": ["existence", "notice", "checked_on"],
                "description": "Unverified names have a page with a notice; lists show them only on request.",
            },
        ),
        (
            "Facts",
            {
                "fields": [
                    *form_rows(MODEL_FACTS, "dates", "tokens", "size", "abilities", "more capabilities", "licence"),
                    "replaced_by",
                ],
                "description": "Leave unknown values empty: the site shows “unknown”, never 0 or “no”.",
            },
        ),
        (
            "Our view",
            {
                "fields": ["use_for", "avoid_for", ("reviewed_by", "reviewed_on")],
                "description": "Shown first on the page.",
            },
        ),
        ("Offerings", {"fields": ["offered"], "description": "They have the prices and dates of each provider."}),
        ("Text", {"fields": ["body"]}),
        (
            "Publication",
            {"fields": ["state", "slug", "public_id"], "description": "A change is public as soon as it is saved."},
        ),
        PublishableAdmin.ABOUT,
    ]

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
        sourced = [formset for formset in formsets if formset.model is Evidence]
        looked_at = {row.instance.fact for formset in sourced for row in formset.forms if row.has_changed()}
        changed = {*form.changed_data} - looked_at
        facts = (
            form.instance.evidence.filter(fact__in=changed).order_by("fact").values_list("fact", flat=True).distinct()
        )
        if facts:
            words = ", ".join(str(LABELS.get(fact, fact)).lower() for fact in facts)
            messages.warning(
                request,
                f"You changed facts that have a source ({words}). Readers see that source beside the new value. "
                "If it no longer fits, correct it under “Sources”.",
            )

    @admin.display(description="Offered by")
    def offered(self, model: Any) -> str:
        """Render the first offerings and a link to all of them, because a model may have hundreds."""
        offerings = model.offerings.in_order().select_related("provider") if model.pk else Offering.objects.none()
        first = offerings.annotate(price_count=Count("prices"))[:OFFERINGS_SHOWN]
        context = {"model": model, "offerings": first, "count": offerings.count(), "limit": OFFERINGS_SHOWN}
        return render_to_string("admin/catalog/offerings.html", context)
