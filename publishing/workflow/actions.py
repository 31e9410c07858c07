"""What can be done with what was written: each act keeps it as a revision, and some show it to readers.

A record that readers were never to see, or see no longer, has no other version than its row: what is saved goes there.
Over what is published each save makes a draft, which the row takes over when somebody publishes it.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from ops.http.query_params import key_in
from ops.page_cache.triggers import tell_every_host
from publishing.content.follow_up import prepare_texts
from publishing.content.prose import Prose
from publishing.content.publishable import State
from publishing.quality.preflight.checking import hold_back
from publishing.quality.staleness import known_by, mark_reviewed, passages_of
from publishing.quality.staleness import token_of as token_of_passages
from publishing.revisions.models import Act, Revision
from publishing.revisions.snapshot import current, read, same, write
from publishing.site.models import SiteSettings
from publishing.workflow.notifications import tell_editors

logger = logging.getLogger(__name__)

# What a record is after an act, where the act decides that.
STATES = {
    Act.SUBMIT: State.IN_REVIEW,
    Act.WITHDRAW: State.DRAFT,
    Act.RETURN: State.DRAFT,
    Act.PUBLISH: State.PUBLISHED,
    Act.SCHEDULE: State.PUBLISHED,
    Act.UNPUBLISH: State.DRAFT,
    Act.ARCHIVE: State.ARCHIVED,
}


@dataclass(frozen=True)
class ActionRequest:
    """What somebody asks for: an act with what she wrote, and from what she started."""

    act: Act
    content: dict
    author: object = None
    token: str = ""  # what `token_of` said when she began; empty: she saw nothing that could have changed since
    note: str = ""
    reason: str = ""  # for publishing although pre-flight finds errors
    form_session: str = ""  # the opening of a form in which she writes
    step: int = 0  # counts what a form session sends, so that what comes late is known; 0: nobody counted
    is_autosave: bool = False
    is_aside: bool = False  # whatever was saved meanwhile: she has yet to compare
    go_live_at: datetime | None = None  # of SCHEDULE
    stale_seen: str | None = (
        None  # the token of the passages that her form said to be stale; None: it says nothing of it
    )


@dataclass(frozen=True)
class ActionResult:
    """`revision` is what was made, None where nothing had changed; `record` is the row."""

    record: object
    revision: Revision | None
    title: str
    is_conflict: bool = False


def draft_of(record) -> Revision | None:
    """The draft over the row: what was written last, where the row does not say it."""
    head = Revision.objects.head(record)
    return head if head and head.is_draft else None


def latest_revision(record) -> Revision:
    """What was written last of a stored record; where no revision says it yet, one is made."""
    with transaction.atomic():
        row = locked(record)
        return _catch_up(row, Revision.objects.head(row))


def latest_content(record) -> dict:
    """What was written last of a stored record."""
    draft = draft_of(record)
    return current(type(record), draft.content) if draft else read(record)


def token_of(record, head: Revision | None) -> str:
    """From what a form begins that is opened now."""
    return f"{head.pk if head else 0}/{record.last_changed_at.isoformat()}"


def is_stale(record, token: str) -> bool:
    """Whether something was written of `record` since `token` was given. Of a list, which begins nothing."""
    head = Revision.objects.head(record)
    return bool(token) and token != token_of(record, head)


def _is_stale(action: ActionRequest, row, before: Revision | None, head: Revision) -> bool:
    """Whether somebody wrote since she began. What was found in the row may have been there already, and what she
    saved herself in this form session is no news to her, also where she was never told that it arrived."""
    begun, _, moment = action.token.partition("/")
    has_found = head != before and moment != row.last_changed_at.isoformat()
    is_own = before is not None and before.is_of(action.author, action.form_session)
    return bool(action.token) and (has_found or (begun != str(before.pk if before else 0) and not is_own))


def may_be_seen(record) -> bool:
    """Whether an editor published it and its moment has come: an update of it needs a moment of its own."""
    publish_at = getattr(record, "publish_at", None)
    return record.state == State.PUBLISHED and not (publish_at and publish_at > timezone.now())


def create_record(record, action: ActionRequest) -> ActionResult:
    """Carry out `action` on a record that is not stored yet. Raises ValidationError as `perform_action` does."""
    action = _checked(record, action)
    prepare_texts(type(record), action.content["fields"])
    with transaction.atomic():
        record.state = STATES.get(action.act, State.DRAFT)
        if action.act == Act.SCHEDULE and not isinstance(record, Prose):
            record.state = State.DRAFT
        write(record, action.content)
        revision = _schedule_update(record, action) or _store_revision(record, action, read(record), applied=True)
        return ActionResult(record, revision, str(record))


def perform_action(record, action: ActionRequest) -> ActionResult:
    """Carry out `action` on a stored record.

    Where something else was saved since she began, her text is kept aside and nothing else is done. Raises
    ValidationError, with nothing done, where what is to be published is not complete, and Held (which is one) where
    pre-flight finds errors in it and the order gives no reason. An autosave is always kept: where the row cannot say
    it, as a draft over it; and one that comes after a later one of its form session does nothing.
    """
    prepare_texts(type(record), action.content["fields"])
    with transaction.atomic():
        row = locked(record)
        title = action.content["fields"].get(row.title_field) or str(type(row)())
        if action.is_autosave and (kept := _later_save_of_session(row, action)):
            return ActionResult(row, kept, title, is_conflict=kept.is_aside)
        before = Revision.objects.head(row)
        head = _catch_up(row, before)
        is_news = not same(action.content, head.content)
        if is_news and (action.is_aside or _is_stale(action, row, before, head)):
            revision = _store_revision(row, action, action.content, state=head.state, is_aside=True)
            return ActionResult(row, revision, title, is_conflict=True)
        # What was saved by itself becomes a version when she saves it.
        if action.act == Act.SAVE and not is_news and (action.is_autosave or not head.is_autosave):
            return ActionResult(row, None, title)
        return ActionResult(row, _perform(row, _checked(row, action), head), title)


def _checked(record, action: ActionRequest) -> ActionRequest:
    """`action`, with the reason that it needs if it needs one. An update is looked at when it is approved, not again at
    its moment, when nobody is there to give a reason."""
    if action.act not in {Act.PUBLISH, Act.SCHEDULE}:
        return replace(action, reason="")
    return replace(action, reason=hold_back(record, action.content, action.reason))


def _later_save_of_session(row, action: ActionRequest) -> Revision | None:
    """What this form session saved last, where that is as new as what is sent now: an answer was lost, or overtaken."""
    written = Revision.objects.of(row).filter(author=action.author, sitting=action.form_session).latest_first().first()
    return written if written and 0 < action.step <= written.step else None


def locked(record):
    """The row as it is stored, which nobody else changes until the transaction ends."""
    return type(record)._base_manager.select_for_update(of=("self",)).get(pk=record.pk)


def live_revision(record) -> Revision:
    """The version that the row of a stored record is: what readers see of it. Made where none was kept."""
    with transaction.atomic():
        row = locked(record)
        _catch_up(row, Revision.objects.head(row))
        return Revision.objects.of(row).exclude(applied_at=None).order_by("-applied_at", "-pk").first()


def _perform(row, action: ActionRequest, head: Revision) -> Revision:
    if action.act == Act.SCHEDULE and (may_be_seen(row) or not isinstance(row, Prose)):
        return _schedule_update(row, action)
    if row.state == State.PUBLISHED and action.act in {Act.SAVE, Act.SUBMIT, Act.WITHDRAW, Act.RETURN, Act.RESTORE}:
        if same(action.content, read(row)):
            return _store_revision(row, action, read(row), applied=True)  # there is no draft any more
        kept = head.state if head.is_draft and action.act == Act.SAVE else State.DRAFT
        state = STATES.get(action.act, kept)
        return _store_revision(row, action, action.content, state=State.DRAFT if state == State.PUBLISHED else state)
    if action.act in {Act.PUBLISH, Act.SCHEDULE, Act.UNPUBLISH, Act.ARCHIVE}:
        cancel_update(row)
    if action.is_autosave:
        try:
            with transaction.atomic():
                write(row, action.content)
        except (ValidationError, IntegrityError):
            return _store_revision(locked(row), action, action.content)
        return _store_revision(row, action, read(row), applied=True)
    row.state = STATES.get(action.act, row.state)
    has_seen_all = _has_seen_all(row, action)
    write(row, action.content)
    if has_seen_all:
        mark_reviewed(row)
    return _store_revision(row, action, read(row), applied=True)


def _has_seen_all(row, action: ActionRequest) -> bool:
    """Whether nothing has changed of what the stored row leans on since she opened her form. Else nobody stands by what
    was changed meanwhile: it is to be looked at still."""
    return action.stale_seen is None or action.stale_seen == token_of_passages(passages_of(row))


def _schedule_update(row, action: ActionRequest) -> Revision | None:
    """Keep an update that goes live at its moment, in the place of one that waited."""
    if action.act != Act.SCHEDULE or action.go_live_at is None:
        return None
    cancel_update(row)
    # With what is known of its texts now, when somebody stands by them: at its moment nobody looks.
    content = action.content
    if row.pk is None or _has_seen_all(row, action):
        content = content | {"known": known_by(type(row), content["fields"])}
    tell_every_host()  # readers see nothing of it yet, but kept pages end at its moment
    kept = _store_revision(row, action, content, state=State.PUBLISHED, go_live_at=action.go_live_at)
    SiteSettings.objects.store_next_update()
    return kept


def cancel_update(row):
    """Let no update of `row` go live by itself. What it says stays in the history."""
    if Revision.objects.of(row).waiting().update(go_live_at=None):
        SiteSettings.objects.store_next_update()


def _catch_up(row, head: Revision | None) -> Revision:
    """Keep what the row says where no revision has it: from before there were any, or written by other code."""
    applied = Revision.objects.of(row).exclude(applied_at=None).order_by("-applied_at", "-pk").first()
    content = read(row)
    if applied and same(applied.content, content):
        return head or applied
    found = Revision.objects.create(
        record=row,
        content=content,
        state=row.state,
        act=Act.FOUND,
        parent=applied,
        is_aside=bool(head and head.is_draft),
        made_at=row.last_changed_at,
        applied_at=timezone.now(),
    )
    return head if found.is_aside else found


def _store_revision(row, action: ActionRequest, content: dict, *, applied=False, **values) -> Revision:
    now = timezone.now()
    _replace_autosave(row, action, is_aside=values.get("is_aside", False), is_applied=applied)
    parents = Revision.objects.of(row).filter(pk=key_in(action.token.partition("/")[0]))
    revision = Revision.objects.create(
        **{
            "record": row,
            "content": content,
            "state": row.state,
            "act": action.act,
            "author": action.author,
            "note": action.note,
            "reason": action.reason,
            "sitting": action.form_session,
            "step": action.step,
            "is_autosave": action.is_autosave,
            "parent": parents.first() or Revision.objects.head(row),
            "made_at": now,
            "applied_at": now if applied else None,
        }
        | values
    )
    if revision.act == Act.SUBMIT and not revision.is_aside:
        tell_editors(revision)
    return revision


def _replace_autosave(row, action: ActionRequest, *, is_aside: bool, is_applied: bool):
    """Make room for what this form session saves now: what it saved by itself before is part of that.

    It stays, as a version like others, where a link is pinned to it, where it is what the row says, or where it is not
    in the same line as what comes.
    """
    if not action.form_session or action.author is None:
        return
    autosave = (
        Revision.objects.of(row).filter(author=action.author, sitting=action.form_session, is_autosave=True).first()
    )
    if autosave is None:
        return
    is_in_row = autosave.applied_at is not None and not is_applied
    if is_in_row or autosave.is_aside != is_aside or autosave.share_links.exists():
        autosave.is_autosave = False
        autosave.save(update_fields=["is_autosave"])
    else:
        autosave.delete()


def apply_due_updates() -> int:
    """Let go live whatever has come to its moment; return how many did. Several may do this at once.

    What may not be published as it stands keeps its problem in words, and is not tried again.
    """
    count = 0
    for pk in list(Revision.objects.due().order_by("go_live_at").values_list("pk", flat=True)):
        count += apply_or_say_why_not(pk)
    SiteSettings.objects.store_next_update()  # covers writes past these acts
    return count


def apply_or_say_why_not(pk: int) -> bool:
    """As `apply_update`, and keep in words why what may not be published could not go live."""
    try:
        return apply_update(pk)
    except (ValidationError, IntegrityError) as error:
        problem = " ".join(error.messages) if isinstance(error, ValidationError) else "Its address is taken."
        Revision.objects.waiting().filter(pk=pk).update(problem=problem[:500])
        SiteSettings.objects.store_next_update()
        logger.warning("The update %s could not go live: %s", pk, type(error).__name__)
        return False


def apply_update(pk: int) -> bool:
    """Let the update with this key go live if its moment has come and nobody did it; return whether that was done now.

    Raises ValidationError, with nothing done, where it is not complete.
    """
    with transaction.atomic():
        update = Revision.objects.filter(pk=pk).first()
        record = update and update.record
        if record is None:
            return False
        row = locked(record)
        # Under the lock: of several at once the others wait here, and then find that it is done.
        update = Revision.objects.due().filter(pk=pk).first()
        if update is None or row.deleted_at is not None:
            return False
        _catch_up(row, Revision.objects.head(row))
        row.state = State.PUBLISHED
        write(row, update.content)
        mark_reviewed(row, update.content.get("known", []))
        update.applied_at = timezone.now()
        update.content = read(row)
        update.save(update_fields=["applied_at", "content"])
        SiteSettings.objects.store_next_update()
        return True
