"""What readers say of an answer: whether it helped, and perhaps why not. Nothing of whoever says it is kept."""

from datetime import timedelta

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.utils import timezone

from faq.models.question import Question
from publishing.revisions.models import Revision

REASON_LIMIT = 500


class VoteQuerySet(models.QuerySet):
    def down(self):
        return self.filter(is_helpful=False)

    def with_reason(self):
        return self.exclude(reason="")

    def on_what_readers_see(self):
        """Votes on the version of the answer that is on the site now."""
        return self.filter(Q(revision=Subquery(_live_revisions("question"))) | Q(revision=None))

    def by_version(self) -> list[dict]:
        """Counts of each version that was voted on, the newest first: `made_at`, `yes`, `no`; no moment where the
        version is gone."""
        counted = self.order_by().values("revision_id", made_at=F("revision__made_at"))
        counted = counted.annotate(yes=Count("pk", Q(is_helpful=True)), no=Count("pk", Q(is_helpful=False)))
        return list(counted.order_by(F("revision_id").desc(nulls_last=True)))

    def forget_old_reasons(self) -> int:
        """Empty the reasons that are older than VOTE_REASON_DAYS; that somebody voted stays."""
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
        # Without the reason: the admin's history keeps these words after the vote itself was deleted.
        return f"Vote {self.pk}: {'helpful' if self.is_helpful else 'not helpful'}"


def _live_revisions(name: str):
    """The key of the version that the row of a question took over last, for a query with its key as `name`."""
    kind = ContentType.objects.get_for_model(Question)
    applied = Revision.objects.filter(record_type=kind, record_id=OuterRef(name), applied_at__isnull=False)
    return applied.order_by("-applied_at", "-pk").values("pk")[:1]
