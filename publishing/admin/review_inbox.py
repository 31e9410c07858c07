"""The parts of the inbox about reviews: to revise, to review, to publish, and what became of one's own texts."""

from collections.abc import Mapping
from typing import cast

from django.contrib.auth.models import User
from django.utils.text import Truncator, capfirst

from ops.http.urls import change_url, record_url
from publishing.content.dates import moment_in_words
from publishing.content.people import name_of
from publishing.content.permissions import AnyUser, may_publish
from publishing.content.publishable import Publishable
from publishing.workflow.comment import Comment
from publishing.workflow.inbox import LIMIT, InboxItem, InboxPart
from publishing.workflow.review import change_requests_for, threads_for
from publishing.workflow.submission import Outcome, Review, outcomes_for


def review_parts(user: AnyUser, reviews: Mapping[Publishable, Review]) -> list[InboxPart]:
    """Return the parts for `user`; `reviews` are those of all texts in review that they may see, oldest first."""
    mine = {record: review for record, review in reviews.items() if may_publish(user, record.search_kind())}
    waiting = [record for record, review in mine.items() if review.waits_for(user)]
    to_publish = [record for record in waiting if mine[record].is_approved]
    to_review = [record for record in waiting if not mine[record].is_approved]
    to_revise = change_requests_for(user)
    outcomes = [outcome for outcome in outcomes_for(user) if not (outcome.is_approval and outcome.record in mine)]
    threads = threads_for(user)
    return [
        InboxPart(
            20,
            "Reviews",
            _commented(user, to_revise, "Revise", "{} asks for changes: {}")
            + [_to_review(record, mine[record]) for record in to_review[:LIMIT]],
            len(to_revise[:LIMIT]) + len(to_review),
        ),
        InboxPart(
            22,
            "Ready to publish",
            [_to_publish(record, mine[record]) for record in to_publish[:LIMIT]],
            len(to_publish),
        ),
        InboxPart(24, "Your submitted texts", [_outcome(outcome) for outcome in outcomes[:LIMIT]], len(outcomes)),
        InboxPart(25, "Comments", _commented(user, threads, "Reply", "Comment by {}: {}", "#comments"), len(threads)),
    ]


def _to_review(record, review: Review) -> InboxItem:
    note = f"{_kind(record)}, {'changed since it was approved' if review.is_edited else 'in review'}"
    url = record_url(record, "review")
    return InboxItem(str(record), change_url(record), "Review", note, record.changed_at, review.waiting_for, url)


def _to_publish(record, review: Review) -> InboxItem:
    approval = cast(Comment, review.approval)
    note = f"{_kind(record)}, approved by {name_of(approval.author)}"
    url = record_url(record, "review")
    return InboxItem(str(record), change_url(record), "Publish", note, approval.made_at, review.waiting_for, url)


def _outcome(outcome: Outcome) -> InboxItem:
    record, person = outcome.record, name_of(outcome.person)
    if outcome.is_approval:
        return InboxItem(str(record), record_url(record, "review"), "Read review", f"Approved by {person}", outcome.at)
    page = record.get_absolute_url()
    if outcome.is_scheduled:
        return InboxItem(str(record), page, "View", f"Scheduled by {person} for {moment_in_words(outcome.at)}")
    return InboxItem(str(record), page, "View page", f"Published by {person}", outcome.at)


def _commented(
    user: AnyUser, comments: list[Comment], step: str, note_format: str, anchor: str = ""
) -> list[InboxItem]:
    """Return the texts with these comments, which wait for `user`; `note_format` takes their author and beginning."""
    items, name = [], name_of(cast(User, user))
    for comment in comments[:LIMIT]:
        record = cast(Publishable, comment.record)
        note = note_format.format(name_of(comment.author), f"“{Truncator(comment.text).chars(120)}”")
        items.append(InboxItem(str(record), f"{change_url(record)}{anchor}", step, note, comment.made_at, name))
    return items


def _kind(record) -> str:
    return capfirst(str(record.search_kind()._meta.verbose_name))
