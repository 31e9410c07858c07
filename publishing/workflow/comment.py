"""Comments on a record, each about a version: on the whole text, or on a passage of it, with replies.

A passage is stored as a quotation with its context, beside the text; the editor finds it again.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Self

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from ops.db.internal import InternalModel
from ops.db.queryset import QuerySet
from publishing.content.permissions import AnyUser
from publishing.content.publishable import Publishable
from publishing.revisions.models import Action, Revision

COMMENT_LIMIT = 4000
QUOTATION_LIMIT, CONTEXT_LIMIT = 1000, 60  # characters; static/js/editor/passages.js sends no more


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

    def threads(self) -> list["Thread"]:
        """Return the comments as threads, the latest first. One query."""
        roots, replies = [], defaultdict(list)
        for comment in self.in_order().select_related("author", "resolved_by"):
            (replies[comment.parent_id] if comment.parent_id else roots).append(comment)
        return [Thread(root, replies[root.pk]) for root in reversed(roots)]

    def waiting_for(self, user: AnyUser) -> Self:
        """Limit to open threads that mention `user` or are about a passage of their text, where another wrote last."""
        mentions = self.model.objects.filter(mentioned=user).values(root=Coalesce("parent", "pk"))
        last = self.model.objects.filter(Q(pk=OuterRef("pk")) | Q(parent=OuterRef("pk"))).order_by("-pk")
        return (
            self.filter(Q(pk__in=mentions) | (Q(addressee=user) & ~Q(quotation="")), parent=None, resolved_at=None)
            .annotate(last_author=Subquery(last.values("author")[:1]))
            .exclude(last_author=user.pk)
        )

    def approving_latest(self) -> Self:
        """Limit to approvals of the latest version of their record: an edit, like each later step, ends an approval."""
        of_record = {"record_type": OuterRef("record_type"), "record_id": OuterRef("record_id")}
        later = Revision.objects.in_line().filter(**of_record, pk__gt=OuterRef("revision_id"))
        return self.filter(~Exists(later), verdict=Verdict.APPROVED)

    def unanswered(self) -> Self:
        """Limit to the latest request for changes of each record that was not submitted or published since."""
        of_record = {"record_type": OuterRef("record_type"), "record_id": OuterRef("record_id")}
        answers = [Action.SUBMIT, Action.PUBLISH, Action.SCHEDULE, Action.ARCHIVE]
        answered = Revision.objects.in_line().filter(**of_record, action__in=answers, pk__gt=OuterRef("revision_id"))
        later = self.model.objects.filter(**of_record, verdict=Verdict.CHANGES, pk__gt=OuterRef("pk"))
        return self.filter(~Exists(answered), ~Exists(later), verdict=Verdict.CHANGES)


class Comment(InternalModel):
    """A comment or a reply (with `parent`). After a request for changes, `addressee` is the person who must act."""

    revision_id: int
    parent_id: int | None
    record_type_id: int
    record_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    record_id = models.PositiveBigIntegerField()
    record = GenericForeignKey("record_type", "record_id")
    revision = models.ForeignKey(Revision, models.CASCADE, related_name="comments")
    author_id: int | None
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    addressee = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True, default=Verdict.NONE)
    text = models.TextField(max_length=COMMENT_LIMIT, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="replies")
    mentioned = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    field = models.CharField(max_length=60, blank=True, help_text="The rich text that contains the passage.")
    quotation = models.TextField(max_length=QUOTATION_LIMIT, blank=True, help_text="Empty: on the whole text.")
    prefix = models.CharField(max_length=CONTEXT_LIMIT, blank=True)
    suffix = models.CharField(max_length=CONTEXT_LIMIT, blank=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = CommentQuerySet.as_manager()

    class Meta(InternalModel.Meta):  # those who may change the record may read and write them
        indexes = [models.Index(fields=["record_type", "record_id", "id"], name="comment_by_record")]


@dataclass(frozen=True)
class Thread:
    root: Comment
    replies: list[Comment]  # in order

    @property
    def comments(self) -> list[Comment]:
        return [self.root, *self.replies]
