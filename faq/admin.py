"""The admin of questions with their duplicates, of topics, and of votes."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html

from faq.duplicates.finding import KnownQuestions, similar
from faq.models import OtherWording, Question, QuestionTopic, Vote
from ops.http.query_params import key_in
from ops.http.urls import change_url
from publishing.admin.admin_pages import Panel, admin_page, show
from publishing.admin.base import TrashFilter
from publishing.admin.drafts import DraftsAdmin
from publishing.admin.fields import column, moment_column, section, with_fields
from publishing.admin.lists import ByHandMixin, OptionListFilter, TextStateFilter
from publishing.admin.new_drafts import DuplicatePanel, ImportPanel
from publishing.admin.rows import RowInline
from publishing.content.dates import moment_in_words
from publishing.content.people import name_of
from publishing.content.permissions import may_view
from publishing.richtext.allowlist import clean

LONGEST_ANSWER = 100_000  # characters
MOST_NEAR = 5


class DuplicatesPanel(Panel):
    @admin_page("duplicates/", "duplicates", "POST")
    def duplicates_view(self, request: HttpRequest) -> HttpResponse:
        """Return an HTML fragment for the form's script: duplicates of the typed question that the user may view."""
        if not (self.admin.has_add_permission(request) or self.admin.has_change_permission(request)):
            raise PermissionDenied
        pk = key_in(request.POST.get("pk"))
        answer = clean(request.POST.get("answer", "")[:LONGEST_ANSWER])
        context = found_for(request.user, request.POST.get("question", ""), answer, pk)
        return render(request, "admin/faq/duplicates.html", context)

    @admin_page("pairs/", "pairs", "GET", permission="publish")
    def pairs_view(self, request):
        """List all pairs of duplicates, drafts included, for users who may publish."""
        return show(
            self.admin,
            request,
            "admin/faq/pairs.html",
            "Possible duplicates",
            pairs=KnownQuestions(Question.objects.not_trashed().order_by("pk")).pairs(),
        )


def found_for(user, text: str, answer: str, pk: int | None) -> dict:
    """Return duplicates of `text` that `user` may view, and similar published questions, without the question `pk`."""
    known_questions = KnownQuestions(Question.objects.not_trashed().for_staff(user).exclude(pk=pk))
    duplicates = known_questions.duplicates_of(text, answer=answer)
    excluded = {pk, *(duplicate.question.pk for duplicate in duplicates)}
    near = [question for question in similar(text, MOST_NEAR + len(excluded)) if question.pk not in excluded]
    return {"duplicates": duplicates, "near": near[:MOST_NEAR]}


REASONS_SHOWN = 5


class OtherWordingInline(RowInline):
    model = OtherWording
    classes = ["tab-settings"]
    verbose_name_plural = "alternative wordings"


@admin.register(Question)
class QuestionAdmin(DraftsAdmin):
    panels = [*DraftsAdmin.panels, DuplicatePanel, ImportPanel, DuplicatesPanel]
    change_list_template = "admin/faq/question_list.html"
    list_display = ["question_or_untitled", "status", "topic", "position", "responsible", "last_changed", "review_by"]
    list_filter = [TextStateFilter, TrashFilter, "topic", "owner"]
    list_select_related = ["topic", "owner"]
    search_fields = ["question", "other_wordings__wording", "slug"]
    ordering = ["topic__position", "position"]
    autocomplete_fields = ["topic"]
    inlines = [OtherWordingInline]
    readonly_fields = [*DraftsAdmin.readonly_fields, "duplicates", "votes"]
    fieldsets = [
        section(None, "question", "duplicates", "answer"),
        DraftsAdmin.PUBLICATION,
        section("Topic", "topic", "position", classes=["tab-settings"]),
        section("Maintenance", "owner", "facts_checked_on", "review_by", "votes", classes=["tab-settings"]),
        DraftsAdmin.SHARING,
        DraftsAdmin.ABOUT,
    ]

    class Media:
        js = [Script("js/duplicates.js", defer=True)]

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        url = reverse("admin:faq_question_pairs") if self.has_publish_permission(request) else ""
        return super().changelist_view(request, {"pairs_url": url, **(extra_context or {})})

    question_or_untitled = column("Question", str, "question")
    responsible = column("Owner", lambda question: name_of(question.owner) if question.owner else "–", "owner")

    def get_fieldsets(self, request: HttpRequest, obj: Question | None = None) -> list | tuple:
        """Show votes only for saved questions, to users who may view them."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None and may_view(request.user, Vote):
            return fieldsets
        return with_fields(fieldsets, lambda fields: [name for name in fields if name != "votes"])

    @admin.display(description="Duplicates")
    def duplicates(self, question: Question) -> str:
        """Render the duplicates of the saved question. The script updates them while the user types."""
        asker = getattr(question, "asker", None)
        duplicates_context = found_for(asker, question.question, question.answer, question.pk) if asker else {}
        context = {
            **duplicates_context,
            "url": reverse("admin:faq_question_duplicates"),
            "is_stored": question.pk is not None,
        }
        return render_to_string("admin/faq/duplicates_field.html", context)

    @admin.display(description="Votes of readers")
    def votes(self, question: Question) -> str:
        context = {
            "versions": question.votes.by_version(),
            "reasons": question.votes.with_reason()[:REASONS_SHOWN],
            "list_url": f"{reverse('admin:faq_vote_changelist')}?question__id__exact={question.pk}",
        }
        return render_to_string("admin/faq/votes_of_question.html", context)


@admin.register(QuestionTopic)
class QuestionTopicAdmin(DraftsAdmin):
    list_display = ["name", "position", "status"]
    list_filter = ["state", TrashFilter]
    search_fields = ["name"]
    fieldsets = [
        section(None, "name"),
        DraftsAdmin.PUBLICATION_OF_NAMES,
        section("Order", "position", classes=["tab-settings"]),
        DraftsAdmin.ABOUT,
    ]


class ReasonFilter(OptionListFilter):
    title = parameter_name = "reason"
    ways = {"yes": ("Has a reason", lambda votes, user: votes.with_reason())}


@admin.register(Vote)
class VoteAdmin(ByHandMixin, admin.ModelAdmin):
    """Votes are not added or changed by hand, and deleting is final: there is no trash."""

    never = ("add", "change")
    list_display = ["voted", "is_helpful", "reason", "about", "version"]
    list_filter = ["is_helpful", ReasonFilter, "voted_at"]
    list_select_related = ["question", "revision"]
    list_per_page = 50
    search_fields = ["question__question", "reason"]
    date_hierarchy = "voted_at"
    fields = readonly_fields = ("voted", "about", "is_helpful", "reason", "version")

    voted = moment_column("Voted", "voted_at")

    @admin.display(description="Question", ordering="question__question")
    def about(self, vote: Vote) -> str:
        return format_html('<a href="{}">{}</a>', change_url(vote.question), vote.question)

    @admin.display(description="Version", ordering="revision")
    def version(self, vote: Vote) -> str:
        return moment_in_words(vote.revision.made_at) if vote.revision else "deleted version"
