"""The base of texts: records with an owner, publication dates, and metadata for search engines."""

from datetime import UTC, datetime
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.text import capfirst

from publishing.content.permissions import AnyUser, may_publish
from publishing.content.publishable import Publishable, PublishableQuerySet, State
from publishing.content.revised import Revised

EVER, FOREVER = datetime(1000, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
FIRST_YEAR = 1990  # before the first web page


class ProseQuerySet[M: "Prose"](PublishableQuerySet[M]):
    def for_staff(self, user: AnyUser) -> Self:
        """Return all records for those who may publish; for others, leave out the drafts of other people."""
        if may_publish(user, self.model):
            return self
        return self.filter(Q(owner=user) | ~Q(state__in=[State.DRAFT, State.IN_REVIEW]))


class Prose(Revised, Publishable):
    """The base class of texts. *Scheduled* and *expired* follow from the dates: they are not stored and need no job."""

    owner_id: int | None
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="User responsible for it.",
    )
    review_by = models.DateField("review by", null=True, blank=True, help_text="Date of the next review.")
    publish_at = models.DateTimeField(
        "publish at", null=True, blank=True, help_text="Readers see it from this date. Leave empty to publish at once."
    )
    expire_at = models.DateTimeField(
        "unpublish at",
        null=True,
        blank=True,
        help_text="Readers no longer see it from this date. Leave empty to keep it.",
    )
    # Generated columns, so that the filter on public records is simple and uses an index.
    public_from = models.GeneratedField(
        expression=Case(When(state=State.PUBLISHED, deleted_at=None, then=Coalesce("publish_at", Value(EVER)))),
        output_field=models.DateTimeField(null=True),
        db_persist=True,
    )
    public_until = models.GeneratedField(
        expression=Coalesce("expire_at", Value(FOREVER)), output_field=models.DateTimeField(), db_persist=True
    )
    meta_title = models.CharField(
        "title for search engines", max_length=70, blank=True, help_text="Up to 60 characters. If empty, the title."
    )
    meta_description = models.CharField(
        "description for search engines",
        max_length=200,
        blank=True,
        help_text="Up to 155 characters. If empty, the beginning of the text.",
    )
    canonical_url = models.URLField(
        "original address", blank=True, help_text="Only if the text first appeared on another site."
    )
    share_image = models.ForeignKey(
        "publishing.Image",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Shown when the page is shared. If empty, the cover.",
    )

    stated_fields = ()  # columns by which lists of texts name their kind
    objects = ProseQuerySet.as_manager()

    class Meta:
        abstract = True
        # People with the permission to publish decide what readers see; others write drafts and submit them.
        default_permissions = ("add", "change", "delete", "view", "publish")
        constraints = [
            models.CheckConstraint(
                condition=Q(publish_at=None) | Q(expire_at=None) | Q(expire_at__gt=F("publish_at")),
                name="%(app_label)s_%(class)s_expires_after_publication",
                violation_error_message="Enter a date after the date of publication.",
            )
        ]

    @property
    def status(self) -> str:
        now = timezone.now()
        if self.deleted_at is None and self.state == State.PUBLISHED:
            if self.publish_at and self.publish_at > now:
                return "Scheduled"
            if self.expire_at and self.expire_at <= now:
                return "Expired"
        return super().status

    def place_among_uses(self) -> tuple[int, str]:
        """Return where a page lists this text among those that use its record: a sort number, and the heading."""
        return 100, str(capfirst(self._meta.verbose_name_plural))

    def clean(self) -> None:
        super().clean()
        if self.publish_at and self.publish_at.year < FIRST_YEAR:
            raise ValidationError({"publish_at": "This date is too early. Check the year."})
        if self.publish_at and self.expire_at and self.expire_at <= self.publish_at:
            raise ValidationError({"expire_at": "Enter a date after “publish at”."})

    @classmethod
    def published_lookups(cls, prefix: str = "", at: datetime | None = None) -> dict[str, Any]:
        at = at or timezone.now()
        return {f"{prefix}public_from__lte": at, f"{prefix}public_until__gt": at}

    @classmethod
    def publication_moment(cls, changes: dict[str, Any], now: datetime) -> Coalesce:
        return Coalesce(changes.get("publish_at", F("publish_at")), Value(now))

    def first_moment(self, now: datetime) -> datetime:
        return self.publish_at or now

    def visible_between(self) -> tuple[datetime | None, datetime | None]:
        return self.publish_at, self.expire_at
