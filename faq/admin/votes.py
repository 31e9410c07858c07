"""Votes on answers, for editors: to read, to export, and to delete if they are spam."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.timezone import localtime

from faq.models import Vote
from ops.http.urls import change_url
from publishing.admin.fields import moment_column
from publishing.admin.lists import ByHandMixin, ExportMixin, OptionListFilter
from publishing.content.dates import moment_in_words

COLUMNS = {
    "Voted": lambda vote: f"{localtime(vote.voted_at):%Y-%m-%d %H:%M %Z}",
    "Question": lambda vote: str(vote.question),
    "Address": lambda vote: vote.question.get_absolute_url(),
    "Helped": lambda vote: "yes" if vote.is_helpful else "no",
    "Why": lambda vote: vote.reason,
    "Version of": lambda vote: f"{localtime(vote.revision.made_at):%Y-%m-%d %H:%M %Z}" if vote.revision else "",
}


class ReasonFilter(OptionListFilter):
    title = parameter_name = "reason"
    ways = {"yes": ("Says why", lambda votes, user: votes.with_reason())}


@admin.register(Vote)
class VoteAdmin(ByHandMixin, ExportMixin, admin.ModelAdmin):
    """Votes are not added or changed by hand, and deleting is final: there is no trash."""

    never = ("add", "change")
    columns, file_name = COLUMNS, "votes"
    change_list_template = "admin/faq/vote_list.html"
    list_display = ["voted", "is_helpful", "reason", "about", "version"]
    list_filter = ["is_helpful", ReasonFilter, "voted_at"]
    list_select_related = ["question", "revision"]
    list_per_page = 50
    search_fields = ["question__question", "reason"]
    date_hierarchy = "voted_at"
    fields = readonly_fields = ["voted", "about", "is_helpful", "reason", "version"]

    def lookup_allowed(self, lookup, value, request=None):
        return lookup == "question__id__exact" or super().lookup_allowed(lookup, value, request)

    voted = moment_column("Voted", "voted_at")

    @admin.display(description="Question", ordering="question__question")
    def about(self, vote):
        return format_html('<a href="{}">{}</a>', change_url(vote.question), vote.question)

    @admin.display(description="Version of", ordering="revision")
    def version(self, vote):
        return moment_in_words(vote.revision.made_at) if vote.revision else "no longer kept"
