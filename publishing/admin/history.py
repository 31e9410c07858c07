"""The history of a record: a comparison of two versions, and the restoration of one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect

from ops.http.query_params import key_in
from ops.http.urls import change_url
from publishing.admin.admin_pages import Panel, admin_page
from publishing.admin.differences import differences
from publishing.content.admin_urls import admin_url
from publishing.content.dates import moment_in_words
from publishing.revisions.models import Act, Revision
from publishing.revisions.snapshot import current
from publishing.workflow.actions import ActionRequest, draft_of, perform_action

PER_PAGE = 50


class HistoryPanel(Panel):
    """The versions of a record, for everyone who may change it."""

    def context(self, request, record):
        aside = Revision.objects.unsettled(record, request.user)
        shown = {"aside": aside, "aside_url": conflict_url(record)} if aside else {}
        return {"may_see_history": True, **shown}

    @admin_page("<path:object_id>/history/compare/", "compare", "GET")
    def compare_view(self, request, record):
        one, other = (self._compared(request, record, request.GET.get(name, "")) for name in ("one", "other"))
        if one.pk > other.pk and not other.is_aside:
            one, other = other, one
        head = Revision.objects.head(record)
        versions = [
            {
                "revision": revision,
                "is_head": revision == head,
                "restore_url": admin_url(self.model, "restore", record.pk, revision.pk),
            }
            for revision in (one, other)
        ]
        return self.admin.show(
            request,
            "admin/publishing/compare.html",
            "Two versions side by side",
            record=record,
            edit_url=change_url(record),
            versions=versions,
            differences=differences(self.model, one.content, other.content),
            is_conflict=other.is_aside and one == head,
            is_found="found" in request.GET,
            is_her_own=one.author_id == request.user.pk,
        )

    @admin_page("<path:object_id>/history/<int:revision>/restore/", "restore", "POST")
    def restore_view(self, request, record, revision):
        version = self._revision(record, str(revision))
        content = record.draft_content
        old = current(self.model, version.content)
        # Fields that the old version does not have stay as they are.
        content = {part: content[part] | old[part] for part in content}
        note = f"The version of {moment_in_words(version.made_at)}"
        try:
            outcome = perform_action(record, ActionRequest(Act.RESTORE, content, author=request.user, note=note))
        except ValidationError as error:
            messages.error(request, f"It cannot be brought back. {self.admin.in_words(error)}")
            return HttpResponseRedirect(admin_url(self.model, "history", record.pk))
        record.action_result = outcome
        self.admin.log_change(request, record, f"{Act.RESTORE.label}.")
        self.admin.after_saving(request, record)
        return HttpResponseRedirect(change_url(record))

    def _compared(self, request, record, key: str) -> Revision:
        if key == "latest":
            revision = Revision.objects.head(record)
        elif key == "mine":
            revision = Revision.objects.set_aside(record, request.user)
        else:
            return self._revision(record, key)
        if revision is None:
            raise Http404
        return revision

    def _revision(self, record, key: str) -> Revision:
        revision = Revision.objects.of(record).select_related("author", "parent").filter(pk=key_in(key)).first()
        if revision is None:
            raise Http404
        return revision


def versions_of(record, page) -> dict:
    """Return the additional context of the history page of a record."""
    found = Revision.objects.of(record).latest_first().select_related("author")
    draft = draft_of(record)
    return {
        "versions": Paginator(found, PER_PAGE).get_page(page),
        "draft_pk": draft and draft.pk,
        "live_pk": _live_pk(record),
        "compare_url": admin_url(record.search_kind(), "compare", record.pk),
    }


def conflict_url(record) -> str:
    """Return the address of a conflict. It has no keys of versions, since autosaves replace each other."""
    return f"{admin_url(record.search_kind(), 'compare', record.pk)}?one=latest&other=mine"


def _live_pk(record) -> int | None:
    """Return the key of the version that the row contains."""
    applied = Revision.objects.of(record).exclude(applied_at=None).order_by("-applied_at", "-pk")
    return applied.values_list("pk", flat=True).first()
