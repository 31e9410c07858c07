"""Every action on a record. Each one is stored as a revision; some change what readers see.

For a record that readers cannot see, the row itself is the latest version, and saving writes to it. Saving a published
record creates a draft instead, which is written to the row when it is published.
"""

import logging
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from ops.http.query_params import key_in
from ops.page_cache.write_detection import unseen
from publishing.content.follow_up import prepare_texts
from publishing.content.permissions import AnyUser
from publishing.content.prose import Prose
from publishing.content.publishable import Publishable, State
from publishing.quality.preflight.checking import hold_back
from publishing.quality.staleness import known_by, mark_reviewed, passages_of
from publishing.quality.staleness import token_of as token_of_passages
from publishing.revisions.models import PUBLIC_ACTIONS, Action, Revision
from publishing.revisions.snapshot import current, read, same, write
from publishing.workflow.notifications import tell_author, tell_editors

logger = logging.getLogger(__name__)

# The state of a record after an action, where the action determines it.
STATES = {
    Action.SUBMIT: State.IN_REVIEW,
    Action.WITHDRAW: State.DRAFT,
    Action.RETURN: State.DRAFT,
    Action.PUBLISH: State.PUBLISHED,
    Action.SCHEDULE: State.PUBLISHED,
    Action.UNPUBLISH: State.DRAFT,
    Action.ARCHIVE: State.ARCHIVED,
}


class ScheduledVersion(models.TextChoices):
    """What becomes of a scheduled version when another one is to be published."""

    CANCEL = "cancel", "Publish this version now and cancel the scheduled one"
    KEEP = "keep", "Publish this version now and keep the schedule"
    RELEASE = "release", "Publish the scheduled version now"


@dataclass(frozen=True)
class ActionRequest:
    """A requested action: its content, its author, and the version that the author started from."""

    action: Action
    content: dict
    author: AnyUser | None = None
    token: str = ""  # `token_of` when the form was opened; empty: there was no version that could have changed
    note: str = ""
    reviewer: User | None = None  # of SUBMIT: the person who is asked, None for every editor
    reason: str = ""  # for publishing despite pre-flight errors
    form_session: str = ""  # identifies one opening of a form (an editing session)
    step: int = 0  # counts the requests of a form session, to recognise late ones; 0: not counted
    is_autosave: bool = False
    is_aside: bool = False  # store as a conflicting version even without newer changes: the author has yet to compare
    go_live_at: datetime | None = None  # of SCHEDULE
    scheduled_version: ScheduledVersion = ScheduledVersion.CANCEL  # of PUBLISH
    # The token of the stale passages that the form showed; None: the form does not show them.
    stale_seen: str | None = None


@dataclass(frozen=True)
class ActionResult:
    """The result of an action: the `record` as stored, and the new `revision`, None without a change."""

    record: Publishable
    revision: Revision | None
    title: str
    is_conflict: bool = False
    is_release: bool = False  # whether the scheduled version was published instead


def draft_of(record: Publishable) -> Revision | None:
    """Return the draft of a record: its latest version, if that differs from the row; else None."""
    head = Revision.objects.head(record)
    return head if head and head.is_draft else None


def latest_content(record: Publishable) -> dict:
    """Return the content of the latest version of a stored record."""
    draft = draft_of(record)
    return current(type(record), draft.content) if draft else read(record)


def token_of(record: Publishable, head: Revision | None) -> str:
    """Return a token of the version that a form opened now starts from."""
    return f"{head.pk if head else 0}/{record.last_changed_at.isoformat()}"


def _is_stale(request: ActionRequest, row, before: Revision | None, head: Revision) -> bool:
    """Return whether others changed the record since the form was opened.

    Content found in the row may be older than the form, also if it was stored since, as a comment does. The author's
    own saves in this form session do not count.
    """
    begun, _, moment = request.token.partition("/")
    has_found = head != before and moment != row.last_changed_at.isoformat()
    is_seen = before is not None and (
        before.is_of(request.author, request.form_session)
        or (before.action == Action.FOUND and before.made_at.isoformat() == moment)
    )
    return bool(request.token) and (has_found or (begun != str(before.pk if before else 0) and not is_seen))


def may_be_seen(record: Publishable) -> bool:
    """Return whether the record is published and its date has come, so that an update needs a date of its own."""
    publish_at = getattr(record, "publish_at", None)
    return record.state == State.PUBLISHED and not (publish_at and publish_at > timezone.now())


def create_record(record: Publishable, request: ActionRequest) -> ActionResult:
    """Carry out `request` on a record that is not stored yet. Raises ValidationError like `perform_action`."""
    request = _checked(record, request)
    prepare_texts(type(record), request.content["fields"])
    with transaction.atomic(), _seen_or_not(record, request):
        record.state = STATES.get(request.action, State.DRAFT)
        if request.action == Action.SCHEDULE and not isinstance(record, Prose):
            record.state = State.DRAFT
        write(record, request.content)
        revision = _schedule_update(record, request) or _store_revision(record, request, read(record), applied=True)
        return ActionResult(record, revision, str(record))


