"""The panel “Before you publish” of a form, and errors that block a publication."""

from django.http import HttpResponse
from django.shortcuts import render

from publishing.admin.admin_pages import Panel, admin_page
from publishing.admin.naming import names_panel, save_name_rule
from publishing.admin.preview import read_partial_form
from publishing.content.admin_urls import admin_url
from publishing.images.illustrations.card import card
from publishing.quality.preflight.appearance import appearance
from publishing.quality.preflight.checking import preflight
from publishing.quality.preflight.rules import subject_of
from publishing.site.current import site_of


class PreflightPanel(Panel):
    permission = ""

    def context(self, request, record):
        context = {"may_override": self.admin.has_publish_permission(request)}
        held = self.admin.held
        content = getattr(record, "draft_content", None)
        if held is not None:
            context["preflight"] = {**self._found(request, record, held.findings), "is_held": True}
        elif content and self.admin.has_change_permission(request, record):
            context["preflight"] = self._panel(request, record, content)
        return context

    @admin_page("<path:object_id>/preflight/", "preflight", "POST")
    def preflight_view(self, request, record):
        """Return the panel for the current input of the form, for its script. Saves rules for names only."""
        typed = read_partial_form(self.admin, request, record)
        save_name_rule(request, record)
        is_valid = typed.form.is_valid() and not typed.problems
        panel = self._panel(request, record, typed.content) if is_valid else {"is_invalid": True}
        context = {"preflight": panel, "original": record, "may_override": self.admin.has_publish_permission(request)}
        return render(request, "admin/publishing/preflight_findings.html", context)

    @admin_page("<path:object_id>/preflight/card.png", "share_card", "GET")
    def share_card_view(self, request, record):
        """Return the share image that is drawn for the draft if no editor chose one."""
        picture = card(*record.card_words(), site_of(request).shown_name, record.drawing)
        return HttpResponse(picture, content_type="image/png")

    def _found(self, request, record, findings) -> dict:
        others = [finding for finding in findings if not finding.name]
        return {"findings": others, "names": names_panel(findings, record or self.model(), request.user)}

    def _panel(self, request, record, content) -> dict:
        shown = subject_of(record, content).record
        return {
            **self._found(request, record, preflight(record, content)),
            "appearance": appearance(shown, site_of(request)),
            "card_url": admin_url(self.model, "share_card", record.pk),
        }
