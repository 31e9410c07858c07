"""The action log of the admin, with filters."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import capfirst

from publishing.admin.fields import column, moment_column
from publishing.admin.lists import ByHandMixin
from publishing.content.people import name_of


def visible_kinds(user) -> list[ContentType]:
    """Return the kinds of record that `user` may see in the admin; the log is limited to them."""
    content_types = []
    for model in admin.site._registry:
        opts = model._meta
        if model is not LogEntry and user.has_perm(f"{opts.app_label}.view_{opts.model_name}"):
            content_types.append(ContentType.objects.get_for_model(model, for_concrete_model=False))
    return content_types


@admin.register(LogEntry)
class SiteHistoryAdmin(ByHandMixin, admin.ModelAdmin):
    name_in_menu = "Activity log"
    list_display = ["moment", "person", "action_flag", "kind", "record", "said"]
    list_display_links = None
    list_filter = [
        ("user", admin.RelatedOnlyFieldListFilter),
        ("content_type", admin.RelatedOnlyFieldListFilter),
        "action_flag",
        "action_time",
    ]
    list_select_related = ["user", "content_type"]
    search_fields = ["object_repr", "change_message", "user__username", "user__first_name", "user__last_name"]
    search_help_text = "Search by record, action or user."
    date_hierarchy = "action_time"
    actions = None
    ordering = ["-action_time", "-pk"]

    def has_view_permission(self, request: HttpRequest, obj: LogEntry | None = None) -> bool:
        allowed = super().has_view_permission(request, obj)
        return allowed and (obj is None or obj.content_type in visible_kinds(request.user))

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).filter(content_type__in=visible_kinds(request.user))

    moment = moment_column("When", "action_time")
    person = column("Who", lambda entry: name_of(entry.user), "user__username")
    kind = column("Kind", lambda entry: capfirst(entry.content_type.name))

    @admin.display(description="Record", ordering="object_repr")
    def record(self, entry: LogEntry) -> str:
        url = None if entry.is_deletion() else entry.get_admin_url()
        return format_html('<a href="{}">{}</a>', url, entry.object_repr) if url else entry.object_repr

    said = column("Words", LogEntry.get_change_message)
