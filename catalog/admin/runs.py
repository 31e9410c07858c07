"""Admin of import runs, held records and the change log: read, apply and revert."""

from operator import attrgetter
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator

from catalog.admin.impact import ImpactMixin
from catalog.history.audit_log import CannotRevertError, revert_change
from catalog.history.bulk_edit import revert_batch
from catalog.importers.entries import UnreadableFeedError
from catalog.importers.feeds import MOST_BYTES, READERS
from catalog.importers.held import apply_held, ask_to_apply, has_news
from catalog.importers.requested import UNDER_WAY, request_feed, request_file, stop
from catalog.importers.running import WOULD_CHANGE
from catalog.integration.facts import LABELS
from catalog.models import Action, FieldChange, HeldRecord, ImportRun, RunState
from catalog.models.changes import FieldChangeQuerySet
from catalog.rules.choices import ImportFeed, Meter
from ops.http.query_params import one_of
from ops.http.urls import change_url
from publishing.admin.admin_pages import admin_page, show
from publishing.admin.fields import column, moment_column, section
from publishing.admin.lists import ByHandMixin
from publishing.content.dates import moment_in_words

# What differs, by fact or by path in the feed.
NAMES = LABELS | {f"price {meter.value}": f"Price: {meter.label.lower()}" for meter in Meter}
LINES_SHOWN = 500
LONGEST_VALUE = 80
CHANGED = " They are decided already, or a later import has replaced them: choose from the list as it is now."


