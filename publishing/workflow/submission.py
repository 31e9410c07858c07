"""Submissions for review: whose turn it is, and what became of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, QuerySet, prefetch_related_objects
from django.utils import timezone

from publishing.content.people import may_write, name_of
from publishing.content.permissions import AnyUser, may_publish
from publishing.content.publishable import Publishable, State
from publishing.revisions.models import Action, Revision, with_drafts
from publishing.workflow.comment import Comment, Verdict

NEWS_LAST = timedelta(days=7)
MOST_SUBMISSIONS = 100  # the latest of a user, of which the inbox may have news


def with_reviews[Rows: QuerySet](records: Rows) -> Rows:
    """Return `with_drafts(records)` annotated with `is_approved`: whether an editor approved the latest version."""
    approvals = Comment.objects.filter(
        record_type=ContentType.objects.get_for_model(records.model), record_id=OuterRef("pk")
    )
    return with_drafts(records).annotate(is_approved=Exists(approvals.approving_latest()))


@dataclass(frozen=True)
class Review:
    """The state of the review of a record.

    `submission` is None if the record was put into review by other code; `approval` is the latest one, of an older
    version if the text `is_edited` since. `reviewer` is the person asked, None if every editor is.
    """

    submission: Revision | None = None
    approval: Comment | None = None
    is_edited: bool = False
    reviewer: User | None = None

    @property
    def is_approved(self) -> bool:
        return self.approval is not None and not self.is_edited

    def waits_for(self, user: AnyUser) -> bool:
        """Return whether it is the turn of `user`, who may publish the record: any editor's after approval, else that
        of the person asked, and without one of every editor but the one who submitted the text."""
        if self.is_approved or self.reviewer:
            return self.is_approved or self.reviewer == user
        return self.submission is None or self.submission.author_id != user.pk

    @property
    def waiting_for(self) -> str:
        """Return whose turn it is, in words."""
        return name_of(self.reviewer) if self.reviewer and not self.is_approved else "any editor"


def reviews_of(records: Sequence[Publishable]) -> dict[Publishable, Review]:
    """Return the reviews of stored records that are in review. Two queries, and the permissions of each reviewer."""
    keys = {(ContentType.objects.get_for_model(record).pk, record.pk): record for record in records}
    of_records = {"record_type__in": {key[0] for key in keys}, "record_id__in": {key[1] for key in keys}}
    submissions = Revision.objects.in_line().filter(**of_records, action=Action.SUBMIT).order_by("pk")
    submissions = submissions.select_related("author", "reviewer").defer("content")
    submission_by_key = {(revision.record_type_id, revision.record_id): revision for revision in submissions}
    approvals = Comment.objects.filter(**of_records, verdict=Verdict.APPROVED).order_by("pk").select_related("author")
    approvals = approvals.annotate(is_of_latest=Exists(approvals.approving_latest().filter(pk=OuterRef("pk"))))
    approval_by_key = {(comment.record_type_id, comment.record_id): comment for comment in approvals}
    may_decide: dict = {}
    reviews = {}
    for key, record in keys.items():
        submission, approval = submission_by_key.get(key), cast(Any, approval_by_key.get(key))
        if approval and submission and approval.revision_id < submission.pk:
            approval = None  # of an earlier submission
        reviewer = submission.reviewer if submission else None
        if reviewer:
            place = reviewer.pk, record.search_kind()
            if place not in may_decide:
                may_decide[place] = reviewer.is_staff and may_publish(reviewer, place[1])
            reviewer = reviewer if may_decide[place] else None
        reviews[record] = Review(submission, approval, bool(approval) and not approval.is_of_latest, reviewer)
    return reviews


@dataclass(frozen=True)
class Outcome:
    """What became of a text that a user had submitted: a person approved, scheduled or published it.

    `at` is when it was approved, or when readers see it: a moment to come if it `is_scheduled`.
    """

    record: Publishable
    person: User | None
    at: datetime
    is_approval: bool = False
    is_scheduled: bool = False


def outcomes_for(user: AnyUser) -> list[Outcome]:
    """Return the outcomes that `user` may not know yet, latest first: texts that another person approved or scheduled,
    and those published in the last seven days. Four queries, and one for each kind of record."""
    submissions = Revision.objects.in_line().filter(author=user, action=Action.SUBMIT).latest_first()
    keys = list(dict.fromkeys(submissions.values_list("record_type_id", "record_id")[:MOST_SUBMISSIONS]))
    if not keys:
        return []
    of_records = {"record_type__in": {key[0] for key in keys}, "record_id__in": {key[1] for key in keys}}
    approvals = Comment.objects.filter(**of_records).approving_latest().select_related("author")
    steps_by_key = defaultdict(list)
    actions = [Action.SUBMIT, Action.PUBLISH, Action.SCHEDULE]
    steps = Revision.objects.in_line().filter(**of_records, action__in=actions).order_by("pk").defer("content")
    for step in steps.select_related("author"):
        steps_by_key[step.record_type_id, step.record_id].append(step)
    publications = [step for key in keys if (step := _publication(steps_by_key[key], user))]
    approvals = [comment for comment in approvals if (comment.record_type_id, comment.record_id) in keys]
    prefetch_related_objects([*publications, *approvals], "record")
    outcomes = [outcome for step in publications if (outcome := _outcome_of(step))]
    for comment in approvals:
        record = cast(Publishable | None, comment.record)
        if record and record.deleted_at is None and comment.author_id != user.pk and may_write(user, record):
            outcomes.append(Outcome(record, comment.author, comment.made_at, is_approval=True))
    return sorted(outcomes, key=lambda outcome: outcome.at, reverse=True)


def _publication(steps: Iterable[Revision], user) -> Revision | None:
    """Return the version that another person published or scheduled after the last submission, if that is of `user`."""
    submission = publication = None
    for step in steps:
        if step.action == Action.SUBMIT:
            submission, publication = step, None
        elif submission and (publication is None or publication.action == Action.SCHEDULE):
            publication = step
    is_own = submission is not None and submission.author_id == user.pk
    return publication if publication and is_own and publication.author_id != user.pk else None


def _outcome_of(publication: Revision) -> Outcome | None:
    """Return the outcome, unless it was taken back or readers have had the text for a week."""
    record, now = cast(Any, publication.record), timezone.now()
    if record is None or record.deleted_at:
        return None
    if publication.applied_at is None:
        at = publication.go_live_at if not publication.problem else None
    else:
        publish_at = getattr(record, "publish_at", None) or publication.applied_at
        at = max(publish_at, publication.applied_at) if record.state == State.PUBLISHED else None
    if at is None or at < now - NEWS_LAST:
        return None
    return Outcome(record, publication.author, at, is_scheduled=at > now)
