from django.contrib import admin

from publishing.models import Redirect


@admin.register(Redirect)
class RedirectAdmin(admin.ModelAdmin):
    list_display = ["path", "leads_to", "is_gone", "hits", "last_hit_at"]
    list_filter = ["is_gone"]
    search_fields = ["path", "new_path"]
    readonly_fields = ["leads_to", "hits", "last_hit_at", "created_at"]
    fieldsets = [
        (None, {"fields": ["path", "new_path", "is_gone"]}),
        ("About this redirect", {"fields": ["leads_to", "hits", "last_hit_at", "created_at"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("target_type").prefetch_related("target")

    @admin.display(description="Leads to")
    def leads_to(self, redirect):
        if redirect.target_id:
            return (redirect.target and redirect.target.get_absolute_url()) or "a record that was deleted"
        return redirect.new_path or "—"
