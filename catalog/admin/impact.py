"""Before a change of the catalogue is made: which sentences of published texts it changes, or puts in doubt."""

from functools import partial

from django.contrib.admin.options import IS_POPUP_VAR, ActionLocation
from django.contrib.admin.utils import unquote
from django.contrib.messages.storage import default_storage
from django.db import transaction

from catalog.models import AIModel, LifecycleEvent, Modality, Offering, Price, Provider, Vendor
from ops.http.query_params import key_in
from publishing.admin.confirmation import confirmation
from publishing.content.admin_urls import admin_url
from publishing.quality.impact import by_record, counts_in_words
from publishing.quality.staleness import Impact

SEEN = "impact_seen"
TEMPLATE = "admin/catalog/impact.html"
MOST_RECORDS = MOST_SENTENCES = 40


class ImpactMixin:
    """For a ModelAdmin of what facts of models follow from. What is asked for is done, looked at, and undone: so what
    follows from it, a status or a lowest price, is worked out by the rules by which readers get it."""

    # Of these actions another page has said just before which texts name the records.
    asked_otherwise = frozenset()

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        act = partial(super().changeform_view, request, object_id, form_url, extra_context)
        # "post": she has just been asked about all that uses the record.
        if request.method != "POST" or request.POST.keys() & {SEEN, IS_POPUP_VAR, "post"}:
            return act()
        return self.once_seen(request, act, self._models_touched(request, object_id), words="Save it")

    def delete_view(self, request, object_id, extra_context=None):
        act = partial(super().delete_view, request, object_id, extra_context)
        if "delete_selected" in self.asked_otherwise:
            return act()
        return self.once_seen(request, act, words="Delete it", back_url=admin_url(self, "changelist"))

    def response_action(self, request, queryset, action_location=ActionLocation.CHANGE_LIST):
        act = partial(super().response_action, request, queryset, action_location=action_location)
        if self.asked_otherwise & {*request.POST.getlist("action")}:
            return act()
        return self.once_seen(request, act)

    def once_seen(self, request, act, keys=None, **context):
        """Return what `act()` answers; or, where texts lean on what it changes, a page that says so, with nothing done.

        `keys` are those of the models that it may change, where that is known."""
        if request.method != "POST" or SEEN in request.POST:
            return act()
        with transaction.atomic():
            impact = Impact(AIModel, keys)
            response = act()
            passages = impact.passages() if response is not None and response.status_code == 302 else []
            if not passages:
                return response
            transaction.set_rollback(True)
        request._messages = default_storage(request)  # without what was said of it, which has not happened
        return impact_page(self, request, passages, **context)

    def _models_touched(self, request, object_id) -> set[int]:
        stored = self.model._base_manager.filter(pk=key_in(unquote(object_id or ""))).first()
        model, offering = (key_in(request.POST.get(name)) for name in ("model", "offering"))
        offerings = Offering.objects.filter(pk=offering).values_list("model_id", flat=True)
        return (models_of(stored) | {model, *offerings}) - {None}


def impact_page(model_admin, request, passages, words="Go on", **context):
    """Ask whether to go on, with all that was typed."""
    records = list(by_record(passages).items())
    context |= {
        "counts": counts_in_words(passages),
        "records": [(record, of_it[:MOST_SENTENCES]) for record, of_it in records[:MOST_RECORDS]],
        "more": max(0, len(records) - MOST_RECORDS),
    }
    title = "This changes what pages say"
    return confirmation(model_admin, request, TEMPLATE, title, mark=SEEN, words=words, **context)


def models_of(record) -> set[int]:
    """The keys of the models of which saving `record` may change a fact."""
    match record:
        case AIModel():
            return {record.pk}
        case Offering():
            return {record.model_id}
        case Price():
            return {record.offering.model_id}
        case LifecycleEvent():
            return {record.model_id or record.offering.model_id}
        case Provider():
            return set(record.offerings.values_list("model_id", flat=True))
        case Vendor():
            return set(record.model_links.values_list("content_object_id", flat=True))
        case Modality():
            links = record.input_links.order_by().values_list("content_object_id")
            return {pk for (pk,) in links.union(record.output_links.order_by().values_list("content_object_id"))}
    return set()
