import csv
from urllib.parse import quote

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.timezone import localtime

from enquiries.forms import local_path
from enquiries.models import Enquiry, EnquiryState
from ops.db.csv_safety import safe_cell
from ops.mail import is_mail_configured
from publishing.admin.admin_pages import admin_page
from publishing.admin.fields import FieldsMixin, column, moment_column
from publishing.admin.lists import ByHandMixin, OptionListFilter
from publishing.content.dates import moment_in_words
from publishing.site.models import SiteSettings

# As the sender wrote it, with links for the mail address and the page.
WRITTEN = ["message", "name", "address_to_answer", "company", "kind", "purpose", "volume", "page_it_came_from"]

MOST_IN_A_FILE = 50_000
COLUMNS = {
    "Reference number": lambda enquiry: enquiry.receipt,
    "Received": lambda enquiry: f"{localtime(enquiry.received_at):%Y-%m-%d %H:%M %Z}",
    "Kind": lambda enquiry: enquiry.get_kind_display(),
    "State": lambda enquiry: enquiry.get_state_display(),
    "Owner": lambda enquiry: enquiry.owner.get_username() if enquiry.owner else "",
    "Name": lambda enquiry: enquiry.name,
    "Email address": lambda enquiry: enquiry.email,
    "Company": lambda enquiry: enquiry.company,
    "Message": lambda enquiry: enquiry.message,
    "Purpose of the key": lambda enquiry: enquiry.purpose,
    "Expected volume": lambda enquiry: enquiry.volume,
    "Referring page": lambda enquiry: enquiry.came_from,
    "Internal note": lambda enquiry: enquiry.note,
}


class MineFilter(OptionListFilter):
    title = "owner"
    parameter_name = "owner_is"
    ways = {
        "me": ("Mine", lambda enquiries, user: enquiries.filter(owner=user)),
        "unassigned": ("Unassigned", lambda enquiries, user: enquiries.filter(owner=None)),
    }


@admin.register(Enquiry)
class EnquiryAdmin(ByHandMixin, FieldsMixin, admin.ModelAdmin):
    """The enquiry itself is read-only; only state, owner and note can be edited."""

    never = ("add",)
    list_display = ["name", "company", "first_words", "kind", "state", "owner", "received", "mail_in_short"]
    list_filter = ["state", "kind", MineFilter, "received_at"]
    list_select_related = ["owner"]
    list_per_page = 50
    is_searched = True
    search_fields = ["receipt", "name", "email", "company", "message", "note"]
    date_hierarchy = "received_at"
    actions = ["assign_to_me", "mark_as_spam"]
    readonly_fields = [*WRITTEN, "receipt", "received", "last_changed", "mail"]

    def get_fieldsets(self, request: HttpRequest, obj: Enquiry | None = None) -> list:
        """Purpose and volume are asked of those who want a key."""
        written = [name for name in WRITTEN if name not in {"purpose", "volume"} or getattr(obj, name, "")]
        return [
            (None, {"fields": written}),
            ("Handling", {"fields": ["state", "owner", "note"]}),
            ("Details", {"fields": ["receipt", "received", "last_changed", "mail"]}),
        ]

    @admin.display(description="Email address")
    def address_to_answer(self, enquiry):
        return format_html('<a href="mailto:{}">{}</a>', quote(enquiry.email), enquiry.email)

    first_words = column("Message", lambda enquiry: Truncator(enquiry.message).chars(80))

    @admin.display(description="Referring page")
    def page_it_came_from(self, enquiry):
        return format_html('<a href="{0}">{0}</a>', enquiry.came_from) if local_path(enquiry.came_from) else "–"

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return super().changelist_view(request, {"mail_problem": mail_problem(), **(extra_context or {})})

    received = moment_column("Received", "received_at")
    last_changed = moment_column("Last changed", "last_changed_at")

    @admin.display(description="Email notification", ordering="mailed_at")
    def mail(self, enquiry: Enquiry) -> str:
        if enquiry.mailed_at:
            return f"Sent {moment_in_words(enquiry.mailed_at)}"
        if enquiry.state != EnquiryState.NEW:
            return "Not sent, because it is not new"
        if enquiry.mail_error:
            return f"Failed, last tried {moment_in_words(enquiry.mail_tried_at)}. {enquiry.mail_error}"
        return mail_problem() or "Waiting"

    @admin.display(description="Email notification", ordering="mailed_at")
    def mail_in_short(self, enquiry):
        return self.mail(enquiry).split(",")[0] if enquiry.mail_error else "Sent" if enquiry.mailed_at else "–"

    @admin_page("export/", "export", "GET", permission="view")
    def export_view(self, request):
        """Return all pages of the list, with its filters, as CSV."""
        try:
            rows = self.get_changelist_instance(request).get_queryset(request)[:MOST_IN_A_FILE]
        except admin.options.IncorrectLookupParameters:
            return HttpResponseRedirect("../?e=1")
        headers = {"Content-Disposition": f'attachment; filename="enquiries-{timezone.localdate():%Y-%m-%d}.csv"'}
        response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8", headers=headers)  # says UTF-8
        writer = csv.writer(response)
        writer.writerow(COLUMNS)
        writer.writerows([safe_cell(column(row)) for column in COLUMNS.values()] for row in rows)
        return response

    @admin.action(description="Assign to me", permissions=["change"])
    def assign_to_me(self, request, queryset):
        self._change(request, queryset, "Assigned to themselves.", owner=request.user)

    @admin.action(description="Mark as spam", permissions=["change"])
    def mark_as_spam(self, request, queryset):
        self._change(request, queryset, "Marked as spam.", state=EnquiryState.SPAM)

    def _change(self, request, queryset, sentence, **values):
        enquiries = list(queryset)
        self.model.objects.filter(pk__in=[enquiry.pk for enquiry in enquiries]).update(
            last_changed_at=timezone.now(), **values
        )
        for enquiry in enquiries:
            self.log_change(request, enquiry, sentence)
        messages.success(request, f"{sentence.rstrip('.')}: {len(enquiries)}.")


def mail_problem() -> str:
    """Return why enquiries are not mailed to anyone; "" if they are."""
    if not is_mail_configured():
        return "Enquiries are not emailed: no mail server is configured (EMAIL_URL). They are listed here."
    if not SiteSettings.objects.current().recipients:
        return "Enquiries are not emailed: the site settings name no recipient. They are listed here."
    return ""
