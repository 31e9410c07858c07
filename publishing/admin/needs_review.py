"""Published texts that need review: their number, and the page that lists them."""

from collections import defaultdict

from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import render

from ops.http.urls import change_url
from publishing.content.admin_urls import admin_url
from publishing.content.permissions import may_publish
from publishing.content.reference import Reference
from publishing.content.registry import kinds
from publishing.content.revised import Revised
from publishing.quality.staleness import compare_soon, passages_by_record, stale_texts, token_of

PER_PAGE = 10


def still_correct_url(record) -> str:
    return admin_url(record.search_kind(), "still_correct", record.pk)


def needs_review_view(request, admin_site):
    """List the stale sentences of all texts that this user may publish."""
    page = Paginator(_stale_texts(request.user), PER_PAGE).get_page(request.GET.get("page"))
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
            "seen": token_of(passages),
            "still_correct_url": still_correct_url(record) if isinstance(record, Revised) else "",
        }
        for record, passages in passages_by_record(Reference.objects.stale().filter(wanted)).items()
    ]
    rows.sort(key=lambda row: (-len(row["passages"]), str(row["record"]).casefold()))
    context = {**admin_site.each_context(request), "title": "Needs review", "rows": rows, "page": page}
    return render(request, "admin/publishing/needs_review.html", context)


def count_of_stale(user) -> int:
    """Return how many records that `user` may publish need review."""
    return len(_stale_texts(user))


def _stale_texts(user) -> list[tuple[int, int]]:
    compare_soon()
    return stale_texts(kind for kind in kinds() if may_publish(user, kind))
