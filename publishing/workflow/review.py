"""The review of texts by editors: comments, decisions, and whose turn it is."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction

from publishing.accounts.mails import queue_mails
from publishing.content.people import may_write
from publishing.content.permissions import AnyUser, may_publish
from publishing.content.publishable import Publishable, State
from publishing.revisions.models import Action, Revision
from publishing.workflow.actions import ActionRequest, catch_up, latest_content, locked, perform_action
from publishing.workflow.comment import Comment, Verdict
from publishing.workflow.notifications import COMMENTED, editors_of

MOST_LISTED = 50


def is_in_review(record: Publishable) -> bool:
    """Return whether a stored record, or the draft of its page, waits for an editor. One query."""
    head = Revision.objects.head(record)
    state = head.state if head and head.is_draft and head.go_live_at is None else record.state
    return state == State.IN_REVIEW


def add_comment(record: Publishable, user: AnyUser, text: str, verdict: Verdict, seen: str) -> Comment:
    """Add a comment to the thread of a stored record; `seen` is the key of the version that `user` saw.

    A request for changes returns the text to its writer. The people concerned are notified by e-mail. Raises
    ValidationError, without changes, if the text has changed since or is not in review, and if the comment is empty.
    """
    if not text and verdict != Verdict.APPROVED:
        raise ValidationError("Enter a comment first.")
    with transaction.atomic():
        row = locked(record)
        before = Revision.objects.head(row)
        version = catch_up(row, before)
        if verdict and seen != (str(version.pk) if before else ""):
            raise ValidationError("It has been saved again since you opened this page. Check it, then decide.")
        if verdict and not is_in_review(row):
            raise ValidationError("It is not in review, so there is nothing to decide.")
        writer = responsible_person(row, but=user)
        comment = Comment.objects.create(
            record=row, revision=version, author=user, addressee=writer, verdict=verdict, text=text
        )
        if verdict == Verdict.CHANGES:
            note = " ".join(text.split())[:200]
            perform_action(row, ActionRequest(Action.RETURN, latest_content(row), author=user, note=note))
        queue_mails(COMMENTED, _listeners(row, user, writer), comment.pk)
    return comment


def responsible_person(record, but):
    """Return the person responsible for a text: its owner, else who last submitted or saved it; never `but`."""
    revisions = Revision.objects.of(record).in_line().latest_first().exclude(author=None)
    submitted = revisions.filter(action=Action.SUBMIT).values_list("author_id", flat=True).first()
    written = revisions.exclude(author=but).values_list("author_id", flat=True).first()
    wanted = [pk for pk in (getattr(record, "owner_id", None), submitted, written) if pk and pk != but.pk]
    return get_user_model().objects.filter(pk=wanted[0]).first() if wanted else None


def _listeners(record, user, writer) -> list:
    """Return who is notified of a comment by `user`: the writer if it is by an editor; else the editors who commented
    before, or all editors if none has."""
    model = record.search_kind()
    if may_publish(user, model):
        return [writer] if writer and may_write(writer, record) else []
    editors = editors_of(model).exclude(pk=user.pk)
    spoke = editors.filter(pk__in=Comment.objects.of(record).values("author_id"))
    return list(spoke or editors)


@dataclass(frozen=True)
class ReviewDecision:
    """The latest decision on a record: its comment, and whether the text was changed after it."""

    comment: Comment
    is_outdated: bool


def latest_decision_of(record: Publishable) -> ReviewDecision | None:
    """Return the latest decision on a text that is not published yet; None if there is none since it was published."""
    comment = Comment.objects.of(record).exclude(verdict=Verdict.NONE).select_related("author").last()
    if comment is None:
        return None
    since = Revision.objects.of(record).in_line().filter(pk__gt=comment.revision_id).exclude(action=Action.RETURN)
    if since.filter(action__in=[Action.PUBLISH, Action.SCHEDULE, Action.ARCHIVE]).exists():
        return None
    return ReviewDecision(comment, since.exists())


def change_requests_for(user: AnyUser) -> list[Comment]:
    """Return the requests for changes that `user` has not answered by submitting again, latest first."""
    asked = Comment.objects.filter(addressee=user, verdict=Verdict.CHANGES)
    if not asked.exists():  # true of most users, who are spared the slow query
        return []
    unanswered = asked.unanswered().order_by("-pk").select_related("author").prefetch_related("record")
    return [
        comment
        for comment in unanswered[:MOST_LISTED]
        if comment.record and comment.record.deleted_at is None and may_write(user, comment.record)
    ]
