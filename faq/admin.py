from django.contrib import admin

from faq.models import OtherWording, Question, Topic
from publishing.admin.base import TrashFilter
from publishing.admin.confirming import ReviewFilter
from publishing.admin.drafts import DraftsAdmin
from publishing.admin.importing import ImportMixin
from publishing.admin.rows import RowInline


class OtherWordingInline(RowInline):
    model = OtherWording
    verbose_name_plural = "other ways to ask it"


@admin.register(Question)
class QuestionAdmin(ImportMixin, DraftsAdmin):
    list_display = ["question_or_untitled", "topic", "position", "status", "last_changed", "review_by"]
    list_filter = ["state", TrashFilter, ReviewFilter, "topic"]
    list_select_related = ["topic"]
    search_fields = ["question", "other_wordings__wording", "slug"]
    ordering = ["topic__position", "position"]
    prepopulated_fields = {"slug": ["question"]}
    autocomplete_fields = ["topic", "share_image"]
    inlines = [OtherWordingInline]
    fieldsets = [
        (None, {"fields": ["question", "answer", "topic", "position"]}),
        (
            "Publication",
            {
                "fields": ["slug", ("publish_at", "expire_at"), "go_live_at", "note"],
                "description": "A draft can be saved half finished; only you and your colleagues see it.",
            },
        ),
        ("Care", {"fields": ["owner", "facts_checked_on", "review_by"]}),
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

    @admin.display(description="Question", ordering="question")
    def question_or_untitled(self, question):
        return str(question)


@admin.register(Topic)
class TopicAdmin(DraftsAdmin):
    list_display = ["name", "position", "status"]
    list_filter = ["state", TrashFilter]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "position"]}),
        ("Publication", {"fields": ["slug", "go_live_at", "note"]}),
        DraftsAdmin.ABOUT,
    ]
