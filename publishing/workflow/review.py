"""The review of texts by editors: comments, decisions, and whose turn it is."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from publishing.accounts.mails import queue_mails
from publishing.content.people import may_write, name_of
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
    return state == State.IN_REVIEW and record.deleted_at is None


def add_comment(
    record: Publishable, user: AnyUser, text: str, verdict: Verdict = Verdict.NONE, seen: str = "", **values: Any
) -> Comment:
    """Add a comment to a stored record; `seen` is the key of the version that `user` saw, needed for a verdict.

    `values` are the fields of a passage, or the `parent` of a reply, which is then no longer resolved. A request for
    changes returns the text to its writer. The people concerned are notified by e-mail. Raises ValidationError, without
    changes, if the text has changed since, is not in review or was approved as it is, and if the comment is empty; a
    request for changes may be, if comments since the submission give the reasons.
    """
    with transaction.atomic():
        row = locked(record)
        if not "".join(filter(str.isprintable, text)).strip() and verdict != Verdict.APPROVED:
            text = _reference_to_comments(row) if verdict == Verdict.CHANGES else ""
            if not text:
                raise ValidationError("Enter a comment first.")
        before = Revision.objects.head(row)
        version = catch_up(row, before)
        if version.is_autosave:
            # The next autosave of its form would replace it, and its comments with it.
            version.is_autosave = False
            version.save(update_fields=["is_autosave"])
        if verdict and seen != (str(version.pk) if before else ""):
            raise ValidationError("It has been saved again since you opened this page. Check it, then decide.")
        if verdict and not is_in_review(row):
            raise ValidationError("It is not in review, so there is nothing to decide.")
        decision = latest_decision_of(row) if verdict == Verdict.APPROVED else None
        if decision and not decision.is_outdated:  # an approval, as it is still in review
            raise ValidationError("It is approved already and has not changed since.")
        writer = responsible_person(row, but=user)
        comment = Comment.objects.create(
            record=row, revision=version, author=user, addressee=writer, verdict=verdict, text=text, **values
        )
        comment.mentioned.set(mentioned_in(text, mentionable(row).exclude(pk=user.pk)))
        if comment.parent:
            resolve(comment.parent, None)
        if verdict == Verdict.CHANGES:
            note = " ".join(text.split())[:200]
            perform_action(row, ActionRequest(Action.RETURN, latest_content(row), author=user, note=note))
        queue_mails(COMMENTED, _listeners(row, comment), comment.pk)
    return comment


def _reference_to_comments(record) -> str:
    """Return a sentence that refers to the comments of editors since the submission; "" if there are none."""
    submission = Revision.objects.submission(record)
    if submission is None:
        return ""
    comments = Comment.objects.of(record).filter(made_at__gte=submission.made_at, verdict=Verdict.NONE)
    count = comments.exclude(author=submission.author_id).count()
    return f"See the {count} comments on the text." if count > 1 else "See the comment on the text." if count else ""


def responsible_person(record, but):
    """Return the person responsible for a text: its owner, else who last submitted or saved it; never `but`."""
    revisions = Revision.objects.of(record).in_line().latest_first().exclude(author=None)
    submitted = revisions.filter(action=Action.SUBMIT).values_list("author_id", flat=True).first()
    written = revisions.exclude(author=but).values_list("author_id", flat=True).first()
    wanted = [pk for pk in (getattr(record, "owner_id", None), submitted, written) if pk and pk != but.pk]
    return User.objects.filter(pk=wanted[0]).first() if wanted else None


def resolve(root: Comment, user: AnyUser | None) -> None:
    """Mark a thread as resolved by `user`; None opens it again."""
    root.resolved_by, root.resolved_at = cast("User | None", user), timezone.now() if user else None
    root.save(update_fields=["resolved_by", "resolved_at"])


def mentionable(record: Publishable) -> QuerySet[User]:
    """Return the users who may read the comments on a stored record."""
    owner = User.objects.filter(pk=getattr(record, "owner_id", None))
    editors = editors_of(record.search_kind())
    return editors | owner if [person for person in owner if may_write(person, record)] else editors


def mentioned_in(text: str, people: Iterable[User]) -> list[User]:
    """Return those of `people` whose display name or username follows an @ in `text`."""
    names = {}
    for person in people:
        for name in (name_of(person), person.get_username()):
            names.setdefault(name.lower(), []).append(person)
    longest_first = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    mentioned_names = re.findall(rf"(?<!\w)@({longest_first})(?!\w)", text.lower()) if names else []
    return [person for name in dict.fromkeys(mentioned_names) for person in names[name]]


def _listeners(record, comment: Comment) -> set[User]:
    """Return who is notified of a comment: those it mentions, and the others of its thread; the writer if it is by an
    editor; else, of a comment on the whole text, the editors who commented before, or all editors if none has."""
    user, model = comment.author, record.search_kind()
    listeners = set(comment.mentioned.all())
    if comment.parent:
        of_thread = [comment.parent, *comment.parent.replies.select_related("author")]
        listeners |= {other.author for other in of_thread if other.author}
    if may_publish(user, model):
        listeners |= {comment.addressee} if comment.addressee else set()
    elif not comment.parent and not comment.quotation:
        editors = editors_of(model).exclude(pk=user.pk)
        listeners |= set(editors.filter(pk__in=Comment.objects.of(record).values("author_id")) or editors)
    return {person for person in listeners - {user} if may_write(person, record)}


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
    requests = Comment.objects.filter(addressee=user, verdict=Verdict.CHANGES)
    if not requests.exists():  # true of most users, who are spared the slow query
        return []
    return _readable(requests.unanswered(), user)


def threads_for(user: AnyUser) -> list[Comment]:
    """Return the first comments of the open threads that wait for `user`, latest first."""
    return _readable(Comment.objects.waiting_for(user), user)


def _readable(comments: QuerySet[Comment], user) -> list[Comment]:
    latest = comments.order_by("-pk").select_related("author").prefetch_related("record")
    return [
        comment
        for comment in latest[:MOST_LISTED]
        if comment.record and comment.record.deleted_at is None and may_write(user, comment.record)
    ]
