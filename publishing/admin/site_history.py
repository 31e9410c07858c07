"""The action log of the admin, with filters and CSV export."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst

from publishing.admin.fields import moment_column
from publishing.admin.lists import ByHandMixin, ExportMixin, RecordListFilter
from publishing.content.people import name_of

COLUMNS = {
    "When": lambda entry: f"{timezone.localtime(entry.action_time):%Y-%m-%d %H:%M:%S %Z}",
    "Who": lambda entry: name_of(entry.user),
    "What": lambda entry: str(entry.get_action_flag_display()),
    "Kind": lambda entry: _kind_in_words(entry.content_type),
    "Record": lambda entry: entry.object_repr,
    "Number": lambda entry: entry.object_id or "",
    "Words": lambda entry: entry.get_change_message(),
}


class PersonFilter(RecordListFilter):
    title = "person"
    parameter_name, field = "person", "user"

    def lookups(self, request, model_admin):
        people = get_user_model().objects.filter(pk__in=LogEntry.objects.order_by().values("user").distinct())
        return [(str(person.pk), name_of(person)) for person in people.order_by("username")]


class KindFilter(RecordListFilter):
    title = "kind of record"
    parameter_name, field = "kind", "content_type"

    def lookups(self, request, model_admin):
        return [(str(kind.pk), _kind_in_words(kind)) for kind in visible_kinds(request.user)]


def visible_kinds(user) -> list[ContentType]:
    """Return the kinds of record that `user` may see in the admin; the log is limited to them."""
    found = []
    for model in admin.site._registry:
        opts = model._meta
        if model is not LogEntry and user.has_perm(f"{opts.app_label}.view_{opts.model_name}"):
            found.append(ContentType.objects.get_for_model(model, for_concrete_model=False))
    return found


@admin.register(LogEntry)
class SiteHistoryAdmin(ByHandMixin, ExportMixin, admin.ModelAdmin):
    name_in_menu = "Activity log"
    columns, file_name = COLUMNS, "history"
    change_list_template = "admin/publishing/site_history.html"
    list_display = ["moment", "person", "what", "kind", "record", "said"]
    list_display_links = None
    list_filter = [PersonFilter, KindFilter, "action_flag", "action_time"]
    list_select_related = ["user", "content_type"]
    list_per_page = 100
    search_fields = ["object_repr", "change_message", "user__username", "user__first_name", "user__last_name"]
    search_help_text = "Search by record, action or user."
    date_hierarchy = "action_time"
    actions = None
    ordering = ["-action_time", "-pk"]

    def has_view_permission(self, request, obj=None):
        allowed = super().has_view_permission(request, obj)
        return allowed and (obj is None or obj.content_type in visible_kinds(request.user))

    def get_queryset(self, request):
        return super().get_queryset(request).filter(content_type__in=visible_kinds(request.user))

    # Columns ---------------------------------------------------------------------------------------

    moment = moment_column("When", "action_time")

    @admin.display(description="Who", ordering="user__username")
    def person(self, entry):
        return name_of(entry.user)

    @admin.display(description="What", ordering="action_flag")
    def what(self, entry):
        return entry.get_action_flag_display()

    @admin.display(description="Kind")
    def kind(self, entry):
        return _kind_in_words(entry.content_type)

    @admin.display(description="Record", ordering="object_repr")
    def record(self, entry):
        url = None if entry.is_deletion() else entry.get_admin_url()
        return format_html('<a href="{}">{}</a>', url, entry.object_repr) if url else entry.object_repr

    @admin.display(description="Words")
    def said(self, entry):
        return entry.get_change_message()


def _kind_in_words(kind: ContentType | None) -> str:
    model = kind and kind.model_class()
    return capfirst(str(model._meta.verbose_name)) if model else "—"
