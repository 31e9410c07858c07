"""The admin site: its start page, its menu, and the endpoints by which the editor finds records to link to."""

from http import HTTPStatus
from typing import Any, cast

from django.apps import apps
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, User
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.views import shortcut
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxLengthValidator
from django.db.models import Field
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_POST

from ops.http.query_params import key_in
from ops.http.urls import admin_url
from ops.jobs.scheduler import ask_to_run
from publishing.accounts.two_factor import GIVE_CODE, SET_UP
from publishing.accounts.two_factor_views import give_code, second_factor
from publishing.admin.calendar import calendar_view
from publishing.admin.checklist import checklist_for, close_view
from publishing.admin.dashboard import dashboard_for
from publishing.admin.needs_review import needs_review_view
from publishing.admin.profile import profile_view
from publishing.admin.save_refused import refusing
from publishing.admin.search import search_view
from publishing.content.facts import cautions_about, facts_to_choose
from publishing.content.permissions import has_permission, may_publish
from publishing.content.reference import Reference
from publishing.content.registry import kinds
from publishing.importing.paste_view import paste_view
from publishing.rendering.tables.dialog import table_view
from publishing.richtext.document import mention
from publishing.search.record_picker import find
from publishing.site.menus import is_fixed
from publishing.site.models import SiteSettings

# The pages of the menu that are not lists of a model, by their URL names: what they are called, and who may view them.
PAGES = {
    "index": ("Inbox", lambda user: True),
    "publishing_calendar": ("Calendar", lambda user: True),
    "publishing_needs_review": ("Needs review", lambda user: any(may_publish(user, kind) for kind in kinds())),
}


class SignInForm(AdminAuthenticationForm):
    """Like Django's, with a maximum length for user names, since the log of attempts stores them in a column."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        User = cast(type[AbstractUser], get_user_model())
        length = cast(Field, User._meta.get_field(User.USERNAME_FIELD)).max_length
        self.fields["username"].validators.append(MaxLengthValidator(length))


class CautiousAutocompleteView(AutocompleteJsonView):
    """Django’s options of an autocomplete field, with warnings about the records: "GPT-4 · Retired 1 Oct 2025"."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        keys = [record.pk for record in context["object_list"]]
        self.cautions = cautions_about(self.model_admin.opts.label_lower, keys)
        return context

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        option = super().serialize_result(obj, to_field_name)
        caution = self.cautions.get(obj.pk)
        return option | {"text": f"{option['text']} · {caution.label}"} if caution else option


