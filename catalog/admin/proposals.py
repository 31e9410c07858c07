"""The list of models that imports propose: accept or reject one or many."""

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.paginator import Paginator
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from catalog.documents.sync.keeping import stamping_at_end
from catalog.importers.binding import accept, reject
from catalog.importers.proposed import ordered_proposals, proposal_rows, vendor_counts
from catalog.models.ai_model import ProposalState
from ops.http.query_params import key_in
from ops.http.urls import admin_url, with_query
from publishing.admin.admin_pages import admin_page, show

PER_PAGE = 50
UNKNOWN = "-"  # as a vendor: none is known
STEPS = {"accept": (accept, "Accepted"), "reject": (reject, "Rejected")}


class ProposalsMixin(admin.ModelAdmin):
    """For the ModelAdmin of models."""

    @admin_page("proposals/", "proposals", "GET", "POST", permission="publish")
    def proposals_view(self, request: HttpRequest) -> HttpResponse:
        is_rejected = request.GET.get("rejected") == "yes"
        models = ordered_proposals(ProposalState.REJECTED if is_rejected else ProposalState.PROPOSED)
        vendors = vendor_counts(models)
        if query := request.GET.get("q", "").strip()[:100]:
            models = models.filter(name__icontains=query)
        if vendor := request.GET.get("vendor", ""):
            models = models.filter(vendors=None) if vendor == UNKNOWN else models.filter(vendors__slug=vendor)
        is_filtered = bool(query or vendor)
        if request.method == "POST":
            return self._decide(request, models, is_filtered=is_filtered)
        page = Paginator(models.prefetch_related("vendors"), PER_PAGE).get_page(request.GET.get("page"))
        context = {"page": page, "rows": proposal_rows(page), "is_rejected": is_rejected, "query": query}
        context |= {"vendors": vendors, "vendor": vendor, "is_filtered": is_filtered}
        if is_filtered:
            context["last"] = models.aggregate(last=Max("pk"))["last"]
        return show(self, request, "admin/catalog/proposals.html", "Proposed models", **context)

    def _decide(self, request, models, *, is_filtered: bool) -> HttpResponse:
        """Accept or reject the model whose button was pressed, all that are ticked, or all of a filtered list.

        Of a filtered list none that came after the page was opened: "upto" is the last of those that it counted.
        """
        step, _, key = request.POST.get("step", "").partition(" ")
        if key == "all":
            upto = key_in(request.POST.get("upto", "")) if is_filtered else None
            models = models.filter(pk__lte=upto or 0)
        else:
            chosen = [key_in(text) for text in ([key] if key else request.POST.getlist("ids"))]
            models = models.filter(pk__in=[pk for pk in chosen if pk is not None])
        pks = sorted(models.values_list("pk", flat=True))
        if step not in STEPS or not pks:
            messages.warning(request, "Nothing was chosen: tick models that still wait here.")
        else:
            decide, participle = STEPS[step]
            with stamping_at_end():
                decide(pks, request.user)
            decided = self.model._base_manager.filter(pk__in=pks)
            log_message = f"Proposal {participle.lower()}."
            LogEntry.objects.log_actions(request.user.pk, decided, CHANGE, log_message, single_object=False)
            messages.success(request, f"{participle}: {', '.join(map(str, decided[:5]))}{_more(len(pks) - 5)}.")
        return HttpResponseRedirect(with_query(admin_url(self, "proposals"), request.GET.urlencode()))


def _more(count: int) -> str:
    return f" and {count:,} more" if count > 0 else ""
