"""Admin pages to merge duplicates, with a preview, and to list likely duplicates."""

import re

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

from catalog.admin.impact import SEEN, impact_page
from catalog.history.duplicates import likely_duplicates
from catalog.history.merge import MOST, CannotMergeRecordsError, impact_of, merge, preview, records_to_merge
from ops.http.urls import admin_url, change_url
from publishing.admin.admin_pages import admin_page, show

TEXTS_SHOWN = 50
KEY = re.compile(r"[0-9]{1,18}")


class MergeMixin(admin.ModelAdmin):
    """For a ModelAdmin of records that may have duplicates."""

    change_list_template = "admin/catalog/mergeable_list.html"

    def has_merge_permission(self, request):
        return self.has_change_permission(request) and self.has_delete_permission(request)

    @admin.action(description="Merge…", permissions=["merge"])
    def merge_chosen(self, request: HttpRequest, queryset: QuerySet) -> HttpResponseRedirect | None:
        pks = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
        if not 2 <= len(pks) <= MOST:
            messages.warning(request, f"Select 2 to {MOST} records to merge.")
            return None
        return HttpResponseRedirect(f"{admin_url(self, 'merge')}?{_query(pks)}")

    @admin_page("merge/", "merge", permission="merge")
    def merge_view(self, request):
        parameters = request.POST if request.method == "POST" else request.GET
        pks = [int(pk) for pk in dict.fromkeys(parameters.getlist("ids")) if KEY.fullmatch(pk)]
        try:
            records = [*records_to_merge(self.model._base_manager.all(), pks).values()]
            into = _chosen(records, parameters.get("into", ""))
            others = [record for record in records if record is not into]
            if request.method == "POST":
                return self._merge(request, into, others)
            return self._ask(request, records, into, others)
        except CannotMergeRecordsError as error:
            messages.error(request, f"Nothing was merged. {error}")
            return HttpResponseRedirect(admin_url(self, "changelist"))

    def _merge(self, request, into, others):
        names, keys = ", ".join(f"“{other}”" for other in others), [other.pk for other in others]
        if SEEN not in request.POST and (passages := impact_of(self.model, into.pk, keys, request.user)):
            return impact_page(self, request, passages, "Merge", back_url=admin_url(self, "changelist"))
        into = merge(self.model, into.pk, keys, request.user)
        self.log_change(request, into, f"Merged: {names}.")
        messages.success(request, f"Merged {names} into “{into}”. Their addresses redirect to it.")
        return HttpResponseRedirect(change_url(into))

    def _ask(self, request, records, into, others):
        seen = preview(into, others)
        return show(
            self,
            request,
            "admin/catalog/merge.html",
            "Merge duplicates",
            records=records,
            into=into,
            others=others,
            preview=seen,
            texts=seen.texts[:TEXTS_SHOWN],
            more_texts=max(0, len(seen.texts) - TEXTS_SHOWN),
            hidden=into.state != "published" or into.deleted_at is not None,
        )

    @admin_page("duplicates/", "duplicates", permission="view")
    def duplicates_view(self, request: HttpRequest) -> HttpResponse:
        merge_url = admin_url(self, "merge")
        groups = [
            {"records": records, "url": f"{merge_url}?{_query([record.pk for record in records[:MOST]])}"}
            for records in likely_duplicates(self.model)
        ]
        context = {"groups": groups, "may_merge": self.has_merge_permission(request)}
        return show(self, request, "admin/catalog/duplicates.html", "Possible duplicates", **context)


def _query(pks) -> str:
    query = QueryDict(mutable=True)
    query.setlist("ids", pks)
    return query.urlencode()


def _chosen(records, pk: str):
    """Return the record to keep: the requested one, or else the one that was published first."""
    for record in records:
        if str(record.pk) == pk:
            return record
    published = [record for record in records if record.deleted_at is None and record.first_published_at]
    return min(published, key=lambda record: (record.first_published_at, record.pk), default=records[0])
