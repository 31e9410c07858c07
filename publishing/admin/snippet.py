"""Snippets in the admin, with the texts that show them."""

from django.contrib import admin

from publishing.admin.fields import FieldsMixin, moment_column
from publishing.admin.used_by import UsedByMixin
from publishing.content.snippet import Snippet


@admin.register(Snippet)
class SnippetAdmin(UsedByMixin, FieldsMixin, admin.ModelAdmin):
    list_display = ["name", "changed"]
    search_fields = ["name", "body"]
    readonly_fields = ["used_by", "changed"]
    fieldsets = [
        (None, {"fields": ["name", "body"], "description": "Readers see a change at once, wherever it is shown."}),
        ("About this snippet", {"fields": ["used_by", "changed"]}),
    ]

    changed = moment_column("Changed", "changed_at")
