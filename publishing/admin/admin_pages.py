"""Additional pages of a ModelAdmin, declared by a decorator like actions, and the panels of its forms."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from ops.http.query_params import words
from ops.http.urls import admin_url, change_url


def admin_page(route: str, name: str, *methods: str, permission: str = "") -> Callable[[Callable], Callable]:
    """Serve a method of a ModelAdmin or a Panel at `route` below its list, for these HTTP methods or all.

    The URL is named after app, model and `name`; `permission` is checked as for actions. With `<path:object_id>` in the
    route, the method receives that record if the user may change it or has `permission` for it.
    """

    def mark(method: Any) -> Callable:
        method.admin_pages = [(route, name, methods, permission), *getattr(method, "admin_pages", ())]
        return method

    return mark


class Panel:
    """A part of a record's form with pages of its own. A ModelAdmin lists its panels in `panels`."""

    permission = "change"  # required on the record to see the panel; "" for every form

    def __init__(self, model_admin):
        self.admin, self.model = model_admin, model_admin.model

    def context(self, request: HttpRequest, record: Any) -> dict:
        """Return context for the template of the form. Without `permission`, `record` is None in forms that add one."""
        return {}


class PagesMixin(admin.ModelAdmin):
    """For every ModelAdmin; publishing.admin.save_refused adds it."""

    def __init__(self, model, admin_site):
        super().__init__(model, admin_site)
        self.panels = [panel(self) for panel in getattr(self, "panels", ())]

    def get_urls(self) -> list:
        return [*(path for part in (self, *self.panels) for path in self._pages_of(part)), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: dict, obj: Any = None, **kwargs: Any) -> HttpResponse:
        for panel in self.panels:
            if not panel.permission or (obj and getattr(self, f"has_{panel.permission}_permission")(request, obj)):
                context |= panel.context(request, obj)
        return super().render_change_form(request, context, obj=obj, **kwargs)

    def _pages_of(self, part) -> list:
        names = dict.fromkeys(name for cls in type(part).__mro__ for name in vars(cls))
        marked = [(name, getattr(getattr(type(part), name, None), "admin_pages", ())) for name in names]
        return [self._path_of(part, method, *page) for method, pages in marked for page in pages]

    def _path_of(self, part, method: str, route: str, name: str, methods, permission: str):
        def view(request, *args, **kwargs):
            if "object_id" in kwargs:
                kwargs["record"] = self.record_for(request, kwargs.pop("object_id"), permission or "change")
            elif permission and not getattr(self, f"has_{permission}_permission")(request):
                raise PermissionDenied
            return getattr(part, method)(request, *args, **kwargs)

        view = self.admin_site.admin_view(require_http_methods(methods)(view) if methods else view)
        return path(route, view, name=f"{self.opts.app_label}_{self.opts.model_name}_{name}")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        return super().get_search_results(request, queryset, words(search_term))

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        self._say(request, obj, "saved", change_url(obj))
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        self._say(request, obj, "saved", change_url(obj))
        return super().response_change(request, obj)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        self._say(request, obj_display, "deleted")
        return super().response_delete(request, obj_display, obj_id)

    def _say(self, request, record, participle: str, url: str = ""):
        """Say it in the words of all forms, in place of the message with which Django follows. Records with a page say
        more (publishing.admin.base)."""
        if IS_POPUP_VAR not in request.POST and not hasattr(self, "message_after_saving"):
            name = format_html('<a href="{}">{}</a>' if url else "“{1}”", url, record)
            self.message_user(request, format_html("{} is {}.", name, participle), messages.SUCCESS)
            request.is_said = True

    def message_user(
        self, request: Any, message: Any, level: int | str = messages.INFO, *args: Any, **more: Any
    ) -> None:
        if level != messages.SUCCESS or not getattr(request, "is_said", False):
            super().message_user(request, message, level, *args, **more)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        # Otherwise Django would report the record as missing and redirect.
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def record_for(self, request: HttpRequest, key: str, permission: str = "change") -> Any:
        """Return the record with this key, as its form starts from it. Raises Http404 or PermissionDenied."""
        record = self.get_object(request, unquote(key))
        if record is None:
            raise Http404
        if not getattr(self, f"has_{permission}_permission")(request, record):
            raise PermissionDenied
        return record


def show(of: Any, request: HttpRequest, template: str, title: str, status: int = 200, **context: Any) -> HttpResponse:
    """Return a page of a ModelAdmin in the layout of the admin."""
    shared = {"opts": of.opts, "media": of.media, "title": title, "list_url": admin_url(of, "changelist")}
    context = {**of.admin_site.each_context(request), **shared, **context}
    return TemplateResponse(request, template, context, status=status)