def perform_action(record: Publishable, request: ActionRequest) -> ActionResult:
    """Carry out `request` on a stored record.

    If others changed it since the form was opened, only a conflicting version is stored. Raises ValidationError,
    without changes, if content to publish is incomplete; PublicationBlocked if it has errors and no reason is given. An
    autosave is always stored, as a draft if the row cannot hold it, unless a later one of its form session was.
    """
    if request.action == Action.PUBLISH and request.scheduled_version == ScheduledVersion.RELEASE:
        return _release_update(record, replace(request, action=Action.SAVE))
    prepare_texts(type(record), request.content["fields"])
    with transaction.atomic():
        row = locked(record)
        title = request.content["fields"].get(row.title_field) or str(type(row)())
        if request.is_autosave and (later_save := _later_save_of_session(row, request)):
            return ActionResult(row, later_save, title, is_conflict=later_save.is_aside)
        before = Revision.objects.head(row)
        head = catch_up(row, before)
        is_news = not same(request.content, head.content)
        if is_news and (request.is_aside or _is_stale(request, row, before, head)):
            revision = _store_revision(row, request, request.content, state=head.state, is_aside=True)
            return ActionResult(row, revision, title, is_conflict=True)
        # Saving explicitly turns the last autosave into a version.
        if request.action == Action.SAVE and not is_news and (request.is_autosave or not head.is_autosave):
            return ActionResult(row, None, title)
        with _seen_or_not(row, request):
            return ActionResult(row, _perform(row, _checked(row, request), head), title)


def _seen_or_not(record: Publishable, request: ActionRequest) -> AbstractContextManager[None]:
    """Return the context of an action: most are on texts that no reader has seen yet, and end no cached page."""
    is_first_draft = record.state in {State.DRAFT, State.IN_REVIEW} and not record.has_known_address
    return unseen() if is_first_draft and request.action not in PUBLIC_ACTIONS else nullcontext()


def _checked(record, request: ActionRequest) -> ActionRequest:
    """Return `request` with a checked reason. A scheduled update is checked when it is approved and not when it goes
    live, since then no editor is there to give a reason."""
    if request.action not in {Action.PUBLISH, Action.SCHEDULE}:
        return replace(request, reason="")
    return replace(request, reason=hold_back(record, request.content, request.reason))


def _later_save_of_session(row, request: ActionRequest) -> Revision | None:
    """Return the last revision of this form session if it is as new as `request`, a repeated or overtaken request."""
    written = (
        Revision.objects.of(row).filter(author=request.author, form_session=request.form_session).latest_first().first()
    )
    return written if written and 0 < request.step <= written.step else None


def locked[M: Publishable](record: M) -> M:
    """Return the stored row, locked until the transaction ends."""
    return type(record)._base_manager.select_for_update(of=("self",)).get(pk=record.pk)


def live_revision(record: Publishable) -> Revision:
    """Return the version that a stored record's row contains; it is created if no revision has it."""
    with transaction.atomic():
        row = locked(record)
        catch_up(row, Revision.objects.head(row))
        return Revision.objects.of(row).exclude(applied_at=None).latest("applied_at", "pk")


def _perform(row, request: ActionRequest, head: Revision) -> Revision | None:
    if request.action == Action.SCHEDULE and (may_be_seen(row) or not isinstance(row, Prose)):
        return _schedule_update(row, request)
    keeps_update = request.action == Action.PUBLISH and request.scheduled_version == ScheduledVersion.KEEP
    if request.action in PUBLIC_ACTIONS and not keeps_update:
        cancel_update(row)
    if row.state == State.PUBLISHED and request.action not in PUBLIC_ACTIONS - {Action.UNSCHEDULE}:
        if same(request.content, read(row)):
            return _store_revision(row, request, read(row), applied=True)  # equal to the row, so it needs no draft
        default_state = head.state if head.is_draft and request.action == Action.SAVE else State.DRAFT
        state = STATES.get(request.action, default_state)
        return _store_revision(row, request, request.content, state=State.DRAFT if state == State.PUBLISHED else state)
    if request.is_autosave:
        try:
            with transaction.atomic():
                write(row, request.content)
        except (ValidationError, IntegrityError):
            return _store_revision(locked(row), request, request.content)
        return _store_revision(row, request, read(row), applied=True)
    row.state = STATES.get(request.action, row.state)
    has_seen_all = _has_seen_all(row, request)
    write(row, request.content)
    if has_seen_all:
        mark_reviewed(row)
    return _store_revision(row, request, read(row), applied=True)


def _has_seen_all(row, request: ActionRequest) -> bool:
    """Return whether the facts cited by the stored row are unchanged since the form was opened. Otherwise saving does
    not confirm them, and the text stays marked as stale."""
    return request.stale_seen is None or request.stale_seen == token_of_passages(passages_of(row))


