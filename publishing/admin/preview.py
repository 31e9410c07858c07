"""Previews: a page as readers would get it, in a frame of the admin, of a form that nobody pressed a button of."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import NON_FIELD_ERRORS
from django.shortcuts import render
from django.utils.csp import CSP
from django.utils.text import capfirst

from publishing.admin.admin_pages import Panel, admin_page
from publishing.admin.draft_form import DraftForm
from publishing.content.admin_urls import admin_url
from publishing.site.models import SiteSettings
from publishing.workflow.preview import page_of

FRAMED_HERE = {"frame-ancestors": [CSP.SELF]}


@dataclass(frozen=True)
class Typed:
    """`content` is what can be kept of what was typed, `problems` say what cannot, in sentences."""

    form: DraftForm
    content: dict
    problems: list[str]


def framed(request, page, problems, address):
    """Return `page`, or where it is None a page that says the problems, so that only the admin may frame it."""
    if page is None:
        page = render(request, "admin/publishing/preview_problems.html", {"problems": problems, "address": address})
    page._csp_config = settings.SECURE_CSP | FRAMED_HERE
    page.headers["X-Frame-Options"] = "SAMEORIGIN"
    return page


class PreviewPanel(Panel):
    """Shows what stands in the form."""

    permission = ""

    def context(self, request, record):
        return {"preview_url": form_url(self, request, record, "preview")}

    @admin_page("add/preview/", "preview_new", "POST", permission="add")
    @admin_page("<path:object_id>/preview/", "preview", "POST")
    def preview_view(self, request, record=None):
        """The page of what was sent of the form, as readers would see it. Saves nothing."""
        typed = read_typed(self.admin, request, record)
        site = SiteSettings.objects.current()
        site.is_preview = True
        page, errors = page_of(record or typed.form.instance, typed.content, site)
        problems = [*typed.problems, *(self.admin.in_words(error) for error in errors)]
        if page is not None and problems:
            site.notice = {"title": "Shown without what is not right yet.", "text": " ".join(problems)}
            page, _ = page_of(record or typed.form.instance, typed.content, site)
        return framed(request, page, problems, "this address")


def form_url(panel, request, record, name: str) -> str:
    """Return the address of a page that reads what stands in the form; "" for those who write nothing there."""
    if IS_POPUP_VAR in request.GET or IS_POPUP_VAR in request.POST:
        return ""
    if record is None:
        return admin_url(panel.model, f"{name}_new")
    return admin_url(panel.model, name, record.pk) if panel.admin.has_change_permission(request, record) else ""


def read_typed(model_admin, request, record) -> Typed:
    """Read the form that was sent, of a record or of one to be added, however far it is from complete."""
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
    model_admin.save_model(request, form.instance, form, is_stored)  # which saves nothing, but says whose it is
    return Typed(form, form.content(formsets), problems)


def sentences_of(form, names=None) -> list[str]:
    """What is wrong with a form, or with some fields of it."""
    return [
        sentence if name == NON_FIELD_ERRORS else f"{form.fields[name].label}: {sentence}"
        for name, sentences in form.errors.items()
        for sentence in sentences
        if names is None or name in names
    ]
