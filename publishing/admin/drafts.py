"""The admin of records with drafts: the form edits the latest version, while readers see the published one."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Field, QuerySet
from django.forms import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import timezone

from ops.limits.turns import posts_take_turns
from publishing.admin.autosave import FORM_SCRIPTS, AutosavePanel
from publishing.admin.base import PublishableAdmin
from publishing.admin.before_publishing import (
    QuestionsOpen,
    answer_about_schedule,
    check_answers,
    confirm_publication,
)
from publishing.admin.comments import COMMENT_SCRIPTS, CommentsPanel
from publishing.admin.confirmation import confirm_unpublish
from publishing.admin.draft_form import LABELS, DraftForm, action_of
from publishing.admin.fields import TitleWidget, section, with_fields
from publishing.admin.form_sessions import form_session_of, record_created_in, user_lock
from publishing.admin.history import HistoryPanel, conflict_url, versions_of
from publishing.admin.needs_review import FactCheckPanel
from publishing.admin.preflight import PreflightPanel
from publishing.admin.preview import PreviewPanel
from publishing.admin.review import ReviewPanel, ShareLinkPanel
from publishing.admin.scheduling import presets
from publishing.content.dates import moment_in_words
from publishing.content.follow_up import prepare_texts
from publishing.content.prose import Prose
from publishing.content.publishable import Publishable, State
from publishing.revisions.models import PUBLIC_ACTIONS, Action, Revision
from publishing.revisions.snapshot import fill
from publishing.richtext.sentences import DESCRIPTION_LIMIT, TITLE_LIMIT
from publishing.workflow.actions import (
    ActionRequest,
    ScheduledVersion,
    create_record,
    draft_of,
    latest_content,
    may_be_seen,
    perform_action,
    token_of,
)
from publishing.workflow.submission import with_reviews

# The buttons of the form, by state. “Publish” has a menu to schedule.
ACTIONS = {
    State.DRAFT: [Action.SAVE, Action.SUBMIT, Action.PUBLISH],
    State.IN_REVIEW: [Action.SAVE, Action.WITHDRAW, Action.PUBLISH],
    State.PUBLISHED: [Action.SAVE, Action.SUBMIT, Action.PUBLISH, Action.UNPUBLISH, Action.ARCHIVE],
    State.ARCHIVED: [Action.SAVE, Action.WITHDRAW, Action.PUBLISH],
}
# Characters that search engines show; the form counts them.
LIMITS = {"meta_title": TITLE_LIMIT, "meta_description": DESCRIPTION_LIMIT}
NEXT_STEPS = (Action.PUBLISH, Action.SUBMIT)
# The tabs beside the text. "tab-…" among the classes of a fieldset or inline names its tab; without, it is text.
TABS = ("publish", "settings", "checks", "search", "comments", "history")
SCHEDULE_TAB = "schedule"
# Shown only to those who may change the record.
FIELDS_OF_THE_DESK = {"go_live_at", "note", "reviewer"}


class DraftsAdmin(PublishableAdmin):
    """The base of the admin of texts, authors and topics. Related rows use `RowInline`."""

    record_for: Callable[..., Any]  # these two by save_refused.RefusalMixin
    not_saved: str
    panels = [
        AutosavePanel,
        PreviewPanel,
        PreflightPanel,
        ReviewPanel,
        CommentsPanel,
        HistoryPanel,
        FactCheckPanel,
        ShareLinkPanel,
    ]

    PUBLICATION = section(
        *("Publication", "expire_at", "slug", "note", "reviewer"),
        classes=["tab-publish"],
        description="Drafts may be unfinished; readers keep the published version until you press Publish.",
    )
    # For authors and topics, which have no dates.
    PUBLICATION_OF_NAMES = section("Publication", "slug", "note", "reviewer", classes=["tab-publish"])
    # In the menu beside “Publish” for those who may publish; every form has it.
    SCHEDULE = section(None, "go_live_at", "publish_at", classes=["tab-schedule"])
    SHARING = section(
        *("For search engines and sharing", "meta_title", "meta_description", "canonical_url", "share_image"),
        classes=["tab-search"],
        description="Optional: if empty, the title, the beginning of the text and the cover are used.",
    )
    form = DraftForm
    change_form_template = "admin/publishing/draft_form.html"
    object_history_template = "admin/publishing/draft_history.html"
    actions = ["publish", "unpublish_selected", "delete_selected", "restore"]

    class Media:
        css = {"all": ["css/admin/preview.css"]}
        js = [
            Script("js/preflight.js", type="module"),
            Script("js/desk.js", type="module"),
            Script("js/rows.js", type="module"),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return with_reviews(super().get_queryset(request))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Like Django's; for users who may change the record, it contains the latest draft."""
        record = super().get_object(request, object_id, from_field)
        if record is not None and record.update_at:
            record.update = Revision.objects.of(record).waiting().first()
        if record is not None and self.has_change_permission(request, record):
            record.draft_token = token_of(record, Revision.objects.head(record))
            record.draft_content = latest_content(record)
            if draft := draft_of(record):
                fill(record, record.draft_content)
                record.draft_problem = draft.problem
                record.autosave = draft if draft.is_autosave else None
        return record

    @posts_take_turns
    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        if action_of(request.POST) in PUBLIC_ACTIONS and not self.has_publish_permission(request):
            raise PermissionDenied
        prepare_texts(self.model, request.POST)
        is_new = request.method == "POST" and object_id is None
        try:
            with user_lock(request.user) if is_new and not self.not_saved else nullcontext():
                if is_new:
                    # Autosave may have created it.
                    stored = record_created_in(form_session_of(request), request.user, self.model)
                    object_id = stored and str(stored.pk)
                return super().changeform_view(request, object_id, form_url, extra_context)
        except QuestionsOpen as asked:
            return confirm_publication(self, request, asked)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        """Show the history to users who may change the record only, since log entries mention drafts too."""
        record = self.record_for(request, object_id)
        context = versions_of(record, request.GET.get("versions")) | (extra_context or {})
        return super().history_view(request, object_id, context)

    def unpublish_label(self, request: HttpRequest) -> str:
        action = action_of(request.POST)
        return LABELS[action] if action in {Action.UNPUBLISH, Action.ARCHIVE} else ""

    def get_fieldsets(self, request: HttpRequest, obj: Publishable | None = None) -> list:
        may_write = obj is None or self.has_change_permission(request, obj)
        hidden = set() if may_write else FIELDS_OF_THE_DESK
        if not issubclass(self.model, Prose):
            hidden = hidden | {"publish_at"}
        elif may_write:
            hidden = hidden | {"publish_at" if obj and may_be_seen(obj) else "go_live_at"}
        fieldsets = [*super().get_fieldsets(request, obj), self.SCHEDULE]
        return with_fields(fieldsets, lambda fields: _without(fields, hidden))

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == flatten(cast(list, self.fieldsets)[0][1]["fields"])[0]:
            placeholder = str(db_field.verbose_name).capitalize()
            kwargs["widget"] = TitleWidget(
                {"rows": 1, "class": "vLargeTextField title-field", "placeholder": placeholder}
            )
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name in LIMITS:
            field.widget.attrs["data-limit"] = LIMITS[db_field.name]
        return field

    def render_change_form(self, request: HttpRequest, context: dict, obj: Any = None, **kwargs: Any) -> HttpResponse:
        context["form_actions"] = self._buttons(request, obj)
        may_publish = any(button["action"] == Action.PUBLISH for button in context["form_actions"])
        context |= _by_tab(context, has_menu=may_publish)
        if may_publish:
            form = context["adminform"].form
            context |= {"presets": presets(), "schedule_errors": form.errors.get(form.moment_field)}
        if context["autosave_url"]:
            context["media"] += FORM_SCRIPTS + COMMENT_SCRIPTS
        return super().render_change_form(request, context, obj=obj, **kwargs)

    def _buttons(self, request, record) -> list[dict]:
        """Return the buttons of the form: action, label, whether it is the next step, and whether it is in the menu."""
        in_trash = record is not None and record.deleted_at
        actions = [Action.SAVE] if in_trash else ACTIONS[record.state if record else State.DRAFT]
        if record is None and cast(Field, self.opts.get_field("state")).default == State.PUBLISHED:
            # Records added from another form, such as authors, are normally published at once.
            actions = [Action.PUBLISH, *(action for action in actions if action != Action.PUBLISH)]
        if record is not None and record.state == State.PUBLISHED and record.draft_state == State.IN_REVIEW:
            actions = [Action.WITHDRAW if action == Action.SUBMIT else action for action in actions]
        if getattr(record, "update_at", None):
            actions = [*actions, Action.UNSCHEDULE]
        may_publish = self.has_publish_permission(request)
        allowed = [action for action in actions if may_publish or action not in PUBLIC_ACTIONS]
        is_draft = record is None or record.state in {State.DRAFT, State.PUBLISHED}
        labels = LABELS if is_draft else {**LABELS, Action.SAVE: "Save"}
        publish_at = getattr(record, "publish_at", None)
        if publish_at and publish_at > timezone.now():
            labels = {**labels, Action.UNPUBLISH: "Unschedule"}
        next_step = next((action for action in NEXT_STEPS if action in allowed), Action.SAVE)
        return [
            {
                "action": action.value,
                "words": labels[action],
                "is_next": action == next_step,
                "is_in_menu": action not in {Action.SAVE, next_step},
            }
            for action in allowed
        ]

    def save_model(self, request: HttpRequest, obj: Any, form: DraftForm, change: bool) -> None:
        """Save nothing yet: `save_related` does, once the related rows are known."""
        # Without an owner, authors could no longer edit their own draft.
        if hasattr(obj, "owner_id") and obj.owner_id is None and not (change and self.has_publish_permission(request)):
            obj.owner = request.user

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        # Set in the form too, which becomes that of the stored record after an autosave.
        return {"owner": request.user.pk} | super().get_changeform_initial_data(request)

    def save_related(self, request: HttpRequest, form: DraftForm, formsets: Any, change: bool) -> None:
        record, cleaned = form.instance, form.cleaned_data
        # The date of a first publication is a field of the record itself.
        go_live_at = cleaned.get("go_live_at") if form.moment_field == "go_live_at" else None
        action = form.action_request(
            form.content(formsets),
            request.user,
            reason=cleaned.get("reason") or "",
            reviewer=cleaned.get("reviewer"),
            go_live_at=go_live_at,
            stale_seen=request.POST.get("stale_seen"),
            scheduled_version=answer_about_schedule(request) or ScheduledVersion.CANCEL,
        )
        check_answers(request, form, action)
        record.action_result = perform_action(record, action) if change else create_record(record, action)
        if "_restore" in request.POST and not record.action_result.is_conflict and self.has_publish_permission(request):
            self.model.objects.filter(pk=record.pk).update(deleted_at=None)

    def construct_change_message(self, request, form, formsets, add=False):
        outcome = cast(DraftForm, form).instance.action_result
        if outcome.is_conflict:
            return "Saved separately, because another user had saved the text."
        is_back = "_restore" in request.POST and self.has_publish_permission(request)
        if outcome.is_release:
            return "Scheduled version published."
        if outcome.revision is None:
            return "Restored from the trash." if is_back else "Saved without changes."
        message = "Restored from the trash" if is_back else outcome.revision.get_action_display()
        return f"{message}: {outcome.revision.note}" if outcome.revision.note else f"{message}."

    def after_saving(self, request: HttpRequest, record: Any) -> HttpResponse:
        if record.action_result.is_conflict:
            messages.warning(
                request, "This was saved elsewhere since you opened it. Nothing is lost: your version is stored."
            )
            return HttpResponseRedirect(conflict_url(record))
        stored = with_reviews(self.model.objects.filter(pk=record.pk)).get()
        stored.action_result, stored.live_url = record.action_result, getattr(record, "live_url", "")
        return super().after_saving(request, stored)

    def message_after_saving(self, request: HttpRequest, context: dict) -> str:
        done = context["record"].action_result
        return super().message_after_saving(request, context | {"title": done.title, "is_release": done.is_release})

    @admin.display(description="State", ordering="state")
    def status(self, record: Any) -> str:
        context = {"status": record.status, "full_status": record.full_status}
        return render_to_string("admin/publishing/state.html", context)

    @admin.action(description="Publish", permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet) -> None:
        done = self.perform_on_each(request, queryset, Action.PUBLISH, "published")
        scheduled = sum(record.status == "Scheduled" for record in done)
        if done[scheduled:]:
            messages.success(request, f"Published: {len(done) - scheduled}.")
        if scheduled:
            messages.success(request, f"Published from their date on: {scheduled}.")

    def publish_reviewed(self, request: HttpRequest, record: Publishable, at: datetime | None) -> None:
        """Publish the latest version of a record, or schedule it, and say so."""
        queryset = self.model.objects.filter(pk=record.pk)
        if at is None:
            self.publish(request, queryset)
        elif self.perform_on_each(request, queryset, Action.SCHEDULE, "scheduled", at):
            messages.success(request, f"Scheduled for {moment_in_words(at)}.")

    @admin.action(description="Return to draft", permissions=["publish"])
    def unpublish_selected(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        if question := confirm_unpublish(self, request, list(queryset.not_trashed()), "Return to draft"):
            return question
        done = self.perform_on_each(request, queryset, Action.UNPUBLISH, "returned to draft")
        messages.success(request, f"Returned to draft: {len(done)}.")
        return None

    def perform_on_each(self, request, queryset, action, participle, at: datetime | None = None) -> list:
        """Carry out the action on the latest version of each record; return the records for which it succeeded. `at` is
        the moment of SCHEDULE."""
        done = []
        for record in queryset.not_trashed():
            update = Revision.objects.of(record).waiting().first() if action == Action.PUBLISH else None
            if update:
                advice = f"A version is scheduled for {moment_in_words(update.go_live_at)}: open the text to choose."
                messages.error(request, f"“{record}” was not {participle}. {advice}")
                continue
            try:
                content = latest_content(record)
                if at and isinstance(record, Prose) and not may_be_seen(record):
                    content["fields"]["publish_at"] = at.isoformat()
                outcome = perform_action(record, ActionRequest(action, content, author=request.user, go_live_at=at))
            except ValidationError as error:
                messages.error(request, f"“{record}” was not {participle}. {self.in_words(error)}")
                continue
            self.log_change(request, record, f"{action.label}.")
            done.append(outcome.record)
        return done


def _by_tab(context, *, has_menu: bool) -> dict:
    """Return the fieldsets and inlines of a form as `text`, those of each tab as `tabs`, and as `schedule` the fieldset
    of the menu beside “Publish”; without this menu it is in the first tab."""
    parts = {name: {"name": name, "fieldsets": [], "inlines": []} for name in ("text", *TABS, SCHEDULE_TAB)}
    for kind, members in (("fieldsets", context["adminform"]), ("inlines", context["inline_admin_formsets"])):
        for member in members:
            tab_names = (name.removeprefix("tab-") for name in member.classes.split() if name.startswith("tab-"))
            parts[next(tab_names, "text")][kind].append(member)
    schedule = parts.pop(SCHEDULE_TAB)["fieldsets"]
    if not has_menu:
        parts[TABS[0]]["fieldsets"] = schedule + parts[TABS[0]]["fieldsets"]
    return {"text": parts.pop("text"), "tabs": list(parts.values()), "schedule": schedule}


def _without(fields, hidden) -> list:
    """Return the fields of a fieldset without `hidden`; a group with one remaining field becomes a single field."""
    remaining = []
    for entry in fields:
        names = [name for name in flatten([entry]) if name not in hidden]
        if names:
            remaining.append(names[0] if len(names) == 1 else tuple(names))
    return remaining
