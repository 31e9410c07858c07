"""Previews of unsaved forms: the page as readers would see it, in a frame of the admin."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.csp import CSP
from django.utils.text import capfirst

from ops.http.urls import admin_url
from ops.limits.turns import posts_take_turns
from publishing.admin.admin_pages import Panel, admin_page
from publishing.admin.draft_form import DraftForm
from publishing.content.publishable import Publishable
from publishing.site.models import SiteSettings
from publishing.workflow.preview import page_of

FRAMED_HERE = {"frame-ancestors": [CSP.SELF]}


@dataclass(frozen=True)
class PartialForm:
    """A submitted form: `content` has its valid values, `problems` describe the others in sentences."""

    form: DraftForm
    content: dict
    problems: list[str]


class PreviewPanel(Panel):
    """The preview of the current input of the form."""

    permission = ""

    def context(self, request: HttpRequest, record: Publishable | None) -> dict:
        return {"preview_url": form_url(self, request, record, "preview")}

    @admin_page("add/preview/", "preview_new", "POST", permission="add")
    @admin_page("<path:object_id>/preview/", "preview", "POST")
    @posts_take_turns
    def preview_view(self, request, record=None):
        """Return the page for the submitted form as readers would see it. Saves nothing."""
        typed = read_partial_form(self.admin, request, record)
        site = SiteSettings.objects.current()
        site.is_preview = True
        page, errors = page_of(record or typed.form.instance, typed.content, site)
        problems = [*typed.problems, *(self.admin.in_words(error) for error in errors)]
        if page is not None and problems:
            site.notice = {"title": "Fields with errors are not shown.", "text": " ".join(problems)}
            page, _ = page_of(record or typed.form.instance, typed.content, site)
        if page is None:
            page = render(request, "admin/publishing/preview_problems.html", {"problems": problems})
        page._csp_config = settings.SECURE_CSP | FRAMED_HERE  # pyright: ignore[reportAttributeAccessIssue] private in Django
        page.headers["X-Frame-Options"] = "SAMEORIGIN"
        return page


def form_url(panel: Panel, request: HttpRequest, record: Publishable | None, name: str) -> str:
    """Return the URL of a page that reads the unsaved form; "" in popups and for users who may not change the
    record."""
    if IS_POPUP_VAR in request.GET or IS_POPUP_VAR in request.POST:
        return ""
    if record is None:
        return admin_url(panel.model, f"{name}_new")
    return admin_url(panel.model, name, record.pk) if panel.admin.has_change_permission(request, record) else ""


def read_partial_form(model_admin: Any, request: HttpRequest, record: Publishable | None) -> PartialForm:
    """Read the submitted form of an existing or a new record, however incomplete it is."""
    is_stored = record is not None
    form = model_admin.get_form(request, record, change=is_stored)(request.POST, request.FILES, instance=record)
    form.full_clean()
    problems = sentences_of(form, form.unreadable)
    formsets, _ = model_admin._create_formsets(request, form.instance, change=is_stored)
    for formset in formsets:
        name = capfirst(formset.model._meta.verbose_name)
        rows = [] if formset.is_valid() else [row for row in formset.forms if row.errors]
        problems += [f"{name}: {sentence}" for row in rows for sentence in sentences_of(row)]
        problems += [f"{name}: {sentence}" for sentence in formset.non_form_errors()]
    model_admin.save_model(request, form.instance, form, is_stored)  # saves nothing, but sets the owner
    return PartialForm(form, form.content(formsets), problems)


def sentences_of(form, names=None) -> list[str]:
    """Return the errors of a form, or of some of its fields, as sentences."""
    return [
        sentence if name == NON_FIELD_ERRORS else f"{form.fields[name].label}: {sentence}"
        for name, sentences in form.errors.items()
        for sentence in sentences
        if names is None or name in names
    ]
