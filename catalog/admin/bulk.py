"""Admin actions on many records, with a preview of the changed and the refused records before they run."""

from dataclasses import dataclass
from datetime import date
from itertools import batched

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from catalog.history import bulk_edit
from catalog.history.bulk_edit import change_all, count_changes
from catalog.history.checking import mark_checked
from publishing.admin.confirmation import affected_public_records, confirmation
from publishing.content.publishable import State

LOGGED_AT_MOST = 500
TEMPLATE = "admin/catalog/bulk.html"


@dataclass(frozen=True)
class Bulk:
    """An action that sets the field `name` to `value`."""

    label: str
    name: str
    value: object = None
    permission: str = "publish"
    effect: str = ""
    hides: bool = False  # the records are no longer public


BULKS = {
    "publish": Bulk("Publish", "state", State.PUBLISHED, effect="Readers see these at once."),
    "unpublish_selected": Bulk(
        "Return to draft", "state", State.DRAFT, effect="Readers no longer see these.", hides=True
    ),
    "archive": Bulk(
        "Archive",
        "state",
        State.ARCHIVED,
        effect="Readers no longer see these; their addresses say that they were removed.",
        hides=True,
    ),
    "delete_selected": Bulk(
        "Move to trash",
        "deleted_at",
        timezone.now,
        permission="delete",
        effect="Readers no longer see these. Texts that mention them keep the words but lose the link.",
        hides=True,
    ),
    "restore": Bulk("Restore", "deleted_at"),
    "mark_checked": Bulk(
        "Mark as checked today",
        "checked_on",
        timezone.localdate,
        permission="change",
        effect="Readers see that you found their facts, prices and dates at the sources today.",
    ),
}


def _action(name: str):
    bulk = BULKS[name]

    @admin.action(description=bulk.label, permissions=[bulk.permission])
    def act(self, request, queryset):
        return self.confirm_or_apply(request, queryset, bulk)

    return act


class BulkMixin(admin.ModelAdmin):
    """For a ModelAdmin whose `actions` contains keys of BULKS."""

    for _name in BULKS:
        locals()[_name] = _action(_name)
    del _name

    def confirm_or_apply(self, request, queryset, bulk: Bulk):
        value = bulk.value() if callable(bulk.value) else bulk.value
        outcome = count_changes(queryset, bulk.name, value)
        first = self.get_queryset(request).filter(pk__in=outcome.pks[:LOGGED_AT_MOST])
        # Confirm again if the number of changes is no longer the one that the user agreed to.
        if request.POST.get("agreed") != str(outcome.count) or not outcome.count:
            context = {"total": queryset.count(), "outcome": outcome, "bulk": bulk}
            lines = affected_public_records(request.user, first) if bulk.hides else []
            return confirmation(self, request, TEMPLATE, bulk.label, without={"agreed"}, lines=lines, **context)
        batch = change_all(self.model, outcome.pks, bulk.name, value, request.user)
        if bulk.name == "checked_on" and isinstance(value, date):
            for pks in batched(outcome.pks, bulk_edit.BATCH):
                mark_checked(self.model, pks, value, request.user)
        # The history of a record names the action, up to a limit; the change log is complete.
        log_message = f"{bulk.label}, together with others."
        LogEntry.objects.log_actions(request.user.pk, first.all(), CHANGE, log_message, single_object=False)
        url = f"{reverse('admin:catalog_fieldchange_changelist')}?batch={batch}"
        context = {"outcome": outcome, "url": url, "opts": self.opts}
        messages.success(request, render_to_string("admin/catalog/bulk_done.html", context))
        return None
