"""Questions with their other wordings, their topics, and anonymous votes of readers on answers."""

from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from ops.db.queryset import QuerySet
from ops.http.slugs import MAX_LENGTH, slug_for
from publishing.content.prose import Prose, ProseQuerySet
from publishing.content.publishable import ListPage, Publishable, State, published_requires
from publishing.content.revised import Revised
from publishing.revisions.models import Revision
from publishing.richtext import RichTextField
from publishing.search.part import SearchedPart


class QuestionTopic(Revised, Publishable):
    """A question topic: a heading of the list, with a page of its own."""

    title_field = "name"
    route = "faq:topic"
    is_heading = True
    page_shows = (("faq.Question", "topic"),)

    state = models.CharField(max_length=10, choices=State, default=State.PUBLISHED, db_index=True)
    name = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField("order", default=0, help_text="1 comes first.")

    class Meta:
        ordering = ["position", "name"]
        verbose_name = "question topic"
        constraints = [published_requires("name", "slug")]

    @property
    def summary_text(self) -> str:
        return f"Short answers to questions on {self.name.lower()}."

    @classmethod
    def lists(cls) -> list[ListPage]:
        return [ListPage("Question topics", reverse("faq:list"), cls.objects.published())]


class QuestionQuerySet(ProseQuerySet["Question"]):
    def in_order(self) -> Self:
        return self.order_by("position", "pk")

    def for_search(self) -> Self:
        return self.prefetch_related("other_wordings")


def fetch_topics(questions: list["Question"]) -> None:
    """Set `public_topic` of these questions, None if readers cannot see it. One query."""
    topics = QuestionTopic.objects.published().order_by().in_bulk({question.topic_id for question in questions})
    for question in questions:
        question.public_topic = topics.get(question.topic_id)


class Question(Prose):
    title_field = "question"
    required_to_publish = ("question", "answer")
    route = "faq:detail"
    has_markdown = True
    revised_rows = ("other_wordings",)

    question = models.CharField(max_length=250, blank=True, help_text="Worded as readers would ask it.")
    answer = RichTextField(blank=True, help_text="Give the answer in the first sentence.")
    topic = models.ForeignKey(QuestionTopic, models.PROTECT, null=True, blank=True, related_name="questions")
    topic_id: int | None
    public_topic: QuestionTopic | None  # set by fetch_topics()
    other_wordings: models.QuerySet
    votes: "VoteQuerySet"
    position = models.PositiveSmallIntegerField("order", default=0, help_text="Within its topic; 1 comes first.")
    facts_checked_on = models.DateField(null=True, blank=True, help_text="When its facts were last checked.")

    objects = QuestionQuerySet.as_manager()

    class Meta(Prose.Meta):
        indexes = [
            models.Index(fields=["public_from"], name="faq_public_from"),
            models.Index(fields=["review_by"], name="faq_review_by"),
        ]
        constraints = [
            *Prose.Meta.constraints,
            published_requires("question", "slug", "answer"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(topic__isnull=False),
                name="faq_published_question_has_topic",
                violation_error_message="A topic is required for publishing. You can save a draft without one.",
            ),
        ]

    @classmethod
    def lists(cls) -> list[ListPage]:
        questions = cls.objects.published().order_by("topic__position", "position", "pk")
        return [ListPage("Questions and answers", reverse("faq:list"), questions)]

    def search_texts(self) -> dict[str, str]:
        return super().search_texts() | {"names": "\n".join(other.wording for other in self.other_wordings.all())}

    def clean(self) -> None:
        super().clean()
        if self.state == "published" and self.topic_id is None:
            raise ValidationError({"topic": "A topic is required for publishing. You can save a draft without one."})


class OtherWording(SearchedPart):
    """Another wording of a question: its URL redirects to the question, and search finds it."""

    part_of = "question"

    question = models.ForeignKey(Question, models.CASCADE, related_name="other_wordings")
    wording = models.CharField(max_length=250)
    slug = models.SlugField(max_length=MAX_LENGTH, unique=True, editable=False)

    class Meta:
        verbose_name = "alternative wording"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("wording"),
                name="faq_other_wording_once",
                violation_error_message="Another question already has this wording.",
            )
        ]

    def __str__(self):
        return self.wording

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:
            taken = {
                *Question.objects.values_list("slug", flat=True),
                *OtherWording.objects.values_list("slug", flat=True),
            }
            self.slug = slug_for(self.wording, "question", taken)
        super().save(*args, **kwargs)


REASON_LIMIT = 500


class VoteQuerySet(QuerySet["Vote"]):
    def down(self) -> Self:
        return self.filter(is_helpful=False)

    def with_reason(self) -> Self:
        return self.exclude(reason="")

    def on_what_readers_see(self) -> Self:
        """Return votes on the present version of the answer."""
        kind = ContentType.objects.get_for_model(Question)
        applied = Revision.objects.filter(record_type=kind, record_id=OuterRef("question"), applied_at__isnull=False)
        live = applied.order_by("-applied_at", "-pk").values("pk")[:1]
        return self.filter(Q(revision=Subquery(live)) | Q(revision=None))

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
