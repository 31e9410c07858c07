"""What of a text is to be confirmed by its day, above its form, and the button that says it is still true."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from publishing.addresses import change_url
from publishing.admin.lists import ChoiceFilter
from publishing.admin_pages import admin_page, admin_url
from publishing.claims.confirming import confirm_record, is_to_be_read
from publishing.models import Claim


class ReviewFilter(ChoiceFilter):
    title = "day for reading it again"
    parameter_name = "review"
    ways = {
        "past": ("Is past", lambda texts, user: texts.filter(review_by__lte=timezone.localdate())),
        "none": ("Has none", lambda texts, user: texts.filter(review_by=None)),
    }


def confirm_url(record) -> str:
    return admin_url(record.search_kind(), "confirm", record.pk)


class ConfirmingMixin:
    """For a ModelAdmin of records with drafts: whoever may publish one says that what it claims is true today."""

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and self.has_change_permission(request, obj) and self.may_publish(request, obj):
            overdue = list(Claim.objects.of(obj).standing().overdue().select_related("pattern"))
            row = self.model._base_manager.get(pk=obj.pk)  # its draft may have another day
            to_be_read = row.review_by if is_to_be_read(row) and row.is_public else None
            if overdue or to_be_read:
                context |= {"overdue_claims": overdue, "to_be_read": to_be_read, "confirm_url": confirm_url(obj)}
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin_page("<path:object_id>/confirm/", "confirm", "POST")
    def confirm_view(self, request, object_id):
        record = self.record_to_change(request, object_id)
        if not self.may_publish(request, record):
            raise PermissionDenied
        row = self.model._base_manager.get(pk=record.pk)
        if row.is_public:
            self._confirm(request, row)
        else:
            messages.error(request, f"“{row}” is not on the site: there is nothing to confirm yet.")
        listing = reverse("admin:publishing_claim_changelist")
        return HttpResponseRedirect(listing if request.POST.get("back") == "list" else change_url(row))

    def _confirm(self, request, row):
        try:
            count, day = confirm_record(request.user, row)
        except ValidationError as error:
            messages.error(request, f"“{row}” is not confirmed. {' '.join(error.messages)}")
            return
        said = [f"Dated claims confirmed: {count}."] if count else []
        said += [f"It is to be read again by {date_format(day, 'j M Y')}."] if day else []
        messages.success(request, f"“{row}” is noted as true today. {' '.join(said)}".strip())
