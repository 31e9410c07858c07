"""Requests that found no page, and searches that found no result."""

from datetime import timedelta

from django.db import models, transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone

from ops.db.internal import InternalModel

MAX_LENGTH = 200
# Entries seen on several days are limited separately from those of one day, so a flood of new requests can only
# displace other new ones. Both limits are per kind.
MOST_KNOWN, MOST_NEW = 1_500, 500
KEPT = timedelta(days=90)


class MissManager(models.Manager):
    def add(self, kind: str, misses: dict[str, tuple[int, str]]) -> None:
        """Count missed requests: for each text the number of readers, and the page that the last of them came from."""
        now = timezone.now()
        today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        one_more_day = Case(When(last_asked_at__lt=today, then=Value(1)), default=Value(0))
        rows = self.filter(kind=kind)
        with transaction.atomic():
            new = []
            for text, (readers, came_from) in sorted(misses.items()):  # a fixed order, against deadlocks
                changes = {"came_from": came_from} if came_from else {}
                if not rows.filter(text=text).update(
                    readers=F("readers") + readers, days=F("days") + one_more_day, last_asked_at=now, **changes
                ):
                    row = self.model(kind=kind, text=text, readers=readers, came_from=came_from, last_asked_at=now)
                    new.append(row)
            self.bulk_create(new, ignore_conflicts=True)
            self._drop_the_least(rows.filter(days=1), MOST_NEW)
            self._drop_the_least(rows.filter(days__gt=1), MOST_KNOWN)

    def _drop_the_least(self, rows, most: int):
        surplus = rows.order_by("-days", "-readers", "-last_asked_at", "-pk").values_list("pk", flat=True)[most:]
        self.filter(pk__in=list(surplus)).delete()

    def forget_addresses(self, *paths: str) -> None:
        """Delete the rows of URLs that work now."""
        self.filter(kind=Miss.Kind.ADDRESS, text__in=paths).delete()


class Miss(InternalModel):
    class Kind(models.TextChoices):
        ADDRESS = "address"
        SEARCH = "search"

    kind = models.CharField(max_length=10, choices=Kind)
    text = models.CharField(max_length=MAX_LENGTH, help_text="A path of this site, or words in one spelling.")
    readers = models.PositiveIntegerField(help_text="Each reader counts once an hour.")
    days = models.PositiveIntegerField(default=1, help_text="Number of days with a request.")
    came_from = models.CharField(
        max_length=MAX_LENGTH, blank=True, help_text="The page that led there: a path of this site, or an address."
    )
    last_asked_at = models.DateTimeField(db_index=True)

    objects = MissManager()

    class Meta(InternalModel.Meta):
        ordering = ["-readers", "-last_asked_at", "text"]
        constraints = [models.UniqueConstraint(fields=["kind", "text"], name="miss_once")]