class Site(admin.AdminSite):
    login_form = SignInForm
    site_header = "Vitrine"
    site_title = "Vitrine"
    index_title = "Inbox"
    empty_value_display = "–"

    def register(self, model_or_iterable: Any, admin_class: type | None = None, **options: Any) -> None:
        super().register(model_or_iterable, refusing(admin_class or admin.ModelAdmin), **options)

    def get_urls(self) -> list:
        return [
            path("publishing/find/", self.admin_view(self.find_view), name="publishing_find"),
            path("publishing/facts/", self.admin_view(self.facts_view), name="publishing_facts"),
            path("publishing/table/", self.admin_view(table_view), name="publishing_table"),
            path("publishing/needs-review/", self.admin_view(needs_review_view), name="publishing_needs_review"),
            path("search/", self.admin_view(search_view), name="publishing_search"),
            path("profile/", self.admin_view(profile_view), name="publishing_profile"),
            path("calendar/", self.admin_view(calendar_view), name="publishing_calendar"),
            path("checklist/close/", self.admin_view(close_view), name="publishing_close_checklist"),
            path("publishing/run-again/", self.admin_view(require_POST(self.run_again)), name="publishing_run_again"),
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

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        # Django's view names the host instead of the site.
        return super().login(request, {"site": SiteSettings.objects.current(), **(extra_context or {})})

    def index(self, request: HttpRequest, extra_context: dict | None = None) -> TemplateResponse:
        context = self.each_context(request)
        context |= {
            "title": self.index_title,
            "subtitle": None,
            "dashboard": dashboard_for(request.user),
            "checklist": checklist_for(request.user),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.index_template or "admin/index.html", context)

    def app_index(self, request: HttpRequest, app_label: str, extra_context: dict | None = None) -> HttpResponse:
        """Apps are no parts of the menu, but Django's breadcrumbs link to them."""
        return HttpResponseRedirect(reverse("admin:index"))

    def run_again(self, request: HttpRequest) -> HttpResponse:
        """Have the worker run a job that failed, within a minute."""
        if not has_permission(request.user, "change", User):
            raise PermissionDenied
        if ask_to_run(request.POST.get("job", "")):
            messages.success(request, "The worker runs the job again within a minute.")
        return HttpResponseRedirect(reverse("admin:index"))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Like Django's, with the `tabs` of the current entry of the menu if it has more than one list."""
        context = super().each_context(request)
        entries = (entry for group in context["available_apps"] for entry in group["entries"] if entry["is_current"])
        tabs = next(entries, {"tabs": []})["tabs"]
        return context | {"tabs": tabs if len(tabs) > 1 else []}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list:
        """Return the groups of the menu (config/menus.toml) with the entries that the user may view."""
        groups = []
        for name, entries in settings.ADMIN_MENU.items() if self.has_permission(request) else ():
            visible_entries = [
                entry for label, targets in entries.items() if (entry := self._entry(request, label, targets))
            ]
            groups += [{"name": name, "entries": visible_entries}] if visible_entries else []
        return groups

    def _entry(self, request, name: str, targets: list[str]) -> dict | None:
        tabs = [tab for target in targets if (tab := self._tab(request, target))]
        is_current = any(tab["is_current"] for tab in tabs)
        return {"name": name, "url": tabs[0]["url"], "tabs": tabs, "is_current": is_current} if tabs else None

    def _tab(self, request, target: str) -> dict | None:
        """Return a page or a list as a tab: its `name` and `url`, and whether it `is_current`."""
        if target in PAGES:
            name, may_view = PAGES[target]
            url = reverse(f"admin:{target}")
            return {"name": name, "url": url, "is_current": request.path == url} if may_view(request.user) else None
        model_admin = self._registry[apps.get_model(target)]
        if not model_admin.has_module_permission(request) or not model_admin.has_view_or_change_permission(request):
            return None
        name = getattr(model_admin, "name_in_menu", capfirst(model_admin.opts.verbose_name_plural))
        url = admin_url(model_admin, "changelist")
        return {"name": name, "url": url, "is_current": request.path.startswith(url)}

    def find_view(self, request):
        """Return the records whose name contains the words and which the user may see, for the pickers of the editor;
        `for=table` limits them to those that can be compared, `for=link` adds the sections of the site."""
        query, kind, purpose = (request.GET.get(name, "") for name in ("q", "kind", "for"))
        results = find(request.user, query, kind, purpose == "table")
        if purpose == "link" and not kind:
            menus = settings.MENUS["navigation"], *settings.MENUS["footer"].values()
            results = [
                {"ref": "", "address": address, "title": label, "kind": "Section of this site"}
                for label, address in dict.fromkeys(item for menu in menus for item in menu.items())
                if query.strip().casefold() in f"{label} {address}".casefold() and is_fixed(address)
            ] + results
        return JsonResponse({"results": results})

    def facts_view(self, request):
        """Return today's facts of one record (`ref`) that the user may see, for the fact picker of the editor."""
        mentioned = mention(f"ref:{request.GET.get('ref', '')}")
        matches = find(request.user, f"ref:{mentioned.label}/{mentioned.pk}") if mentioned else []
        if not matches or not mentioned:
            return JsonResponse({"title": "", "facts": []}, status=HTTPStatus.NOT_FOUND)
        uses = Reference.objects.uses_of_facts(mentioned.label)
        facts = facts_to_choose(mentioned.label, mentioned.pk, uses)
        return JsonResponse({"title": matches[0]["title"], "caution": matches[0].get("caution", ""), "facts": facts})

    def autocomplete_view(self, request: HttpRequest) -> HttpResponseBase:
        return CautiousAutocompleteView.as_view(admin_site=self)(request)
