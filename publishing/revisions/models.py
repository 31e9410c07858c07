"""Revisions: the content of a record at each save."""

from typing import Self

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, Value, When
from django.utils import timezone

from ops.db.internal import InternalModel
from ops.db.queryset import QuerySet
from publishing.content.permissions import AnyUser
from publishing.content.publishable import Publishable, State


class Action(models.TextChoices):
    """The purpose of a save; the labels appear in the history."""

    SAVE = "save", "Saved"
    SUBMIT = "submit", "Submitted for review"
    WITHDRAW = "withdraw", "Returned to draft"
    RETURN = "return", "Changes requested"
    PUBLISH = "publish", "Published"
    SCHEDULE = "schedule", "Scheduled"
    UNSCHEDULE = "unschedule", "Scheduled update cancelled"
    UNPUBLISH = "unpublish", "Unpublished"
    ARCHIVE = "archive", "Archived"
    RESTORE = "restore", "Older version restored"
    MERGE = "merge", "Two versions merged"
    FOUND = "found", "Initial version"  # the row before its first revision, or after a change from elsewhere


# Acts that decide what readers see.
PUBLIC_ACTIONS = frozenset({Action.PUBLISH, Action.SCHEDULE, Action.UNSCHEDULE, Action.UNPUBLISH, Action.ARCHIVE})


class RevisionQuerySet(QuerySet["Revision"]):
    def of(self, record: Publishable) -> Self:
        return self.filter(record_type=ContentType.objects.get_for_model(record), record_id=record.pk)

    def in_line(self) -> Self:
        """Leave out versions that were set aside because of a conflict."""
        return self.filter(is_aside=False)

    def latest_first(self) -> Self:
        return self.order_by("-pk")

    def head(self, record: Publishable) -> "Revision | None":
        """Return the latest revision of `record`. If it is not applied, it is the draft over the row."""
        return self.of(record).in_line().latest_first().first()

    def submission(self, record: Publishable) -> "Revision | None":
        """Return the latest submission of `record` for review, None if it was published since by a button."""
        steps = self.of(record).in_line().filter(action__in=[Action.SUBMIT, Action.PUBLISH]).defer("content")
        latest = steps.latest_first().select_related("author", "reviewer").first()
        return latest if latest and latest.action == Action.SUBMIT else None

    def set_aside(self, record: Publishable, author: AnyUser) -> "Revision | None":
        """Return the last version of `author` that was set aside because another person had saved first."""
        return self.of(record).filter(author=author, is_aside=True).latest_first().first()

    def unsettled(self, record: Publishable, author: AnyUser) -> "Revision | None":
        """Return the same, unless `author` has saved or restored another version since."""
        aside = self.set_aside(record, author)
        later = self.of(record).in_line().filter(author=author, is_autosave=False)
        return aside if aside and not later.filter(pk__gt=aside.pk).exists() else None

    def drafts(self) -> Self:
        """Return the latest revisions that are not applied, except approved updates."""
        return self.filter(self._is_last(), applied_at=None, go_live_at=None)

    def not_applied(self) -> Self:
        """Return drafts, approved updates, and failed updates that no later revision replaces."""
        return self.filter(self._is_last() | Q(go_live_at__isnull=False, problem=""), applied_at=None)

    def _is_last(self) -> Q:
        later = self.model.objects.in_line().filter(
            record_type=OuterRef("record_type"), record_id=OuterRef("record_id"), pk__gt=OuterRef("pk")
        )
        return Q(~Exists(later), is_aside=False)

    def waiting(self) -> Self:
        """Return approved updates that are not live yet."""
        return self.filter(applied_at=None, go_live_at__isnull=False, problem="")

    def due(self) -> Self:
        return self.waiting().filter(go_live_at__lte=timezone.now())


class Revision(InternalModel):
    """A saved version. `content` is what `publishing.revisions.snapshot` reads from a record and writes to it."""

    record_type_id: int
    record_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    record_id = models.PositiveBigIntegerField()
    record = GenericForeignKey("record_type", "record_id")
    content = models.JSONField(encoder=DjangoJSONEncoder)
    state = models.CharField(max_length=10, choices=State, help_text="Of the record, or of the draft over its page.")
    action = models.CharField(max_length=10, choices=Action)
    author_id: int | None
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="Reason for publishing with errors.")
    parent = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    reviewer_id: int | None
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    form_session = models.CharField(max_length=36, blank=True, help_text="The opened form in which it was written.")
    step = models.PositiveIntegerField(
        default=0, help_text="Counts the saves of a form session; 0 if they are not counted."
    )
    is_autosave = models.BooleanField(default=False, help_text="The last autosave of its form session.")
    is_aside = models.BooleanField(default=False, help_text="Written from a form that had become stale.")
    made_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, help_text="When the row took it over; empty while it is a draft.")
    go_live_at = models.DateTimeField(null=True, db_index=True)
    problem = models.CharField(max_length=500, blank=True, help_text="Why it could not go live at its moment.")

    objects = RevisionQuerySet.as_manager()

    class Meta(InternalModel.Meta):  # permission follows from that to view and change the record
        indexes = [
            models.Index(fields=["record_type", "record_id", "-id"], name="revision_by_record"),
            models.Index(fields=["author", "action", "-id"], name="revision_by_author"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["record_type", "record_id"],
                condition=Q(applied_at=None, go_live_at__isnull=False, problem=""),
                name="revision_one_update_waits",
            ),
            models.UniqueConstraint(
                fields=["author", "form_session"],
                condition=Q(is_autosave=True),
                name="revision_one_autosave_of_a_form_session",
            ),
        ]

    @property
    def is_draft(self) -> bool:
        return self.applied_at is None

    def is_of(self, author: AnyUser | None, form_session: str) -> bool:
        """Return whether it was written by this person in this editing session."""
        return bool(author and form_session and (self.author_id, self.form_session) == (author.pk, form_session))


def with_drafts[Rows: models.QuerySet](records: Rows) -> Rows:
    """Return the queryset `records` (of one kind) annotated with `draft_state` and `update_at`.

    `draft_state` is "" without a draft, None without any revision; `update_at` is the moment of a scheduled update.
    """
    revisions = Revision.objects.filter(
        record_type=ContentType.objects.get_for_model(records.model), record_id=OuterRef("pk")
    )
    heads = revisions.in_line().latest_first()
    state = Case(When(Q(go_live_at=None) | ~Q(problem=""), applied_at=None, then="state"), default=Value(""))
    return records.annotate(
        draft_state=Subquery(heads.values_list(state)[:1], output_field=models.CharField()),
        update_at=Subquery(revisions.waiting().values("go_live_at")[:1]),
    )
