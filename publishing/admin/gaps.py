"""The list of gaps: content that readers missed, with links that start a draft to fill it."""

from html import escape
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst

from ops.http.urls import with_query
from publishing.admin.admin_pages import admin_page, show
from publishing.admin.lists import ByHandMixin
from publishing.content.prose import Prose
from publishing.content.registry import kinds
from publishing.quality.gaps import DismissedGap, Gap, sources
from publishing.richtext import rich_text_fields

SHOWN = 20  # per source if all sources are shown
PER_PAGE = 50
LONGEST_KEY = 200


@admin.register(DismissedGap)
class GapAdmin(ByHandMixin, admin.ModelAdmin):
    """Gaps are not rows of a table; only dismissals are stored. Therefore the list is a custom page."""

    name_in_menu = "Unanswered"
    never = ("add", "delete")

    def get_urls(self) -> list:
        """Leave out the pages of single rows."""
        return [url for url in super().get_urls() if (url.name or "").endswith(("_changelist", "_add"))]

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        chosen = sources.get(request.GET.get("source", ""))
        is_dismissed = request.GET.get("dismissed") == "yes"
        beginnings = self._beginnings(request)
        parts = []
        for source in [chosen] if chosen else sources.values():
            gaps = source.gaps(is_dismissed)
            page = Paginator(gaps, PER_PAGE if chosen else SHOWN).get_page(request.GET.get("page") if chosen else 1)
            lines = [{"gap": gap, "beginnings": [] if gap.url else begin(gap, beginnings)} for gap in page]
            parts.append({"source": source, "page": page, "lines": lines, "count": len(gaps)})
        return show(
            self,
            request,
            "admin/publishing/gaps.html",
            "Unanswered",
            parts=parts,
            sources=sources.values(),
            chosen=chosen,
            is_dismissed=is_dismissed,
            may_dismiss=self.has_change_permission(request),
            dismiss_url=with_query(reverse("admin:publishing_dismissedgap_dismiss"), request.GET.urlencode()),
        )

    def _beginnings(self, request: HttpRequest) -> list[type[Prose]]:
        """Return of each app the first kind of text that this user may add."""
        first_by_app: dict[str, type[Prose]] = {}
        for kind in kinds():
            admin_of = self.admin_site._registry.get(kind)
            if issubclass(kind, Prose) and admin_of and admin_of.has_add_permission(request):
                first_by_app.setdefault(kind._meta.app_label, kind)
        # In the order of the menu: INSTALLED_APPS has dependencies first.
        return list(reversed(first_by_app.values()))

    @admin_page("dismiss/", "dismiss", "POST", permission="change")
    def dismiss_view(self, request):
        """Dismiss the gap whose button was pressed, or list it again."""
        name, _, key = request.POST.get("gap", "").partition(" ")
        if name in sources and 0 < len(key) <= LONGEST_KEY and key.isprintable():
            if "again" in request.POST:
                DismissedGap.objects.filter(source=name, key=key).delete()
                messages.success(request, f"“{key}” is restored.")
            else:
                DismissedGap.objects.get_or_create(source=name, key=key, defaults={"dismissed_by": request.user})
                messages.success(request, "Dismissed. You can restore it under “Dismissed”.")
        listing = reverse("admin:publishing_dismissedgap_changelist")
        return HttpResponseRedirect(with_query(listing, request.GET.urlencode()))


def begin(gap: Gap, beginnings: list[type[Prose]]) -> list[dict]:
    """Return links to the forms that add a text, prefilled with a title and a link to the subject of the gap."""
    links = []
    for kind in beginnings:
        opts = kind._meta
        begun = {kind.title_field: capfirst(gap.title)}
        if gap.about is not None:
            name = f"ref:{gap.about._meta.label_lower}/{gap.about.pk}"
            body = f'<p><a href="{name}">{escape(str(gap.about))}</a></p>'
            begun |= dict.fromkeys(sorted(rich_text_fields(kind))[:1], body)
        add_url = reverse(f"admin:{opts.app_label}_{opts.model_name}_add")
        links.append({"words": str(opts.verbose_name), "url": with_query(add_url, urlencode(begun))})
    return links
