"""Partners and their API keys: issued, shown once, and revoked here."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from ops.http.urls import absolute
from publishing.admin.admin_pages import show
from publishing.admin.fields import FieldsMixin, column, moment_column
from publishing.admin.lists import ByHandMixin
from publishing.api.partner import Partner, PartnerKey


@admin.display(description="State")
def state(key: PartnerKey) -> str:
    return "Revoked" if key.revoked else "Expired" if key.has_expired else "In use"


class KeyInline(ByHandMixin, admin.TabularInline):
    """The keys of a partner, read-only; they are issued and revoked in forms of their own."""

    model = PartnerKey
    fields: Any = ("name", "prefix", state, "expiry_date", "last_used")
    readonly_fields = fields
    last_used = moment_column("Last used", "last_used_at")
    extra = 0
    show_change_link = True


@admin.register(Partner)
class PartnerAdmin(FieldsMixin, admin.ModelAdmin):
    list_display = ["organisation", "contact_email", "keys_in_use"]
    search_fields = ["organisation", "contact_email"]
    inlines = [KeyInline]
    fields = ["organisation", "contact_email", "note"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("keys")

    keys_in_use = column("Keys in use", lambda partner: sum(key.is_usable for key in partner.keys.all()))


@admin.register(PartnerKey)
class PartnerKeyAdmin(FieldsMixin, admin.ModelAdmin):
    list_display = ["name", "partner", "prefix", state, "expiry_date", "last_used"]
    list_filter = ["revoked"]
    list_select_related = ["partner"]
    search_fields = ["name", "prefix", "partner__organisation"]
    autocomplete_fields = ["partner"]
    fieldsets = [(None, {"fields": ["partner", "name", "expiry_date"]})]
    ABOUT = ("About this key", {"fields": ["revoked", "prefix", "created_at", "last_used"]})

    def get_fieldsets(self, request: HttpRequest, obj: PartnerKey | None = None) -> list | tuple:
        fieldsets = super().get_fieldsets(request, obj)
        return [*fieldsets, self.ABOUT] if obj else fieldsets

    def get_readonly_fields(self, request, obj=None):
        fixed = ["prefix", "created_at", "last_used"]
        if obj and obj.revoked:
            fixed += ["revoked", "expiry_date"]
        return [*fixed, "partner"] if obj else fixed

    created_at = moment_column("Created", "created")
    last_used = moment_column("Last used", "last_used_at")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.issued_key = PartnerKey.objects.assign_key(obj)
        super().save_model(request, obj, form, change)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Show the key in the response itself: a message would be stored in a cookie or session until it is read."""
        return show(
            self,
            request,
            "admin/publishing/key_issued.html",
            "The key (shown only once)",
            record=obj,
            key=obj.issued_key,
            base_url=absolute(reverse("api-root")),
        )
