"""Before a change of the catalogue is made: which sentences of published texts it changes, or puts in doubt."""

from django.contrib.admin.options import IS_POPUP_VAR, ActionLocation
from django.contrib.admin.utils import unquote
from django.contrib.messages.storage import default_storage
from django.db import transaction
from django.template.response import TemplateResponse

from catalog.models import AIModel, LifecycleEvent, Modality, Offering, Price, Provider, Vendor
from publishing.admin_pages import admin_url
from publishing.impact import by_record, counts_in_words
from publishing.parameters import key_in
from publishing.staleness import Impact

SEEN = "impact_seen"
BUTTONS = ("_save", "_addanother", "_continue")
LEFT_OUT = {"csrfmiddlewaretoken", *BUTTONS}
MOST_RECORDS = MOST_SENTENCES = 40


class ImpactMixin:
    """For a ModelAdmin of what facts of models follow from. What is asked for is done, looked at, and undone: so what
    follows from it, a status or a lowest price, is worked out by the rules by which readers get it."""

    # Of these actions another page has said just before which texts name the records.
    asked_otherwise = frozenset()

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        def act():
            return super(ImpactMixin, self).changeform_view(request, object_id, form_url, extra_context)

        # "post": she has just been asked about all that uses the record.
        if request.method != "POST" or request.POST.keys() & {SEEN, IS_POPUP_VAR, "post"}:
            return act()
        name, args = ("change", [unquote(object_id)]) if object_id else ("add", [])
        back_url = admin_url(self, name, *args)
        button = next((name for name in BUTTONS if name in request.POST), "_save")
        return self.once_seen(request, act, back_url, self._models_touched(request, object_id), (button, "Save it"))

    def delete_view(self, request, object_id, extra_context=None):
        def act():
            return super(ImpactMixin, self).delete_view(request, object_id, extra_context)

        if "delete_selected" in self.asked_otherwise:
            return act()
        back_url = admin_url(self, "changelist")
        return self.once_seen(request, act, back_url, button=("_delete", "Delete it"))

    def response_action(self, request, queryset, action_location=ActionLocation.CHANGE_LIST):
        def act():
            return super(ImpactMixin, self).response_action(request, queryset, action_location=action_location)

        if self.asked_otherwise & {*request.POST.getlist("action")}:
            return act()
        return self.once_seen(request, act, request.get_full_path())

    def once_seen(self, request, act, back_url: str, keys=None, button=("_go_on", "Go on")):
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
        return impact_page(self, request, passages, back_url, button)

    def _models_touched(self, request, object_id) -> set[int]:
        stored = self.model._base_manager.filter(pk=key_in(unquote(object_id or ""))).first()
        model, offering = (key_in(request.POST.get(name)) for name in ("model", "offering"))
        offerings = Offering.objects.filter(pk=offering).values_list("model_id", flat=True)
        return (models_of(stored) | {model, *offerings}) - {None}


def impact_page(model_admin, request, passages, back_url: str, button=("_go_on", "Go on")):
    """Ask whether to go on, with all that was typed."""
    records = list(by_record(passages).items())
    opts = model_admin.opts
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "This changes what pages say",
        "opts": opts,
        "counts": counts_in_words(passages),
        "records": [(record, of_it[:MOST_SENTENCES]) for record, of_it in records[:MOST_RECORDS]],
        "more": max(0, len(records) - MOST_RECORDS),
        "typed": [(name, value) for name, values in request.POST.lists() if name not in LEFT_OUT for value in values],
        "seen": SEEN,
        "button": button[0],
        "button_words": button[1],
        "list_url": admin_url(model_admin, "changelist"),
        "back_url": back_url,
    }
    return TemplateResponse(request, "admin/catalog/impact.html", context)


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
