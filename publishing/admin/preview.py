"""Previews: a page as readers would get it, in a frame of the admin."""

from django.conf import settings
from django.shortcuts import render
from django.urls import path
from django.utils.csp import CSP
from django.views.decorators.http import require_POST

from publishing.models import SiteSettings
from publishing.preview import page_of

FRAMED_HERE = {"frame-ancestors": [CSP.SELF]}


def framed(request, page, problems, address):
    """Return `page`, or where it is None a page that says the problems, so that only the admin may frame it."""
    if page is None:
        page = render(request, "admin/publishing/preview_problems.html", {"problems": problems, "address": address})
    page._csp_config = settings.SECURE_CSP | FRAMED_HERE
    page.headers["X-Frame-Options"] = "SAMEORIGIN"
    return page


class PreviewMixin:
    """For a ModelAdmin of records with drafts: shows what stands in their forms."""

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view(require_POST(self.preview_view))
        return [
            path("add/preview/", view, name=f"{name}_preview_new"),
            path("<path:object_id>/preview/", view, name=f"{name}_preview"),
            *super().get_urls(),
        ]

    def preview_view(self, request, object_id=None):
        """The page of what was sent of the form, as readers would see it. Saves nothing."""
        record = self.record_to_write(request, object_id)
        typed = self.read_typed(request, record)
        site = SiteSettings.objects.current()
        site.is_preview = True
        page, errors = page_of(record or typed.form.instance, typed.content, site)
        problems = [*typed.problems, *(self._in_words(error) for error in errors)]
        if page is not None and problems:
            site.notice = {"title": "Shown without what is not right yet.", "text": " ".join(problems)}
            page, _ = page_of(record or typed.form.instance, typed.content, site)
        return framed(request, page, problems, "this address")
