"""What readers searched for in vain: the words, in one spelling, and how often on which day. Nothing of who asked."""

from datetime import timedelta

from django.db import models, transaction
from django.db.models import F, Max, Sum
from django.utils import timezone

MAX_LENGTH = 80
MOST_A_DAY, MOST = 300, 5_000
KEPT = timedelta(days=90)


class FruitlessSearchManager(models.Manager):
    def add(self, counts: dict[str, int]):
        """Count what was asked in vain just now. A flood of made-up words fills its own day, and no other."""
        today = timezone.localdate()
        with transaction.atomic():
            new = []
            for text, count in sorted(counts.items()):  # in one order, so that two never wait in a ring
                if not self.filter(text=text, day=today).update(count=F("count") + count):
                    new.append(self.model(text=text, day=today, count=count))
            room = max(0, MOST_A_DAY - self.filter(day=today).count())
            self.bulk_create(new[:room], ignore_conflicts=True)

    def by_text(self):
        """What was asked, each text once: `text`, `total` and the last `day`, the most asked first."""
        found = self.values("text").annotate(total=Sum("count"), last_day=Max("day"))
        return found.order_by("-total", "-last_day", "text")

    def forget_old(self):
        self.filter(day__lt=timezone.localdate() - KEPT).delete()
        surplus = self.order_by("-day", "-count", "-pk").values_list("pk", flat=True)[MOST:]
        self.filter(pk__in=list(surplus)).delete()


class FruitlessSearch(models.Model):
    text = models.CharField(max_length=MAX_LENGTH)
    day = models.DateField()
    count = models.PositiveIntegerField(default=1)

    objects = FruitlessSearchManager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["text", "day"], name="fruitless_search_once_a_day")]
        indexes = [models.Index(fields=["day"], name="fruitless_search_by_day")]

    def __str__(self):
        return self.text
