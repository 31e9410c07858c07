"""Addresses that readers asked for and that lead nowhere: for editors, who may know where they should lead."""

from datetime import timedelta

from django.db import models, transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone

MAX_LENGTH = 300
# What was asked for on several days is worth more than what came today: a flood of new addresses, however large,
# pushes out only other new ones.
MOST_KNOWN, MOST_NEW = 1_500, 500
KEPT = timedelta(days=90)


class MissingAddressManager(models.Manager):
    def add(self, asked: dict[str, tuple[int, str]]):
        """Count what was asked for just now: for each path how many readers, and the page that led the last of them."""
        now = timezone.now()
        today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        one_more_day = Case(When(last_asked_at__lt=today, then=Value(1)), default=Value(0))
        with transaction.atomic():
            new = []
            for path, (readers, came_from) in sorted(asked.items()):  # in one order, so that two never wait in a ring
                changes = {"came_from": came_from} if came_from else {}
                row = self.filter(path=path)
                if not row.update(
                    readers=F("readers") + readers, days=F("days") + one_more_day, last_asked_at=now, **changes
                ):
                    new.append(self.model(path=path, readers=readers, came_from=came_from, last_asked_at=now))
            self.bulk_create(new, ignore_conflicts=True)
            self._drop_the_least(self.filter(days=1), MOST_NEW)
            self._drop_the_least(self.filter(days__gt=1), MOST_KNOWN)

    def _drop_the_least(self, rows, most: int):
        surplus = rows.order_by("-days", "-readers", "-last_asked_at", "-pk").values_list("pk", flat=True)[most:]
        self.filter(pk__in=list(surplus)).delete()

    def forget(self, *paths: str):
        """Something answers at `paths` now."""
        self.filter(path__in=paths).delete()

    def forget_old(self):
        self.filter(last_asked_at__lt=timezone.now() - KEPT).delete()


class MissingAddress(models.Model):
    path = models.CharField("address", max_length=MAX_LENGTH, unique=True)
    readers = models.PositiveIntegerField("asked for", default=0, help_text="Each reader counts once an hour.")
    days = models.PositiveIntegerField(default=1, help_text="On how many days somebody asked.")
    came_from = models.CharField(
        max_length=MAX_LENGTH, blank=True, help_text="The page that led there: a path of this site, or an address."
    )
    first_asked_at = models.DateTimeField(auto_now_add=True)
    last_asked_at = models.DateTimeField(db_index=True)
    dismissed_at = models.DateTimeField(null=True, blank=True)

    objects = MissingAddressManager()

    class Meta:
        default_permissions = ("view", "change")
        verbose_name = "address that leads nowhere"
        verbose_name_plural = "addresses that lead nowhere"
        ordering = ["-readers", "-last_asked_at"]

    def __str__(self):
        return self.path
