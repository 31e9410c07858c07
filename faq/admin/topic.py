from django.contrib import admin

from faq.models import Topic
from publishing.admin.base import TrashFilter
from publishing.admin.drafts import DraftsAdmin


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
