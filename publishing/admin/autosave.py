"""Autosave of forms with drafts: the endpoint that its script calls."""

from typing import cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.forms import Script
from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.utils.formats import date_format
from django.utils.timezone import localtime
from js_asset import ImportMap, Media

from ops.http.urls import admin_url, change_url
from ops.limits.turns import posts_take_turns
from publishing.admin.admin_pages import Panel, admin_page
from publishing.admin.form_sessions import FORM_SESSION, form_session_of, record_created_in
from publishing.admin.history import conflict_url
from publishing.admin.preview import form_url, read_partial_form
from publishing.content.people import name_of
from publishing.content.publishable import Publishable
from publishing.revisions.models import Action, Revision
from publishing.workflow.actions import create_record, perform_action, token_of

MODULES = {f"drafts/{name}": f"js/drafts/{name}.js" for name in ("autosave", "copies", "server", "preview")}
FORM_SCRIPTS = Media(importmap=ImportMap(MODULES), js=[Script("js/drafts/form.js", type="module")])


class AutosavePanel(Panel):
    """Available to everyone who may change a record or add one."""

    permission = ""

    def context(self, request: HttpRequest, record: Publishable | None) -> dict:
        return {"autosave_url": form_url(self, request, record, "autosave"), "form_name": self._name_of_form(record)}

    @admin_page("add/autosave/", "autosave_new", "GET", "POST")
    @admin_page("<path:pk>/autosave/", "autosave", "GET", "POST")
    @posts_take_turns
    def autosave_view(self, request, pk=None):
        """Save the form's current input; on GET, return a CSRF token and the form sessions that ended with a save."""
        self._record_to_write(request, pk)  # before anything is said about it
        sent = request.POST if request.method == "POST" else request.GET
        if sent.get("writer") != str(request.user.pk):
            # Signed in as somebody else meanwhile: the text must not be saved under another name.
            return JsonResponse({"is_other_writer": True}, status=409)
        if request.method == "GET":
            return self._status(request)
        if not form_session_of(request):
            return JsonResponse({"problems": ["The form has no session. Reload the page."]}, status=400)
        return self._autosave(request, pk or self._key_of_form_session(request))

    def _autosave(self, request, pk):
        record = self._record_to_write(request, pk)
        typed = read_partial_form(self.admin, request, record)
        is_aside = "is_found" in request.POST and record is not None
        action = typed.form.action_request(
            typed.content, request.user, Action.SAVE, is_autosave=True, is_aside=is_aside
        )
        if record is not None:
            return self._answer(request, perform_action(record, action), action, typed)
        try:
            outcome = create_record(typed.form.instance, action)
        except (IntegrityError, ValidationError) as error:
            # Either a concurrent request stored it a moment ago, or it cannot be stored yet.
            if stored := self._key_of_form_session(request):
                return self._autosave(request, stored)
            problem = (
                self.admin.in_words(error)
                if isinstance(error, ValidationError)
                else "Another record has just taken its address."
            )
            return JsonResponse({"is_saved": False, "problems": typed.problems or [problem]})
        self.admin.log_addition(request, outcome.record, "Autosaved.")
        return self._answer(request, outcome, action, typed)

    def _answer(self, request, outcome, action, typed) -> JsonResponse:
        row = self.model._base_manager.get(pk=outcome.record.pk)
        head = cast(Revision, Revision.objects.head(row))
        revision = outcome.revision
        is_up_to_date = not outcome.is_conflict and (revision is None or head.is_of(request.user, action.form_session))
        answer = {
            "is_saved": True,
            "token": token_of(row, head) if is_up_to_date else action.token,
            "at": date_format(localtime(revision.made_at if revision else head.made_at), "H:i"),
            "is_live": bool(getattr(row, "is_public", False)),
            "is_draft": head.is_draft,
            "problems": typed.problems,
            "errors": {name: list(typed.form.errors[name]) for name in typed.form.unreadable},
            "record": self._name_of_form(row),
            "change_url": change_url(row),
            "made_slug": "" if action.content["fields"]["slug"] or "slug" in typed.form.errors else row.slug,
            "autosave_url": admin_url(self.model, "autosave", row.pk),
            "preview_url": admin_url(self.model, "preview", row.pk),
        }
        if not is_up_to_date:
            answer["conflict"] = {
                "by": "" if head.author_id == request.user.pk else name_of(head.author),
                "is_own": head.author_id == request.user.pk,
                "url": conflict_url(row),
            }
        return JsonResponse(answer)

    def _record_to_write(self, request, pk):
        """Return the record with this key, None in the form that adds one. Raises like its form."""
        if pk is not None:
            return self.admin.record_for(request, pk)
        if not self.admin.has_add_permission(request):
            raise PermissionDenied
        return None

    def _status(self, request) -> JsonResponse:
        revisions = Revision.objects.filter(author=request.user, is_autosave=False)
        form_sessions = [key for key in request.GET.getlist("form_session")[:50] if FORM_SESSION.fullmatch(key)]
        ended = revisions.filter(form_session__in=form_sessions).values_list("form_session", flat=True).distinct()
        return JsonResponse({"csrf": get_token(request), "ended": sorted(ended)})

    def _name_of_form(self, record) -> str:
        """Return the name under which the browser stores the form's data. The URL changes once a record is stored."""
        return f"{self.model._meta.label_lower}/{record.pk if record else 'new'}"

    def _key_of_form_session(self, request) -> str | None:
        """Return the key of the record that was created in this opening of the form that adds one, or None."""
        stored = record_created_in(form_session_of(request), request.user, self.model)
        return str(stored.pk) if stored else None
