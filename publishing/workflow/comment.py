"""Review comments on a record: a thread in which each comment belongs to a version."""

from typing import Self

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from ops.db.queryset import QuerySet
from publishing.content.publishable import Publishable
from publishing.revisions.models import Action, Revision

COMMENT_LIMIT = 4000


class Verdict(models.TextChoices):
    """The decision of an editor on a version."""

    NONE = "", "Comment"
    CHANGES = "changes", "Changes requested"
    APPROVED = "approved", "Approved"


class CommentQuerySet(QuerySet["Comment"]):
    def of(self, record: Publishable) -> Self:
        return self.filter(record_type=ContentType.objects.get_for_model(record), record_id=record.pk)

    def in_order(self) -> Self:
        return self.order_by("pk")

    def unanswered(self) -> Self:
        """Limit to the latest request for changes of each record that was not submitted or published since."""
        of_record = {"record_type": OuterRef("record_type"), "record_id": OuterRef("record_id")}
        answers = [Action.SUBMIT, Action.PUBLISH, Action.SCHEDULE, Action.ARCHIVE]
        answered = Revision.objects.in_line().filter(**of_record, action__in=answers, pk__gt=OuterRef("revision_id"))
        later = self.model.objects.filter(**of_record, verdict=Verdict.CHANGES, pk__gt=OuterRef("pk"))
        return self.filter(~Exists(answered), ~Exists(later), verdict=Verdict.CHANGES)


class Comment(models.Model):
    """A review comment. After a request for changes, `addressee` is the person who must action."""

    revision_id: int
    record_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    record_id = models.PositiveBigIntegerField()
    record = GenericForeignKey("record_type", "record_id")
    revision = models.ForeignKey(Revision, models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    addressee = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True, default=Verdict.NONE)
    text = models.TextField(max_length=COMMENT_LIMIT, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    objects = CommentQuerySet.as_manager()

    class Meta:
        default_permissions = ()  # those who may change the record may read and write them
        indexes = [models.Index(fields=["record_type", "record_id", "id"], name="comment_by_record")]

    def __str__(self):
        return f"{Verdict(self.verdict).label}, {self.made_at:%Y-%m-%d %H:%M}"
