"""The published texts that should be looked at again: their number, and the page that lists them."""

from collections import defaultdict

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import render

from publishing.addresses import change_url
from publishing.admin_pages import admin_url
from publishing.models import Reference, Revised
from publishing.registry import kinds
from publishing.roles import may_publish
from publishing.staleness import compare_soon, passages_by_record, stale_references, token_of

PER_PAGE = 10


def still_correct_url(record) -> str:
    return admin_url(record.search_kind(), "still_correct", record.pk)


def needs_review_view(request, admin_site):
    """List the sentences of all texts that this editor may publish."""
    sources = _stale_references(request.user).values_list("source_type", "source_id").annotate(count=Count("pk"))
    # All at once: to count the groups takes the database as long as to make them.
    sources = list(sources.order_by("-count", "source_type", "source_id"))
    page = Paginator(sources, PER_PAGE).get_page(request.GET.get("page"))
    keys, wanted = defaultdict(list), Q(pk__in=[])
    for source_type, pk, _ in page:
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
    """Return how many records that `user` may publish have something to be looked at."""
    by_type = _stale_references(user).values_list("source_type").order_by("source_type")
    return sum(count for _, count in by_type.annotate(Count("source_id", distinct=True)))


def _stale_references(user):
    compare_soon()
    return stale_references([kind for kind in kinds() if may_publish(user, kind)])
