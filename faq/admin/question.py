from django.contrib import admin
from django.forms.widgets import Script
from django.template.loader import render_to_string
from django.urls import reverse

from faq.admin.duplicates import DuplicatesPanel, found_for
from faq.models import OtherWording, Question, Vote
from publishing.admin.base import TrashFilter
from publishing.admin.care import ReviewFilter
from publishing.admin.drafts import DraftsAdmin
from publishing.admin.duplicating import DuplicatePanel
from publishing.admin.fields import with_fields
from publishing.admin.importing import ImportPanel
from publishing.admin.rows import RowInline
from publishing.content.permissions import may_view

REASONS_SHOWN = 5


class OtherWordingInline(RowInline):
    model = OtherWording
    verbose_name_plural = "other ways to ask it"


@admin.register(Question)
class QuestionAdmin(DraftsAdmin):
    panels = [*DraftsAdmin.panels, DuplicatePanel, ImportPanel, DuplicatesPanel]
    change_list_template = "admin/faq/question_list.html"
    list_display = ["question_or_untitled", "topic", "position", "status", "last_changed", "review_by"]
    list_filter = ["state", TrashFilter, ReviewFilter, "topic"]
    list_select_related = ["topic"]
    search_fields = ["question", "other_wordings__wording", "slug"]
    ordering = ["topic__position", "position"]
    prepopulated_fields = {"slug": ["question"]}
    autocomplete_fields = ["topic", "share_image"]
    inlines = [OtherWordingInline]
    readonly_fields = [*DraftsAdmin.readonly_fields, "duplicates", "votes"]
    fieldsets = [
        (None, {"fields": ["question", "duplicates", "answer", "topic", "position"]}),
        DraftsAdmin.PUBLICATION,
        ("Care", {"fields": ["owner", "facts_checked_on", "review_by", "votes"]}),
        (
            "For search engines and sharing",
            {
                "classes": ["collapse"],
                "fields": ["meta_title", "meta_description", "canonical_url", "share_image"],
                "description": "All of this may stay empty: question and answer are used then.",
            },
        ),
        DraftsAdmin.ABOUT,
    ]

    class Media:
        js = [Script("js/duplicates.js", defer=True)]

    def changelist_view(self, request, extra_context=None):
        url = reverse("admin:faq_question_pairs") if self.has_publish_permission(request) else ""
        return super().changelist_view(request, {"pairs_url": url, **(extra_context or {})})

    @admin.display(description="Question", ordering="question")
    def question_or_untitled(self, question):
        return str(question)

    def get_fieldsets(self, request, obj=None):
        """Show votes only for saved questions, to users who may view them."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None and may_view(request.user, Vote):
            return fieldsets
        return with_fields(fieldsets, lambda fields: [name for name in fields if name != "votes"])

    @admin.display(description="Asked already")
    def duplicates(self, question):
        """Render the duplicates of the saved question. The script updates them while the user types."""
        asker = getattr(question, "asker", None)
        found = found_for(asker, question.question, question.answer, question.pk) if asker else {}
        context = {**found, "url": reverse("admin:faq_question_duplicates"), "is_stored": question.pk is not None}
        return render_to_string("admin/faq/duplicates_field.html", context)

    @admin.display(description="Votes of readers")
    def votes(self, question):
        context = {
            "versions": question.votes.by_version(),
            "reasons": question.votes.with_reason()[:REASONS_SHOWN],
            "list_url": f"{reverse('admin:faq_vote_changelist')}?question__id__exact={question.pk}",
        }
        return render_to_string("admin/faq/votes_of_question.html", context)
