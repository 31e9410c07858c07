"""What readers say of answers, for editors: to read, to take along as a table, and to delete where it is spam."""

import csv
from io import StringIO

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET

from faq.models import Vote
from publishing.addresses import change_url
from publishing.admin.fields import moment_in_words
from publishing.parameters import words
from publishing.spreadsheets import safe_cell

MOST_IN_A_FILE = 50_000
COLUMNS = {
    "Voted": lambda vote: f"{localtime(vote.voted_at):%Y-%m-%d %H:%M %Z}",
    "Question": lambda vote: str(vote.question),
    "Address": lambda vote: vote.question.get_absolute_url(),
    "Helped": lambda vote: "yes" if vote.is_helpful else "no",
    "Why": lambda vote: vote.reason,
    "Version of": lambda vote: f"{localtime(vote.revision.made_at):%Y-%m-%d %H:%M %Z}" if vote.revision else "",
}


class ReasonFilter(admin.SimpleListFilter):
    title = "reason"
    parameter_name = "reason"

    def lookups(self, request, model_admin):
        return [("yes", "Says why")]

    def queryset(self, request, queryset):
        return queryset.with_reason() if self.value() == "yes" else queryset


@admin.register(Vote)
class VoteAdmin(admin.ModelAdmin):
    """Nothing is added or changed by hand. What is deleted here is gone: it has no trash."""

    change_list_template = "admin/faq/vote_list.html"
    list_display = ["voted", "is_helpful", "reason", "about", "version"]
    list_filter = ["is_helpful", ReasonFilter, "voted_at"]
    list_select_related = ["question", "revision"]
    list_per_page = 50
    search_fields = ["question__question", "reason"]
    date_hierarchy = "voted_at"
    fields = readonly_fields = ["voted", "about", "is_helpful", "reason", "version"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def lookup_allowed(self, lookup, value, request=None):
        return lookup == "question__id__exact" or super().lookup_allowed(lookup, value, request)

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, words(search_term))

    def get_urls(self):
        view = self.admin_site.admin_view(require_GET(self.export))
        return [path("export/", view, name="faq_vote_export"), *super().get_urls()]

    def export(self, request):
        """Send what the list shows, of all its pages, to a spreadsheet."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            votes = self.get_changelist_instance(request).get_queryset(request)
        except admin.options.IncorrectLookupParameters:
            return HttpResponseRedirect("../?e=1")
        response = HttpResponse(as_csv(votes[:MOST_IN_A_FILE]), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="votes-{timezone.localdate():%Y-%m-%d}.csv"'
        return response

    @admin.display(description="Voted", ordering="voted_at")
    def voted(self, vote):
        return moment_in_words(vote.voted_at)

    @admin.display(description="Question", ordering="question__question")
    def about(self, vote):
        return format_html('<a href="{}">{}</a>', change_url(vote.question), vote.question)

    @admin.display(description="Version of", ordering="revision")
    def version(self, vote):
        return moment_in_words(vote.revision.made_at) if vote.revision else "no longer kept"


def as_csv(votes: QuerySet) -> str:
    """Return the lines, with the mark by which spreadsheets know UTF-8."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for vote in votes:
        writer.writerow(safe_cell(column(vote)) for column in COLUMNS.values())
    return f"\ufeff{text.getvalue()}"
