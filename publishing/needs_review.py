"""What of published texts is to be looked at again: how much that is, and the page that lists it."""

from django.core.cache import cache
from django.shortcuts import render
from django.urls import reverse

from publishing.addresses import change_url
from publishing.models import Revised
from publishing.registry import kind_named
from publishing.roles import may_publish
from publishing.staleness import all_passages, token_of

COUNTED_FOR_SECONDS = 60
LIMIT = 100


def still_correct_url(record) -> str:
    kind = record.search_kind()._meta
    return reverse(f"admin:{kind.app_label}_{kind.model_name}_still_correct", args=[record.pk])


def needs_review_view(request, admin_site):
    """List the sentences of all texts that this editor may publish."""
    rows = [
        {
            "record": record,
            "edit_url": change_url(record),
            "passages": passages,
            "seen": token_of(passages),
            "still_correct_url": still_correct_url(record) if isinstance(record, Revised) else "",
        }
        for record, passages in all_passages().items()
        if may_publish(request.user, record.search_kind())
    ]
    rows.sort(key=lambda row: (-len(row["passages"]), str(row["record"]).casefold()))
    context = {**admin_site.each_context(request), "title": "Needs review", "rows": rows[:LIMIT], "count": len(rows)}
    return render(request, "admin/publishing/needs_review.html", context)


def count_of_stale(user) -> int:
    """How many records have something to be looked at, of those that `user` may publish; as of a minute ago."""
    counts = cache.get_or_set("publishing.stale", _counts, COUNTED_FOR_SECONDS)
    return sum(count for label, count in counts.items() if may_publish(user, kind_named(label)))


def _counts() -> dict[str, int]:
    counts = {}
    for record in all_passages():
        label = record.search_kind()._meta.label_lower
        counts[label] = counts.get(label, 0) + 1
    return counts
