"""A preview of the sentences in published texts that a change of the catalogue changes or puts in doubt."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR, ActionLocation
from django.contrib.admin.utils import unquote
from django.contrib.messages.storage import default_storage
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from catalog.documents.storing import models_of as models_offered
from catalog.documents.sync.declaration import TYPES, ChangeKind
from catalog.documents.sync.entries import records_behind
from catalog.models import AIModel, LifecycleEvent, Modality, Offering, Price
from ops.http.query_params import key_in
from ops.http.urls import admin_url
from publishing.admin.confirmation import confirmation
from publishing.quality.impact import counts_in_words
from publishing.quality.staleness import Impact, Passage, by_record

SEEN = "impact_seen"
TEMPLATE = "admin/catalog/impact.html"
MOST_RECORDS = MOST_SENTENCES = 40
# By which the partner feed marks a changed row, and so finds the records that it concerns.
MARKS = {model: name for name, model in TYPES.items()} | {Price: ChangeKind.PRICE, LifecycleEvent: ChangeKind.EVENT}


class ImpactMixin(admin.ModelAdmin):
    """For a ModelAdmin of records from which facts of models are derived.

    A change is made, compared and rolled back, so derived facts such as a status follow the same rules as for readers.
    """

    # Actions whose own confirmation page lists the texts that mention the records.
    asked_otherwise = frozenset()

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        act = partial(super().changeform_view, request, object_id, form_url, extra_context)
        # "post": the user has just confirmed a page that lists everything that uses the record.
        if request.method != "POST" or request.POST.keys() & {SEEN, IS_POPUP_VAR, "post"}:
            return act()
        return self.confirm_impact(request, act, self._models_touched(request, object_id), label="Save")

    def delete_view(self, request, object_id, extra_context=None):
        act = partial(super().delete_view, request, object_id, extra_context)
        if "delete_selected" in self.asked_otherwise:
            return act()
        return self.confirm_impact(request, act, label="Delete", back_url=admin_url(self, "changelist"))

    def response_action(self, request, queryset, action_location=ActionLocation.CHANGE_LIST):
        act = partial(super().response_action, request, queryset, action_location=action_location)
        if self.asked_otherwise & {*request.POST.getlist("action")}:
            return act()
        return self.confirm_impact(request, act)

    def confirm_impact(self, request, act, keys=None, **context):
        """Return the response of `act()`, or roll it back and return a page to confirm if it affects published texts.

        `keys` are those of the models that it may change, if known.
        """
        if request.method != "POST" or SEEN in request.POST:
            return act()
        with transaction.atomic():
            impact = Impact(AIModel, keys)
            response = act()
            passages = impact.passages() if response is not None and response.status_code == 302 else []
            if not passages:
                return response
            transaction.set_rollback(True)
        request._messages = default_storage(request)  # drops messages of the change that was rolled back
        return impact_page(self, request, passages, **context)

    def _models_touched(self, request, object_id) -> set[int]:
        stored = self.model._base_manager.filter(pk=key_in(unquote(object_id or ""))).first()
        model, offering = (key_in(request.POST.get(name)) for name in ("model", "offering"))
        offerings = Offering.objects.filter(pk=offering).values_list("model_id", flat=True)
        return (models_of(stored) | {model, *offerings}) - {None}


def impact_page(
    model_admin: admin.ModelAdmin, request: HttpRequest, passages: list[Passage], label: str = "Continue", **extra: Any
) -> HttpResponse:
    """Return a page that asks for confirmation and repeats the submitted data."""
    records = list(by_record(passages).items())
    extra |= {
        "counts": counts_in_words(passages),
        "records": [(record, of_it[:MOST_SENTENCES]) for record, of_it in records[:MOST_RECORDS]],
        "more": max(0, len(records) - MOST_RECORDS),
    }
    title = "This change affects published pages"
    return confirmation(model_admin, request, TEMPLATE, title, mark=SEEN, words=label, **extra)


def models_of(record: Any) -> set[int]:
    """Return the keys of the models whose facts may change when `record` is saved."""
    if type(record) not in MARKS:
        return set()
    keys = records_behind([(MARKS[type(record)], record.pk)])
    # No fact of a model depends on the names by which offerings list modalities.
    return keys["model"] if isinstance(record, Modality) else keys["model"] | models_offered(keys["offering"])
