"""Anonymous votes of readers: whether an answer helped, and an optional reason."""

from datetime import timedelta

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.utils import timezone

from faq.models.question import Question
from ops.db.queryset import QuerySet
from publishing.revisions.models import Revision

REASON_LIMIT = 500


class VoteQuerySet(QuerySet["Vote"]):
    def down(self):
        return self.filter(is_helpful=False)

    def with_reason(self):
        return self.exclude(reason="")

    def on_what_readers_see(self):
        """Return votes on the present version of the answer."""
        return self.filter(Q(revision=Subquery(_live_revisions("question"))) | Q(revision=None))

    def by_version(self) -> list[dict]:
        """Return counts per version, newest first: `made_at` (None if the version was deleted), `yes`, `no`."""
        counted = self.order_by().values("revision_id", made_at=F("revision__made_at"))
        counted = counted.annotate(yes=Count("pk", Q(is_helpful=True)), no=Count("pk", Q(is_helpful=False)))
        return list(counted.order_by(F("revision_id").desc(nulls_last=True)))

    def forget_old_reasons(self) -> int:
        """Clear the reasons older than VOTE_REASON_DAYS; the votes remain."""
        before = timezone.now() - timedelta(days=settings.VOTE_REASON_DAYS)
        return self.with_reason().filter(voted_at__lt=before).update(reason="")


class Vote(models.Model):
    question = models.ForeignKey(Question, models.CASCADE, related_name="votes")
    revision = models.ForeignKey(Revision, models.SET_NULL, null=True, related_name="+", verbose_name="version")
    is_helpful = models.BooleanField("helpful")
    reason = models.CharField(max_length=REASON_LIMIT, blank=True)
    voted_at = models.DateTimeField("voted", default=timezone.now, db_index=True)

    objects = VoteQuerySet.as_manager()

    class Meta:
        ordering = ["-voted_at", "-pk"]
        default_permissions = ("view", "delete")

    def __str__(self):
        # Without the reason, because the admin's history keeps this text after the vote was deleted.
        return f"Vote {self.pk}: {'helpful' if self.is_helpful else 'not helpful'}"


def _live_revisions(name: str):
    """Return a subquery for the live revision of a question, whose key is the column `name` of the outer query."""
    kind = ContentType.objects.get_for_model(Question)
    applied = Revision.objects.filter(record_type=kind, record_id=OuterRef(name), applied_at__isnull=False)
    return applied.order_by("-applied_at", "-pk").values("pk")[:1]
