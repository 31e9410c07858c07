from django.contrib import admin

from articles.models import Article, ArticleAuthor, Author, Detail, PlacedQuestion, ReadAlso, Topic
from publishing.admin.base import PublishableAdmin, TrashFilter
from publishing.admin.fields import FieldsMixin


class PlacementInline(FieldsMixin, admin.TabularInline):
    """What an article shows, in an order. The field names the record, so its name is not repeated above it."""

    classes = ["placements"]
    extra = 0


class AuthorInline(PlacementInline):
    model = ArticleAuthor
    verbose_name = "author"
    verbose_name_plural = "authors"
    fields = ["author", "position"]
    autocomplete_fields = ["author"]


class DetailInline(PlacementInline):
    model = Detail
    verbose_name = "line"
    verbose_name_plural = "table of details: for a service or a case study"
    fields = ["label", "value", "position"]


class QuestionInline(PlacementInline):
    model = PlacedQuestion
    verbose_name = "question"
    verbose_name_plural = "questions shown below the text"
    fields = ["question", "position"]
    autocomplete_fields = ["question"]


class ReadAlsoInline(PlacementInline):
    model = ReadAlso
    fk_name = "article"
    verbose_name = "article"
    verbose_name_plural = "read also: up to four are shown, these first"
    fields = ["other", "position"]
    autocomplete_fields = ["other"]


@admin.register(Article)
class ArticleAdmin(PublishableAdmin):
    list_display = [
        "title_or_untitled",
        "kind",
        "status",
        "topic_names",
        "first_published",
        "last_changed",
        "review_by",
    ]
    list_filter = ["kind", "state", TrashFilter, "topics", "authors"]
    search_fields = ["title", "standfirst", "slug"]
    date_hierarchy = "first_published_at"
    ordering = ["-last_changed_at"]
    prepopulated_fields = {"slug": ["title"]}
    # Not the owner: whoever writes may not look through the accounts, which is what a search in them asks for.
    autocomplete_fields = ["cover", "share_image"]
    inlines = [AuthorInline, DetailInline, QuestionInline, ReadAlsoInline]
    fieldsets = [
        (None, {"fields": ["kind", "title", "standfirst", "body", "cover", "topics"]}),
        (
            "Publication",
            {
                "fields": ["state", ("publish_at", "expire_at"), "slug"],
                "description": "A draft can be saved half finished; only you and your colleagues see it.",
            },
        ),
        ("Care", {"fields": ["owner", "facts_checked_on", "review_by"]}),
        (
            "For search engines and sharing",
            {
                "classes": ["collapse"],
                "fields": ["meta_title", "meta_description", "canonical_url", "share_image"],
                "description": "All of this may stay empty: title, standfirst and cover are used then.",
            },
        ),
        PublishableAdmin.ABOUT,
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("topic_links__tag")

    @admin.display(description="Title", ordering="title")
    def title_or_untitled(self, article):
        return str(article)

    @admin.display(description="Topics")
    def topic_names(self, article):
        return ", ".join(link.tag.name for link in article.topic_links.all())


@admin.register(Author)
class AuthorAdmin(PublishableAdmin):
    list_display = ["name", "role", "status", "last_changed"]
    list_filter = ["state", TrashFilter]
    search_fields = ["name", "role"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["picture"]
    fieldsets = [
        (None, {"fields": ["name", "role", "biography", "picture"]}),
        ("Publication", {"fields": ["state", "slug"]}),
        PublishableAdmin.ABOUT,
    ]


@admin.register(Topic)
class TopicAdmin(PublishableAdmin):
    list_display = ["name", "status", "last_changed"]
    list_filter = ["state", TrashFilter]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "introduction"]}),
        ("Publication", {"fields": ["state", "slug"]}),
        PublishableAdmin.ABOUT,
    ]
