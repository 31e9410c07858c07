"""Snippets in the admin, with the texts that show them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string

from publishing.admin.fields import FieldsMixin, moment_column
from publishing.admin.image import unpublished
from publishing.content.snippet import Snippet
from publishing.quality.where_used import Use, seen_by, where_used


@admin.register(Snippet)
class SnippetAdmin(FieldsMixin, admin.ModelAdmin):
    list_display = ["name", "changed"]
    search_fields = ["name", "body"]
    readonly_fields = ["used_by", "changed"]
    fieldsets = [
        (None, {"fields": ["name", "body"], "description": "Readers see a change at once, wherever it is shown."}),
        ("About this snippet", {"fields": ["used_by", "changed"]}),
    ]

    changed = moment_column("Changed", "changed_at")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        snippet: Any = super().get_object(request, object_id, from_field)
        if snippet is not None:
            snippet.asker = request.user
        return snippet

    @admin.display(description="Used by")
    def used_by(self, snippet: Any) -> str:
        uses, hidden = seen_by(snippet.asker, where_used(snippet)) if snippet.pk else ([], 0)
        return render_to_string("admin/publishing/used_by.html", {"uses": uses, "hidden": hidden})

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[list, dict, set, list]:
        """Like Django's, with the texts and drafts that show a snippet, which no foreign key protects."""
        lines, counts, denied, protected = super().get_deleted_objects(objs, request)
        for snippet in objs:
            uses = where_used(snippet) + [Use(draft, "in a draft") for draft in unpublished() if _shows(draft, snippet)]
            seen, hidden = seen_by(request.user, uses)
            protected += [f"{use.source} shows “{snippet}”" for use in seen]
            if hidden:
                protected.append(f"“{snippet}” is used by drafts or records that you cannot view: {hidden}")
        return lines, counts, denied, protected


def _shows(revision, snippet: Snippet) -> bool:
    place = f'"ref:{Snippet._meta.label_lower}/{snippet.pk}"'
    return any(isinstance(value, str) and place in value for value in revision.content["fields"].values())
