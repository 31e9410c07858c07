"""How often people opened the pages of the site: sums per page, day and source."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import batched
from operator import attrgetter
from time import monotonic
from typing import Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from ops.db.internal import InternalModel
from ops.db.lock_timeout import let_others_write
from ops.db.queryset import QuerySet
from publishing.content.registry import keys_at

MAX_LENGTH = 100  # of a source
OTHER = "other"
SEARCH_PATH = "/search/"
MOST_SOURCES, MOST_SEARCHES = 20, 300  # per page and day, and searches per day; further ones are counted together
PATHS_AT_ONCE = 100  # pages whose sources are folded in one transaction
SOURCES_KEPT, SUMS_KEPT = timedelta(days=90), timedelta(days=731)
type View = tuple[date, str, str, str]  # day, path, host and term


class PageViewQuerySet(QuerySet["PageView"]):
    def last_days(self, number: int) -> Self:
        """Return the views of today and of the days before it."""
        return self.filter(day__gt=timezone.localdate() - timedelta(days=number))

    def of(self, model: type[models.Model], key: object) -> Self:
        """Return the views of the record with this primary key, or expression for it."""
        return self.filter(record_type=ContentType.objects.get_for_model(model), record_id=key)

    def add(self, counts: Mapping[View, int]) -> None:
        """Add views, or take some back if negative. The number of statements does not depend on theirs."""
        keys, summed = keys_at({path for _, path, *_ in counts}), Counter()
        for (day, path, *source), number in self._bounded(counts).items():
            model, key = keys.get(path, (None, 0))
            summed[day, path, model and ContentType.objects.get_for_model(model).pk, key, *source] += number
        self._sum(summed)

    def thin(self) -> None:
        """Fold the sources of days that are long past, and delete the sums of those before the last two years."""
        today = timezone.localdate()
        self.filter(day__lt=today - SUMS_KEPT).delete()
        old = self.filter(day__lt=today - SOURCES_KEPT).exclude(host="", term="").order_by("day")
        since = monotonic()
        for day in list(old.values_list("day", flat=True).distinct()):
            paths = old.filter(day=day).order_by("path").values_list("path", flat=True).distinct()
            for path_batch in batched(list(paths), PATHS_AT_ONCE):
                since = let_others_write(since)
                rows = old.filter(day=day, path__in=path_batch).order_by()
                with transaction.atomic():
                    sums = rows.values_list(*PageView.KEY[:-2]).annotate(Sum("views"))
                    summed = {(*page, "", ""): number for *page, number in sums}
                    rows.delete()
                    self._sum(summed)

    def _bounded(self, counts: Mapping[View, int]) -> Counter:
        """Return the counts with new sources of a page as OTHER if the page has too many on that day."""
        stored = set(self._at(counts).values_list("day", "path", "host", "term"))
        taken, bounded = Counter((day, path) for day, path, *_ in stored), Counter()
        for (day, path, host, term), number in sorted(counts.items()):
            if (host or term) and (day, path, host, term) not in stored:
                if taken[day, path] >= (MOST_SEARCHES if path == SEARCH_PATH else MOST_SOURCES):
                    host, term = OTHER, ""
                taken[day, path] += 1
            bounded[day, path, host, term] += number
        return bounded

    def _sum(self, summed: Mapping[tuple, int]) -> None:
        """Add to the rows with these values of KEY. Missing ones are created first, so that of two processes neither
        overwrites what the other one adds."""
        key_of = attrgetter(*PageView.KEY)
        with transaction.atomic():
            new = [PageView(**dict(zip(PageView.KEY, key, strict=True))) for key in sorted(summed, key=str)]
            self.bulk_create(new, ignore_conflicts=True)
            rows = self._at(summed).order_by("pk").select_for_update()
            changed = [row for row in rows if summed.get(key_of(row))]
            for row in changed:
                row.views = F("views") + summed[key_of(row)]
            self.bulk_update(changed, ["views"])
            self._at(summed).filter(views__lte=0).delete()

    def _at(self, keys):
        return self.filter(Q(day__in={day for day, *_ in keys}, path__in={path for _, path, *_ in keys}))


class PageView(InternalModel):
    KEY = ("day", "path", "record_type_id", "record_id", "host", "term")

    day = models.DateField()
    path = models.CharField(max_length=500)
    record_type = models.ForeignKey(ContentType, models.CASCADE, null=True, related_name="+")
    record_id = models.PositiveBigIntegerField(default=0, help_text="0 for a page that is no record’s.")
    record = GenericForeignKey("record_type", "record_id")
    host = models.CharField(max_length=MAX_LENGTH, blank=True, help_text="The site with the link.")
    term = models.CharField(
        max_length=MAX_LENGTH, blank=True, help_text="The search on this site that led there, or that was made."
    )
    views = models.IntegerField(default=0)

    objects = PageViewQuerySet.as_manager()

    class Meta(InternalModel.Meta):
        indexes = [models.Index(fields=["record_type", "record_id", "day"], name="page_view_of_record")]
        constraints = [
            models.UniqueConstraint(fields=["day", "path", "record_id", "host", "term"], name="page_view_once")
        ]


def views_in_last_days(model: type[models.Model], number: int) -> Coalesce:
    """Return an expression for rows of `model`: the sum of their views."""
    rows = PageView.objects.of(model, OuterRef("pk")).last_days(number).order_by().values("record_id")
    return Coalesce(Subquery(rows.annotate(number=Sum("views")).values("number")), 0)