def _schedule_update(row, request: ActionRequest) -> Revision | None:
    """Store an update that goes live at its date, replacing a waiting one."""
    if request.action != Action.SCHEDULE or request.go_live_at is None:
        return None
    cancel_update(row)
    # Today's facts are stored with the update, since they are confirmed now and not when it goes live.
    content = request.content
    # An address that follows the title is made when a row is written, and this content is shown before.
    content = content | {"fields": content["fields"] | {"slug": content["fields"]["slug"] or row.slug}}
    if row.pk is None or _has_seen_all(row, request):
        content = content | {"known": known_by(type(row), content["fields"])}
    return _store_revision(row, request, content, state=State.PUBLISHED, go_live_at=request.go_live_at)


def _release_update(record, save: ActionRequest) -> ActionResult:
    """Store the content of `save` as a draft, and publish the scheduled version now. A conflict publishes nothing."""
    with transaction.atomic():
        outcome = perform_action(record, save)
        update = Revision.objects.of(record).waiting().first()
        if update and not outcome.is_conflict:
            Revision.objects.filter(pk=update.pk).update(go_live_at=timezone.now())
            outcome = replace(outcome, is_release=apply_update(update.pk))
        return outcome


def cancel_update(row):
    """Cancel waiting updates of `row`. Their content stays in the history."""
    Revision.objects.of(row).waiting().update(go_live_at=None)


def catch_up(row: Publishable, head: Revision | None) -> Revision:
    """Store the content of the row if no revision has it: from before revisions, or written by other code."""
    applied = Revision.objects.of(row).exclude(applied_at=None).order_by("-applied_at", "-pk").first()
    content = read(row)
    if applied and same(applied.content, content):
        return head or applied
    revision = Revision.objects.create(
        record=row,
        content=content,
        state=row.state,
        action=Action.FOUND,
        parent=applied,
        is_aside=bool(head and head.is_draft),
        made_at=row.last_changed_at,
        applied_at=timezone.now(),
    )
    return head if head and revision.is_aside else revision


def _store_revision(row, request: ActionRequest, content: dict, *, applied=False, **values) -> Revision:
    now = timezone.now()
    _replace_autosave(row, request, is_aside=values.get("is_aside", False), is_applied=applied)
    parents = Revision.objects.of(row).filter(pk=key_in(request.token.partition("/")[0]))
    revision = Revision.objects.create(
        **{
            "record": row,
            "content": content,
            "state": row.state,
            "action": request.action,
            "author": request.author,
            "note": request.note,
            "reason": request.reason,
            "reviewer": request.reviewer if request.action == Action.SUBMIT else None,
            "form_session": request.form_session,
            "step": request.step,
            "is_autosave": request.is_autosave,
            "parent": parents.first() or Revision.objects.head(row),
            "made_at": now,
            "applied_at": now if applied else None,
        }
        | values
    )
    if revision.action == Action.SUBMIT and not revision.is_aside:
        tell_editors(revision)
    if revision.action in {Action.PUBLISH, Action.SCHEDULE} and revision.applied_at:
        tell_author(revision)
    return revision


def _replace_autosave(row, request: ActionRequest, *, is_aside: bool, is_applied: bool):
    """Delete the last autosave of this session; it becomes a version if the row has it or only one is in conflict."""
    if not request.form_session or request.author is None:
        return
    autosave = (
        Revision.objects.of(row)
        .filter(author=request.author, form_session=request.form_session, is_autosave=True)
        .first()
    )
    if autosave is None:
        return
    is_in_row = autosave.applied_at is not None and not is_applied
    if is_in_row or autosave.is_aside != is_aside:
        autosave.is_autosave = False
        autosave.save(update_fields=["is_autosave"])
    else:
        autosave.delete()


def apply_due_updates() -> int:
    """Publish the updates that are due; return how many. One that fails keeps its problem and is not tried again."""
    count = 0
    for pk in list(Revision.objects.due().order_by("go_live_at").values_list("pk", flat=True)):
        try:
            count += apply_update(pk)
        except (ValidationError, IntegrityError) as error:
            is_invalid = isinstance(error, ValidationError)
            problem = " ".join(error.messages) if is_invalid else "Its address is already in use."
            Revision.objects.waiting().filter(pk=pk).update(problem=problem[:500])
            logger.warning("The update %s could not go live: %s", pk, type(error).__name__)
    return count


def apply_update(pk: int) -> bool:
    """Publish the update if it is due; return whether this call did. Raises ValidationError, without changes."""
    waiting = Revision.objects.filter(pk=pk).first()
    if waiting and waiting.record:
        prepare_texts(type(waiting.record), waiting.content["fields"])
    with transaction.atomic():
        update = Revision.objects.filter(pk=pk).first()
        record = update and update.record
        if record is None:
            return False
        row = locked(record)
        # Read again under the lock: of several processes, the others wait here and then find it done.
        update = Revision.objects.due().filter(pk=pk).first()
        if update is None or row.deleted_at is not None:
            return False
        catch_up(row, Revision.objects.head(row))
        row.state = State.PUBLISHED
        write(row, update.content)
        mark_reviewed(row, update.content.get("known", []))
        update.applied_at = timezone.now()
        update.content = read(row)
        update.save(update_fields=["applied_at", "content"])
        tell_author(update)
        return True
