"""The admin as a whole: its start page, and the search by which the editor finds records to link to."""

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import get_user_model
from django.core.validators import MaxLengthValidator
from django.http import JsonResponse
from django.urls import path

from publishing.desk import desk_for
from publishing.finder import find
from publishing.incoming.pasting import paste_view
from publishing.registry import publishable_models


class SignInForm(AdminAuthenticationForm):
    """As Django's, with the length of a user name held: the log of attempts has a column for it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        length = get_user_model()._meta.get_field(get_user_model().USERNAME_FIELD).max_length
        self.fields["username"].validators.append(MaxLengthValidator(length))


class Site(admin.AdminSite):
    login_form = SignInForm
    site_header = "Vitrine"
    site_title = "Vitrine"
    index_title = "Your desk"
    enable_nav_sidebar = True

    def get_urls(self):
        return [
            path("publishing/find/", self.admin_view(self.find_view), name="publishing_find"),
            path("publishing/paste/", self.admin_view(paste_view), name="publishing_paste"),
            *super().get_urls(),
        ]

    def index(self, request, extra_context=None):
        context = {"desk": desk_for(request.user), "beginnings": self._beginnings(request)}
        return super().index(request, {**context, **(extra_context or {})})

    def get_app_list(self, request, app_label=None):
        """As Django's, in the order of an editor's work: texts, what they speak of, pictures, accounts, machinery.

        Apps with pages come first, those before others that INSTALLED_APPS names after them, since they build on them;
        within an app its models stand as its admin registers them.
        """
        labels = [config.label for config in apps.get_app_configs()]
        with_pages = {model._meta.app_label for model in publishable_models()}
        models = list(self._registry)

        def rank(app):
            place = labels.index(app["app_label"])
            return (0, -place) if app["app_label"] in with_pages else (1, place)

        app_list = sorted(super().get_app_list(request, app_label), key=rank)
        for app in app_list:
            app["models"].sort(key=lambda entry: models.index(entry["model"]))
        return app_list

    def _beginnings(self, request) -> list[dict]:
        """The start page's buttons: a new record of the first kind of each app with pages, as far as one may."""
        firsts = [app["models"][0] for app in self.get_app_list(request)]
        return [
            {"name": first["model"]._meta.verbose_name, "url": first["add_url"]}
            for first in firsts
            if first["add_url"] and first["model"] in publishable_models()
        ]

    def find_view(self, request):
        """Answer the editor's link and picture pickers: records whose name holds the words, that the asker may see."""
        results = find(request.user, request.GET.get("q", ""), request.GET.get("kind", ""))
        return JsonResponse({"results": results})
