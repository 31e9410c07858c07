"""The panel “Before you publish” of a form, and what stops a publication there."""

from django.http import HttpResponse
from django.shortcuts import render

from publishing.admin.naming import keep_rule, names_panel
from publishing.admin_pages import admin_page, admin_url
from publishing.drawings.card import card
from publishing.preflight.appearance import appearance
from publishing.preflight.checking import Held, preflight
from publishing.preflight.subject import subject_of
from publishing.site import site_of


class PreflightMixin:
    """For a ModelAdmin of records with drafts."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Held as held:
            # What was done is undone by now. The form is shown again, with all that was typed and with what is wrong.
            request.held = held
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.held = getattr(request, "held", None)
        return form

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        held = getattr(request, "held", None)
        if held is not None:
            context["preflight"] = {**self._found(request, obj, held.findings), "is_held": True}
        elif obj is not None and self.has_change_permission(request, obj):
            content = getattr(obj, "draft_content", None)
            context["preflight"] = self._panel(request, obj, content) if content else None
        context["may_override"] = self.may_publish(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin_page("<path:object_id>/preflight/", "preflight", "POST")
    def preflight_view(self, request, object_id):
        """Answer the form's script: the panel about what is typed there, of which nothing is saved."""
        record = self.record_to_change(request, object_id)
        form = self.get_form(request, record, change=True)(request.POST, request.FILES, instance=record)
        formsets, _ = self._create_formsets(request, form.instance, change=True)
        keep_rule(request, record)
        is_valid = form.is_valid() and all(formset.is_valid() for formset in formsets)
        panel = self._panel(request, record, form.content(formsets)) if is_valid else {"is_invalid": True}
        context = {"preflight": panel, "original": record, "may_override": self.may_publish(request, record)}
        return render(request, "admin/publishing/preflight_findings.html", context)

    @admin_page("<path:object_id>/preflight/card.png", "share_card", "GET")
    def share_card_view(self, request, object_id):
        """The picture that is drawn for the draft where no editor chose one."""
        record = self.record_to_change(request, object_id)
        picture = card(*record.card_words(), site_of(request).name_text, record.drawing)
        return HttpResponse(picture, content_type="image/png")

    def _found(self, request, record, findings) -> dict:
        others = [finding for finding in findings if not finding.name]
        return {"findings": others, "names": names_panel(findings, record or self.model(), request.user)}

    def _panel(self, request, record, content) -> dict:
        shown = subject_of(record, content).record
        return {
            **self._found(request, record, preflight(record, content)),
            "appearance": appearance(shown, site_of(request)),
            "card_url": admin_url(self, "share_card", record.pk),
        }
