from django.contrib import admin

from publishing.admin.fields import moment_in_words
from publishing.models import Redirect


@admin.register(Redirect)
class RedirectAdmin(admin.ModelAdmin):
    list_display = ["path", "leads_to", "is_gone", "hits", "last_hit"]
    list_filter = ["is_gone"]
    search_fields = ["path", "new_path"]
    readonly_fields = ["leads_to", "hits", "last_hit", "created"]
    fieldsets = [
        (None, {"fields": ["path", "new_path", "is_gone"]}),
        ("About this redirect", {"fields": ["leads_to", "hits", "last_hit", "created"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("target_type").prefetch_related("target")

    @admin.display(description="Leads to")
    def leads_to(self, redirect):
        if redirect.target_id:
            return (redirect.target and redirect.target.get_absolute_url()) or "a record that was deleted"
        return redirect.new_path or "—"

    @admin.display(description="Last hit", ordering="last_hit_at")
    def last_hit(self, redirect):
        return moment_in_words(redirect.last_hit_at)

    @admin.display(description="Created", ordering="created_at")
    def created(self, redirect):
        return moment_in_words(redirect.created_at)
