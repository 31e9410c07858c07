"""Records of the catalogue that editors add start as drafts; one button publishes them. Imports publish at once."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from publishing.admin.base import PublishableAdmin
from publishing.content.publishable import State

PUBLISH = "_publish"


class DraftFirstMixin(PublishableAdmin):
    """Placed before other bases, since its button changes the submitted state."""

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        if PUBLISH in request.POST:
            sent: Any = request.POST.copy()
            sent["state"] = State.PUBLISHED
            request.POST = sent
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"state": State.DRAFT} | super().get_changeform_initial_data(request)

    def render_change_form(self, request: HttpRequest, context: dict, obj: Any = None, **kwargs: Any) -> HttpResponse:
        if obj and context["errors"]:  # the form has set the state that it asked for
            obj.state = self.model._base_manager.values_list("state", flat=True).get(pk=obj.pk)
        is_draft = obj is None or (obj.state in {State.DRAFT, State.IN_REVIEW} and not obj.deleted_at)
        context["may_publish_now"] = is_draft and self.has_publish_permission(request)
        return super().render_change_form(request, context, obj=obj, **kwargs)
