"""What was written of a record, each time somebody saved it."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, Value, When
from django.utils import timezone

from publishing.content.publishable import State


class Act(models.TextChoices):
    """What a save was for; the labels stand in the history."""

    SAVE = "save", "Saved"
    SUBMIT = "submit", "Submitted for review"
    WITHDRAW = "withdraw", "Taken back to draft"
    RETURN = "return", "Given back with changes requested"
    PUBLISH = "publish", "Published"
    SCHEDULE = "schedule", "Scheduled"
    UNPUBLISH = "unpublish", "Unpublished"
    ARCHIVE = "archive", "Archived"
    RESTORE = "restore", "An older version restored"
    FOUND = "found", "As it stood"  # what the row said before the desk first kept it, or after others wrote it


# Whoever does one of these decides what readers see.
PUBLIC_ACTS = frozenset({Act.PUBLISH, Act.SCHEDULE, Act.UNPUBLISH, Act.ARCHIVE})


class RevisionQuerySet(models.QuerySet):
    def of(self, record):
        return self.filter(record_type=ContentType.objects.get_for_model(record), record_id=record.pk)

    def in_line(self):
        """Without what was set aside because somebody else had saved first."""
        return self.filter(is_aside=False)

    def latest_first(self):
        return self.order_by("-pk")

    def head(self, record) -> "Revision | None":
        """What was written last of `record`. Where it is not applied, it is the draft over the row."""
        return self.of(record).in_line().latest_first().first()

    def set_aside(self, record, author) -> "Revision | None":
        """The last text of `author` that was set aside because somebody else had saved first."""
        return self.of(record).filter(author=author, is_aside=True).latest_first().first()

    def unsettled(self, record, author) -> "Revision | None":
        """The same, until `author` saves or restores another version."""
        aside = self.set_aside(record, author)
        later = self.of(record).in_line().filter(author=author, is_autosave=False)
        return aside if aside and not later.filter(pk__gt=aside.pk).exists() else None

    def drafts(self):
        """What was written last of its record and is not applied, but for approved updates."""
        return self.filter(self._is_last(), applied_at=None, go_live_at=None)

    def not_applied(self):
        """Drafts, approved updates, and updates that could not go live as long as nothing was written since."""
        return self.filter(self._is_last() | Q(go_live_at__isnull=False, problem=""), applied_at=None)

    def _is_last(self) -> Q:
        later = self.model.objects.in_line().filter(
            record_type=OuterRef("record_type"), record_id=OuterRef("record_id"), pk__gt=OuterRef("pk")
        )
        return Q(~Exists(later), is_aside=False)

    def waiting(self):
        """Approved updates whose moment has not come or has not been noticed."""
        return self.filter(applied_at=None, go_live_at__isnull=False, problem="")

    def due(self, at=None):
        return self.filter(applied_at=None, problem="", go_live_at__lte=at or timezone.now())

    def next_update(self):
        """Return the moment of the first update that waits, None where none does."""
        return self.waiting().aggregate(moment=models.Min("go_live_at"))["moment"]


class Revision(models.Model):
    """`content` is what `publishing.revisions.snapshot` reads from a record and writes to it."""

    record_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    record_id = models.PositiveBigIntegerField()
    record = GenericForeignKey("record_type", "record_id")
    content = models.JSONField(encoder=DjangoJSONEncoder)
    state = models.CharField(max_length=10, choices=State, help_text="Of the record, or of the draft over its page.")
    act = models.CharField(max_length=10, choices=Act)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was published although pre-flight said no.")
    parent = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    sitting = models.CharField(max_length=36, blank=True, help_text="The opening of a form in which it was written.")
    step = models.PositiveIntegerField(default=0, help_text="Counts the saves of a sitting; 0 where nobody counted.")
    is_autosave = models.BooleanField(default=False, help_text="The last that its sitting saved by itself.")
    is_aside = models.BooleanField(default=False, help_text="Written from a form that had become stale.")
    made_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, help_text="When the row took it over; empty while it is a draft.")
    go_live_at = models.DateTimeField(null=True, db_index=True)
    problem = models.CharField(max_length=500, blank=True, help_text="Why it could not go live at its moment.")

    objects = RevisionQuerySet.as_manager()

    class Meta:
        default_permissions = ()  # who may see and change the record may see and make its revisions
        indexes = [models.Index(fields=["record_type", "record_id", "-id"], name="revision_by_record")]
        constraints = [
            models.UniqueConstraint(
                fields=["record_type", "record_id"],
                condition=Q(applied_at=None, go_live_at__isnull=False, problem=""),
                name="revision_one_update_waits",
            ),
            models.UniqueConstraint(
                fields=["author", "sitting"], condition=Q(is_autosave=True), name="revision_one_autosave_of_a_sitting"
            ),
        ]

    def __str__(self):
        return f"{self.get_act_display()}, {self.made_at:%Y-%m-%d %H:%M}"

    @property
    def is_draft(self) -> bool:
        return self.applied_at is None

    def is_of(self, author, sitting: str) -> bool:
        """Whether it was written by that person in that opening of a form."""
        return bool(author and sitting) and (self.author_id, self.sitting) == (author.pk, sitting)


def with_drafts(records):
    """`records` (a queryset of one kind) with `draft_state`, the state of a draft over the row ("" where there is none,
    None where nothing was ever saved), `update_at`, the moment of a scheduled update, `head_pk`, the last revision."""
    revisions = Revision.objects.filter(
        record_type=ContentType.objects.get_for_model(records.model), record_id=OuterRef("pk")
    )
    heads = revisions.in_line().latest_first()
    state = Case(When(Q(go_live_at=None) | ~Q(problem=""), applied_at=None, then="state"), default=Value(""))
    return records.annotate(
        head_pk=Subquery(heads.values("pk")[:1]),
        draft_state=Subquery(heads.values_list(state)[:1], output_field=models.CharField()),
        update_at=Subquery(revisions.waiting().values("go_live_at")[:1]),
    )