class ReadOnlyAdmin(ByHandMixin, admin.ModelAdmin):
    """No records are added, changed or deleted in forms, only by actions."""

    def has_apply_permission(self, request, obj=None):
        return request.user.has_perm(f"catalog.change_{self.opts.model_name}")


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    change_form_template = "admin/catalog/run.html"
    change_list_template = "admin/catalog/runs.html"
    list_display = ["feed", "started", "state", "held_count", "result"]
    list_filter = ["feed", "state"]
    search_fields = ["address"]
    fieldsets = [
        section(None, "feed", "address", "data_on", "started", "ended"),
        section("Result", "result", "details"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportRun]:
        waiting = Count("held", filter=Q(held__applied_at=None))
        return super().get_queryset(request).defer("report").annotate(waiting=waiting)

    @admin_page("new/", "new", "GET", "POST", permission="apply")
    def new_view(self, request):
        """Start the comparison with a feed or a file."""
        error = ""
        try:
            if feed := request.POST.get("feed"):
                return self._opened(request_feed(ImportFeed(one_of(feed, "feed", ImportFeed.values)), request.user))
            if file := request.FILES.get("file"):
                return self._opened(request_file(file, request.user))
            error = "Choose a file." if request.method == "POST" else ""
        except UnreadableFeedError as refusal:
            error = str(refusal)
        feeds = [(feed, feed.label, READERS[feed].data_address) for feed in ImportFeed]
        context = {"feeds": feeds, "error": error, "max_bytes": MOST_BYTES}
        return show(self, request, "admin/catalog/import_new.html", "New import", **context)

    @admin_page("<path:object_id>/step/", "step", "POST", permission="apply")
    def step_view(self, request, record):
        """Write or stop a run; nothing happens if its state no longer allows that."""
        step = request.POST.get("step")
        if step == "stop":
            stop(record)
        elif step == "write" and not ask_to_apply(record, request.user):
            messages.warning(request, f"{record} has nothing to write, or it is being written already.")
        return self._opened(record)

    def _opened(self, run):
        return HttpResponseRedirect(change_url(run))

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        permissions = {"may_import": self.has_apply_permission(request)}
        return super().changelist_view(request, permissions | (extra_context or {}))

    def render_change_form(self, request: HttpRequest, context: dict, obj: Any = None, **kwargs: Any) -> HttpResponse:
        if obj:
            context |= {
                "is_under_way": obj.state in UNDER_WAY,
                "has_news": obj.state == RunState.HELD and has_news(obj),
                "impact": [line for line in obj.report if line["what"] == WOULD_CHANGE],
                "held_total": obj.held.count(),
                "applied": obj.held.filter(Q(applied_at__isnull=False) | ~Q(problem="")).count(),
            }
        return super().render_change_form(request, context, obj=obj, **kwargs)

    started = moment_column("Started", "started_at")
    ended = moment_column("Ended", "finished_at")

    @admin.display(description="Result")
    def result(self, run: ImportRun) -> str:
        plural = {"history": "price histories", "match": "matches"}
        counts_by_kind = {
            kind: ", ".join(f"{count:,} {outcome}" for outcome, count in count_by_outcome.items())
            for kind, count_by_outcome in run.counts.items()
        }
        return "; ".join(f"{plural.get(kind, kind + 's')}: {counts}" for kind, counts in counts_by_kind.items()) or "–"

    @admin.display(description="Waiting")
    def held_count(self, run):
        return f"{run.waiting:,}" if run.state in {RunState.HELD, RunState.APPLYING} else "–"

    @admin.display(description="Details")
    def details(self, run: ImportRun) -> str:
        held = run.held.aggregate(
            total=Count("pk"),
            applied=Count("pk", filter=Q(applied_at__isnull=False, is_dismissed=False)),
            dismissed=Count("pk", filter=Q(is_dismissed=True)),
            refused=Count("pk", filter=Q(applied_at=None) & ~Q(problem="")),
        )
        context = {"run": run, "held": held, "lines": run.report[:LINES_SHOWN], "more": len(run.report) - LINES_SHOWN}
        return render_to_string("admin/catalog/run_details.html", context)


@admin.register(HeldRecord)
class HeldRecordAdmin(ImpactMixin, ReadOnlyAdmin):
    name_in_menu = "Differences"
    change_form_template = "admin/catalog/held.html"
    list_display = ["record_name", "kind", "differences_listed", "applied", "problem"]
    list_filter = ["kind", ("applied_at", admin.EmptyFieldListFilter), "is_dismissed", "run"]
    list_select_related = ["run"]
    search_fields = ["key"]
    actions = ["apply", "apply_always", "dismiss"]
    fieldsets = [section(None, "run", "kind", "record_name", "differences_listed", "applied", "applied_by", "problem")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[HeldRecord]:
        return super().get_queryset(request).defer("run__report").exclude(run__state=RunState.SUPERSEDED)

    record_name = column("Record", attrgetter("name"), "key")

    @admin.display(description="Would change: ours → the feed’s, and why it is held")
    def differences_listed(self, held):
        rows = [
            difference
            | {"field": NAMES.get(difference.get("fact") or difference["path"])}
            | {side: _short(difference[side], 500) for side in ("old", "new")}
            for difference in held.differences
        ]
        return render_to_string("admin/catalog/differences.html", {"held": held, "rows": rows})

    applied = moment_column("Applied", "applied_at")

    @admin.action(description="Apply, and ask again at the next difference", permissions=["apply"])
    def apply(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._apply(request, queryset, holds=True)

    @admin.action(description="Apply, and always follow imports in these fields", permissions=["apply"])
    def apply_always(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._apply(request, queryset, holds=False)

    @admin.action(description="Dismiss, and do not ask again", permissions=["apply"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet[HeldRecord]) -> None:
        runs = list(ImportRun.objects.filter(pk__in=queryset.values("run"), state=RunState.HELD))
        waiting = HeldRecord.objects.filter(pk__in=queryset.values("pk"), applied_at=None)
        count = waiting.update(is_dismissed=True, applied_at=timezone.now(), applied_by=request.user)
        for run in runs:
            run.settle()
        messages.success(request, f"Dismissed: {count:,}.{'' if count else CHANGED}")

    def _apply(self, request, queryset, holds: bool):
        runs = ImportRun.objects.filter(pk__in=queryset.values("run"), state=RunState.HELD)
        if not runs:
            messages.warning(request, f"Applied: 0.{CHANGED}")
        for run in runs:
            written, failed = apply_held(run, queryset, request.user, holds)
            messages.success(request, f"Applied: {written:,}.")
            if failed:
                messages.error(request, f"Not applied: {failed:,}. The reason is shown with each.")


@admin.register(FieldChange)
class FieldChangeAdmin(ImpactMixin, ReadOnlyAdmin):
    list_display = ["when", "who", "record_name", "what", "difference", "kept"]
    list_per_page = 50
    list_filter = ["action", "holds", ("record_type", admin.RelatedOnlyFieldListFilter), "user", "run__feed"]
    list_select_related = ["user", "run"]
    search_fields = ["record_name", "field"]
    date_hierarchy = "at"
    show_full_result_count = False
    actions = ["revert_change", "release", "revert_whole_batch"]
    fieldsets = [section(None, "when", "who", "record_link", "what", "old", "new", "kept")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[FieldChange]:
        return super().get_queryset(request).defer("run__report")

    when = moment_column("When", "at")

    who = column(
        "User", lambda change: change.user or (f"import from {change.run.get_feed_display()}" if change.run else "–")
    )
    what = column("What", lambda change: f"{Action(change.action).label.lower()} {change.place}".strip())

    @admin.display(description="Record")
    def record_link(self, change):
        kind = change.record_type
        url = reverse(f"admin:{kind.app_label}_{kind.model}_change", args=[change.record_id])
        return format_html('<a href="{}">{}</a>', url, change.record_name) if change.record else change.record_name

    difference = column("From → to", lambda change: f"{_short(change.old)} → {_short(change.new)}")

    @admin.display(description="Protected from imports")
    def kept(self, change: FieldChange) -> str:
        if change.taken_back_at:
            return f"undone {moment_in_words(change.taken_back_at)}"
        return "yes" if change.holds else "no"

    @admin.action(description="Undo", permissions=["apply"])
    def revert_change(self, request: HttpRequest, queryset: QuerySet) -> None:
        done = 0
        for change in queryset.order_by("-at", "-pk"):
            try:
                revert_change(change, request.user)
                done += 1
            except CannotRevertError as error:
                messages.error(request, f"“{change}” was not undone. {error}")
        if done:
            messages.success(request, f"Undone: {done}.")

    @admin.action(description="Undo all changes made together with these", permissions=["apply"])
    def revert_whole_batch(self, request, queryset):
        batches = set(queryset.exclude(batch=None).order_by().values_list("batch", flat=True).distinct())
        if not batches:
            messages.warning(request, "These changes were made alone: choose “Undo”.")
        for batch in batches:
            done, left = revert_batch(batch, request.user)
            messages.success(request, f"Undone: {done:,}.")
            if left:
                messages.warning(request, f"Not undone: {left:,}, because they have changed since or were deleted.")

    @admin.action(description="Allow imports to change it", permissions=["apply"])
    def release(self, request: HttpRequest, queryset: FieldChangeQuerySet) -> None:
        count = queryset.release()
        messages.success(request, f"Imports can change these again: {count}.")


def _short(value, most: int = LONGEST_VALUE) -> str:
    """Return a short text for a value; for a whole row, its non-empty values."""
    if isinstance(value, dict):
        value = [part for part in value.get("values", value).values() if part not in (None, "", 0, False, [], {})]
    match value:
        case bool():
            value = "yes" if value else "no"
        case int():
            value = f"{value:,}"
        case list():
            value = ", ".join(map(str, value))
    return "–" if value in (None, "") else Truncator(str(value)).chars(most)
