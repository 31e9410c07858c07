"""The admin as a whole: its start page, and the search by which the editor finds records to link to."""

from django.contrib import admin
from django.http import JsonResponse
from django.urls import path

from publishing.desk import desk_for
from publishing.finder import find


class Site(admin.AdminSite):
    site_header = "Vitrine"
    site_title = "Vitrine"
    index_title = "Your desk"
    enable_nav_sidebar = True

    def get_urls(self):
        return [path("publishing/find/", self.admin_view(self.find_view), name="publishing_find"), *super().get_urls()]

    def index(self, request, extra_context=None):
        return super().index(request, {"desk": desk_for(request.user), **(extra_context or {})})

    def find_view(self, request):
        """Answer the editor's link and picture pickers: records whose name holds the words, that the asker may see."""
        results = find(request.user, request.GET.get("q", ""), request.GET.get("kind", ""))
        return JsonResponse({"results": results})
