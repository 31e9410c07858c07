"""Previews: a page as readers would get it, in a frame of the admin."""

from django.conf import settings
from django.shortcuts import render
from django.utils.csp import CSP

from publishing.admin_pages import admin_page
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

    @admin_page("add/preview/", "preview_new", "POST")
    @admin_page("<path:object_id>/preview/", "preview", "POST")
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
