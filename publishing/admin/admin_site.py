"""The admin site: its start page, its menu, and the endpoints by which the editor finds records to link to."""

from collections import defaultdict
from functools import lru_cache
from http import HTTPStatus
from typing import Any, cast

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.views import shortcut
from django.core.validators import MaxLengthValidator
from django.db.models import Field
from django.http import Http404, HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from ops.http.query_params import key_in
from publishing.accounts.two_factor import GIVE_CODE, SET_UP
from publishing.accounts.two_factor_views import give_code, second_factor
from publishing.admin.dashboard import dashboard_for
from publishing.admin.needs_review import count_of_stale, needs_review_view
from publishing.admin.save_refused import refusing
from publishing.content.facts import facts_to_choose
from publishing.content.registry import publishable_models
from publishing.importing.paste_view import paste_view
from publishing.rendering.tables.dialog import table_view
from publishing.richtext.document import mention
from publishing.search.record_picker import find


@lru_cache(maxsize=1_000)
def _menu_row(name: str, list_url: str, add_url: str | None, is_current: bool) -> SafeString:
    """Render a row of the menu; cached because each page has dozens. `is_current` on pages below that list."""
    context = {"name": name, "list_url": list_url, "add_url": add_url, "is_current": is_current}
    return render_to_string("admin/app_list.html#row", context)


class SignInForm(AdminAuthenticationForm):
    """Like Django's, with a maximum length for user names, since the log of attempts stores them in a column."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        User = cast(type[AbstractUser], get_user_model())
        length = cast(Field, User._meta.get_field(User.USERNAME_FIELD)).max_length
        self.fields["username"].validators.append(MaxLengthValidator(length))


class Site(admin.AdminSite):
    login_form = SignInForm
    site_header = "Vitrine"
    site_title = "Vitrine"
    index_title = "Dashboard"
    enable_nav_sidebar = True

    def register(self, model_or_iterable: Any, admin_class: type | None = None, **options: Any) -> None:
        super().register(model_or_iterable, refusing(admin_class or admin.ModelAdmin), **options)

    def get_urls(self) -> list:
        return [
            path("publishing/find/", self.admin_view(self.find_view), name="publishing_find"),
            path("publishing/facts/", self.admin_view(self.facts_view), name="publishing_facts"),
            path("publishing/table/", self.admin_view(table_view), name="publishing_table"),
            path("publishing/needs-review/", self.admin_view(needs_review_view), name="publishing_needs_review"),
            path("publishing/paste/", self.admin_view(paste_view), name="publishing_paste"),
            path("second-factor/", self.admin_view(second_factor), name=SET_UP),
            path("second-factor/code/", self.admin_view(give_code), name=GIVE_CODE),
            path("r/<path:content_type_id>/<path:object_id>/", self.admin_view(self.on_site), name="view_on_site"),
            *super().get_urls(),
        ]

    def on_site(self, request, content_type_id, object_id):
        """Redirect to a record's page like Django, but only if the user may view the record: the URL shows its
        title."""
        kind = ContentType.objects.filter(pk=key_in(content_type_id)).first()
        model = kind and kind.model_class()
        record = self._registry[model].get_object(request, object_id) if model and model in self._registry else None
        if not model or record is None or not self._registry[model].has_view_permission(request, record):
            raise Http404
        return shortcut(request, content_type_id, object_id)

    def index(self, request: HttpRequest, extra_context: dict | None = None) -> TemplateResponse:
        """Like Django's, which would build the list of apps twice."""
        context = self.each_context(request)
        apps_shown = context["available_apps"]
        context |= {
            "title": self.index_title,
            "subtitle": None,
            "app_list": apps_shown,
            "dashboard": dashboard_for(request.user),
            "stale_count": count_of_stale(request.user),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.index_template or "admin/index.html", context)

    def get_app_list(self, request, app_label=None):
        """Like Django's, in the order of an editor's work; entries also have their rendered `row`."""
        app_list = []
        for app, models in self._menu:
            if app_label in {None, app["app_label"]}:
                entries = [entry for model in models if (entry := self._entry(request, *model))]
                app_list += [{**app, "models": entries}] if entries else []
        return app_list

    @cached_property
    def _menu(self) -> list[tuple[dict, list[tuple]]]:
        """Return the apps with their models; those with pages first, and before those that they build on."""
        labels = [config.label for config in apps.get_app_configs()]
        with_pages = {model._meta.app_label for model in publishable_models()}
        by_app = defaultdict(list)
        for model, model_admin in self._registry.items():
            names = model._meta.app_label, str(model._meta.model_name)
            name = getattr(model_admin, "name_in_menu", capfirst(model._meta.verbose_name_plural))
            addresses = [reverse(f"admin:{'_'.join(names)}_{page}") for page in ("changelist", "add")]
            entry = {"model": model, "name": name, "object_name": model._meta.object_name}
            by_app[model._meta.app_label].append((model_admin, *addresses, entry))

        def rank(label):
            place = labels.index(label) if label != "admin" else labels.index("auth") + 0.5
            return (0, -place) if label in with_pages else (1, place)

        return [
            (
                {
                    "name": apps.get_app_config(label).verbose_name,
                    "app_label": label,
                    "app_url": reverse("admin:app_list", args=[label]),
                },
                by_app[label],
            )
            for label in sorted(by_app, key=rank)
        ]

    @staticmethod
    def _entry(request, model_admin, list_url, add_url, entry) -> dict | None:
        if not model_admin.has_module_permission(request) or not model_admin.has_view_or_change_permission(request):
            return None
        add_url = add_url if model_admin.has_add_permission(request) else None
        row = _menu_row(str(entry["name"]), list_url, add_url, request.path.startswith(list_url))
        return {**entry, "admin_url": list_url, "add_url": add_url, "row": row}

    def find_view(self, request):
        """Return the records whose name contains the words and which the user may see, for the pickers of the editor;
        `for=table` limits them to those that can be compared."""
        is_for_table = request.GET.get("for") == "table"
        results = find(request.user, request.GET.get("q", ""), request.GET.get("kind", ""), is_for_table)
        return JsonResponse({"results": results})

    def facts_view(self, request):
        """Return today's facts of one record (`ref`) that the user may see, for the fact picker of the editor."""
        named = mention(f"ref:{request.GET.get('ref', '')}")
        found = find(request.user, f"ref:{named.label}/{named.pk}") if named else []
        if not found or not named:
            return JsonResponse({"title": "", "facts": []}, status=HTTPStatus.NOT_FOUND)
        return JsonResponse({"title": found[0]["title"], "facts": facts_to_choose(named.label, named.pk)})
