"""The list of addresses that readers asked for in vain: make a redirect of one, or dismiss it."""

from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.http import HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from publishing.addresses import with_query
from publishing.admin.lists import ByHandMixin, ChoiceFilter
from publishing.admin_pages import admin_page
from publishing.models import MissingAddress
from publishing.parameters import key_in


class DismissedFilter(ChoiceFilter):
    title = parameter_name = "dismissed"
    ways = {"yes": ("Dismissed", lambda rows, user: rows.exclude(dismissed_at=None))}
    unchosen = ("Not dismissed", lambda rows, user: rows.filter(dismissed_at=None))


@admin.register(MissingAddress)
class MissingAddressAdmin(ByHandMixin, admin.ModelAdmin):
    """Rows come by themselves and go when something answers there: nothing is added or edited by hand."""

    never = ("add", "delete")
    list_display = ["path", "asked", "link_stands"]
    list_display_links = None
    list_filter = [DismissedFilter]
    search_fields = ["path", "came_from"]
    list_per_page = 50
    actions = ["dismiss", "list_again"]
    fields = readonly_fields = ["path", "asked", "link_stands"]

    def get_list_display(self, request):
        may_redirect = request.user.has_perm("publishing.add_redirect")
        may_dismiss = self.has_change_permission(request)

        @admin.display(description="What becomes of it")
        def choices(row):
            query = urlencode({"path": row.path})
            context = {
                "row": row,
                "redirect_url": with_query(reverse("admin:publishing_redirect_add"), query) if may_redirect else "",
                "dismiss_url": reverse("admin:publishing_missingaddress_dismiss") if may_dismiss else "",
            }
            return render_to_string("admin/publishing/missing_choices.html", context)

        return [*super().get_list_display(request), choices]

    def get_actions(self, request, action_location=ActionLocation.CHANGE_LIST):
        is_dismissed = request.GET.get(DismissedFilter.parameter_name) == "yes"
        actions = super().get_actions(request, action_location)
        return {name: action for name, action in actions.items() if (name == "list_again") == is_dismissed}

    @admin_page("dismiss/", "dismiss", "POST", permission="change")
    def dismiss_view(self, request):
        """Dismiss the one row whose button was pressed."""
        if key := key_in(request.POST.get("dismiss")):
            self.dismiss(request, MissingAddress.objects.filter(pk=key))
        return HttpResponseRedirect(reverse("admin:publishing_missingaddress_changelist"))

    @admin.action(description="Dismiss", permissions=["change"])
    def dismiss(self, request, queryset):
        count = queryset.filter(dismissed_at=None).update(dismissed_at=timezone.now())
        if count:
            messages.success(request, f"Dismissed: {count}. Open “Dismissed” beside the list to have them back.")

    @admin.action(description="List again", permissions=["change"])
    def list_again(self, request, queryset):
        messages.success(request, f"Listed again: {queryset.update(dismissed_at=None)}.")

    @admin.display(description="Asked for", ordering="readers")
    def asked(self, row):
        return render_to_string("admin/publishing/asked_for.html", {"row": row})

    @admin.display(description="The link stands at", ordering="came_from")
    def link_stands(self, row):
        if not row.came_from:
            return "not known"
        return render_to_string("admin/publishing/came_from.html", {"address": row.came_from})
