"""The report of dated claims: longest overdue first, confirmed by one click."""

from typing import cast

from django.contrib import admin, messages
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.db.models import F
from django.http import HttpRequest, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from ops.http.query_params import key_in
from ops.http.urls import record_url, with_query
from publishing.admin.admin_pages import admin_page
from publishing.admin.fields import FieldsMixin, column
from publishing.admin.lists import ByHandMixin, OptionListFilter
from publishing.content.people import name_of
from publishing.quality.claims.models import Claim, ClaimQuerySet, has_owner, revised_models
from publishing.workflow.confirm_claims import confirm


class DueFilter(OptionListFilter):
    title = "day"
    parameter_name = "due"
    ways = {
        "past": ("Overdue", lambda claims, user: claims.filter(review_by__lte=timezone.localdate())),
        "never": ("Never confirmed", lambda claims, user: claims.filter(confirmed_on=None)),
    }


@admin.register(Claim)
class ClaimAdmin(ByHandMixin, FieldsMixin, admin.ModelAdmin):
    """Rows are created and deleted with the texts; only the due date of a claim can be edited."""

    never = ("add", "delete")
    list_display = ["claim", "stands_in", "stood"]
    list_filter = [DueFilter, "pattern"]
    search_fields = ["sentence", "words"]
    list_per_page = 50
    ordering = [F("review_by").asc(nulls_last=True), "pk"]
    actions = ["confirm_chosen"]
    readonly_fields = ["claim", "stands_in", "what_to_do", "stood"]
    fields = [*readonly_fields, "review_by"]

    def get_queryset(self, request: HttpRequest) -> ClaimQuerySet:
        sources = [
            model.objects.select_related("owner") if has_owner(model) else model.objects.all()
            for model in revised_models()
        ]
        claims = cast(ClaimQuerySet, super().get_queryset(request)).standing().to_be_confirmed_by(request.user)
        return claims.select_related("confirmed_by").prefetch_related(GenericPrefetch("source", sources))

    def get_list_display(self, request: HttpRequest) -> list:
        url = with_query(reverse("admin:publishing_claim_confirm"), request.GET.urlencode())
        may_confirm = self.has_change_permission(request)

        @admin.display(description="Confirm by", ordering="review_by")
        def due(claim):
            context = {"claim": claim}
            if may_confirm:
                context |= {"confirm_url": url, "confirm_all_url": record_url(claim.source, "confirm")}
            return render_to_string("admin/publishing/claim_due.html", context)

        return [*super().get_list_display(request), due]

    @admin_page("confirm/", "confirm", "POST", permission="change")
    def confirm_view(self, request: HttpRequest) -> HttpResponseRedirect:
        """Confirm the claim whose button was pressed."""
        if key := key_in(request.POST.get("confirm")):
            self.confirm_chosen(request, self.get_queryset(request).filter(pk=key))
        return HttpResponseRedirect(with_query(reverse("admin:publishing_claim_changelist"), request.GET.urlencode()))

    @admin.action(description="Confirm", permissions=["change"])
    def confirm_chosen(self, request, queryset):
        messages.success(request, f"Confirmed: {confirm(request.user, queryset)}.")

    claim = column("Claim", lambda claim: render_to_string("admin/publishing/claim_sentence.html", {"claim": claim}))

    @admin.display(description="Found in")
    def stands_in(self, claim):
        owner = name_of(claim.owner) if claim.owner else "none"
        return render_to_string("admin/publishing/claim_source.html", {"record": claim.source, "owner": owner})

    what_to_do = column("Action", lambda claim: claim.advice)

    @admin.display(description="Since", ordering=F("written_on"))
    def stood(self, claim: Claim) -> str:
        return render_to_string("admin/publishing/claim_since.html", {"claim": claim, "today": timezone.localdate()})
