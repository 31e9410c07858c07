"""What of a published text is to be looked at again, above its form."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse

from publishing.addresses import change_url
from publishing.admin_pages import admin_page
from publishing.needs_review import still_correct_url
from publishing.staleness import passages_of, stand_by, token_of


class StalenessMixin:
    """For a ModelAdmin of records with drafts: whoever may publish one says whether it is still correct."""

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and self.has_change_permission(request, obj) and self.may_publish(request, obj):
            context["stale"] = passages_of(obj)
            context["stale_seen"] = token_of(context["stale"])
            context["still_correct_url"] = still_correct_url(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin_page("<path:object_id>/still-correct/", "still_correct", "POST")
    def still_correct_view(self, request, object_id):
        record = self.record_to_change(request, object_id)
        if not self.may_publish(request, record):
            raise PermissionDenied
        passages = passages_of(record)
        if passages and request.POST.get("seen") != token_of(passages):
            messages.warning(request, f"Something else has changed since you looked at “{record}”. Look at it again.")
        else:
            stand_by(record)
            if count := len(passages):
                self.log_change(request, record, f"Said to be still correct: {count} passages.")
            messages.success(request, f"“{record}” is noted as still correct, with what the catalogue says today.")
        listing = reverse("admin:publishing_needs_review")
        return HttpResponseRedirect(listing if request.POST.get("back") == "list" else change_url(record))
