"""Before a change of the catalogue is saved: which sentences of published texts it changes, or puts in doubt."""

from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.contrib.messages.storage import default_storage
from django.db import transaction
from django.template.response import TemplateResponse
from django.urls import reverse

from catalog.models import AIModel, LifecycleEvent, Offering, Price, Provider
from publishing.staleness import Impact

SEEN = "impact_seen"
LEFT_OUT = {"csrfmiddlewaretoken", "_continue", "_save", "_addanother"}
MOST_SENTENCES = 40


class ImpactMixin:
    """For a ModelAdmin of what facts of models follow from. What is asked for is done, looked at, and undone: so what
    follows from it, a status or a lowest price, is worked out by the rules by which readers get it."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        # "post": she has just been asked about all that uses the record.
        if request.method != "POST" or request.POST.keys() & {SEEN, IS_POPUP_VAR, "post"}:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            impact = Impact(AIModel, self._models_touched(request, object_id))
            response = super().changeform_view(request, object_id, form_url, extra_context)
            passages = impact.passages() if response.status_code == 302 else []
            if not passages:
                return response
            transaction.set_rollback(True)
        request._messages = default_storage(request)  # without what was said of it, which has not happened
        return self._impact_page(request, object_id, passages)

    def _models_touched(self, request, object_id) -> set[int]:
        key = unquote(object_id) if object_id else ""
        stored = self.model._base_manager.filter(pk=key).first() if key.isascii() and key.isdigit() else None
        named = {name: request.POST.get(name, "") for name in ("model", "offering")}
        keys = {name: int(key) for name, key in named.items() if key.isascii() and key.isdigit() and len(key) < 19}
        offerings = Offering.objects.filter(pk=keys.get("offering", 0)).values_list("model_id", flat=True)
        return (models_of(stored) | {keys.get("model"), *offerings}) - {None}

    def _impact_page(self, request, object_id, passages):
        records = {}
        for passage in passages:
            records.setdefault(passage.record, []).append(passage)
        button = next((name for name in ("_save", "_addanother", "_continue") if name in request.POST), "_save")
        opts = self.opts
        back = "change" if object_id else "add"
        context = {
            **self.admin_site.each_context(request),
            "title": "This changes what pages say",
            "opts": opts,
            "counts": _counts(records),
            "records": [(record, of_it[:MOST_SENTENCES]) for record, of_it in list(records.items())[:MOST_SENTENCES]],
            "typed": [
                (name, value) for name, values in request.POST.lists() if name not in LEFT_OUT for value in values
            ],
            "seen": SEEN,
            "button": button,
            "list_url": reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist"),
            "back_url": reverse(
                f"admin:{opts.app_label}_{opts.model_name}_{back}", args=[unquote(object_id)] if object_id else []
            ),
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
    return set()


def _counts(records) -> str:
    """How many of each kind, and how many tables in them, in words: 4 articles, 3 questions, 2 tables."""
    kinds = {}
    for record in records:
        kinds.setdefault(record.search_kind()._meta, []).append(record)
    words = [
        f"{len(found)} {opts.verbose_name if len(found) == 1 else opts.verbose_name_plural}"
        for opts, found in kinds.items()
    ]
    tables = {(record, passage.table) for record, of_it in records.items() for passage in of_it if passage.table}
    words += [f"{len(tables)} table{'' if len(tables) == 1 else 's'}"] if tables else []
    return ", ".join(words)
