"""Texts that need review: their list, and the panel above the form of a published one that confirms it."""

from collections import defaultdict

from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.views.decorators.http import require_GET

from ops.http.urls import change_url, record_url
from publishing.admin.admin_pages import Panel, admin_page
from publishing.content.permissions import AnyUser, may_publish
from publishing.content.publishable import Publishable
from publishing.content.reference import Reference
from publishing.content.registry import kinds
from publishing.content.revised import Revised
from publishing.quality import staleness
from publishing.quality.claims.models import Claim
from publishing.workflow.confirm_claims import confirm_record, is_to_be_read

PER_PAGE = 10


@require_GET
def needs_review_view(request: HttpRequest) -> HttpResponse:
    """List the stale sentences of all texts that this user may publish."""
    page = Paginator(stale_keys(request.user), PER_PAGE).get_page(request.GET.get("page"))
    keys, wanted = defaultdict(list), Q(pk__in=[])
    for source_type, pk in page:
        keys[source_type].append(pk)
    for source_type, pks in keys.items():
        wanted |= Q(source_type=source_type, source_id__in=pks)
    rows = [
        {
            "record": record,
            "edit_url": change_url(record),
            "passages": passages,
            "seen": staleness.token_of(passages),
            "still_correct_url": record_url(record, "still_correct") if isinstance(record, Revised) else "",
        }
        for record, passages in staleness.passages_by_record(Reference.objects.stale().filter(wanted)).items()
    ]
    rows.sort(key=lambda row: (-len(row["passages"]), str(row["record"]).casefold()))
    context = {**site.each_context(request), "title": "Needs review", "rows": rows, "page": page}
    return render(request, "admin/publishing/needs_review.html", context)


def stale_keys(user: AnyUser) -> list[tuple[int, int]]:
    """Return (content type id, primary key) of the records that need review and that `user` may publish."""
    staleness.compare_soon()
    return staleness.stale_texts(kind for kind in kinds() if may_publish(user, kind))


class FactCheckPanel(Panel):
    permission = "publish"

    def context(self, request: HttpRequest, record: Publishable) -> dict:
        stale = staleness.passages_of(record)
        url = record_url(record, "still_correct")
        context = {"stale": stale, "stale_seen": staleness.token_of(stale), "still_correct_url": url}
        overdue = list(Claim.objects.of(record).standing().overdue())
        row = self.model._base_manager.get(pk=record.pk)  # `record` contains the draft, which may have another date
        to_be_read = row.review_by if is_to_be_read(row) and row.is_public else None
        if overdue or to_be_read:
            url = record_url(record, "confirm")
            context |= {"overdue_claims": overdue, "to_be_read": to_be_read, "confirm_url": url}
        return context

    @admin_page("<path:object_id>/confirm/", "confirm", "POST", permission="publish")
    def confirm_view(self, request: HttpRequest, record: Publishable) -> HttpResponseRedirect:
        row = self.model._base_manager.get(pk=record.pk)
        if row.is_public:
            self._confirm(request, row)
        else:
            messages.error(request, f"“{row}” is not published, so there is nothing to confirm yet.")
        listing = reverse("admin:publishing_claim_changelist")
        return HttpResponseRedirect(listing if request.POST.get("back") == "list" else change_url(row))

    def _confirm(self, request, row):
        try:
            count, day = confirm_record(request.user, row)
        except ValidationError as error:
            messages.error(request, f"“{row}” is not confirmed. {' '.join(error.messages)}")
            return
        sentences = [f"Dated claims confirmed: {count}."] if count else []
        sentences += [f"Next review by {date_format(day, 'j M Y')}."] if day else []
        messages.success(request, f"“{row}” is confirmed. {' '.join(sentences)}".strip())

    @admin_page("<path:object_id>/still-correct/", "still_correct", "POST", permission="publish")
    def still_correct_view(self, request, record):
        passages = staleness.passages_of(record)
        if passages and request.POST.get("seen") != staleness.token_of(passages):
            messages.warning(request, f"More has changed since you opened “{record}”. Check it again.")
        else:
            staleness.mark_reviewed(record, with_typed=True)
            if count := len(passages):
                self.admin.log_change(request, record, f"Marked as still correct: {count} passages.")
            messages.success(request, f"“{record}” is marked as still correct.")
        listing = reverse("admin:publishing_needs_review")
        return HttpResponseRedirect(listing if request.POST.get("back") == "list" else change_url(record))
