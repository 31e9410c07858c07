"""What is kept for lists of many models (`catalog.listed`), as a reader may use it: when it is right to the day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import DatabaseError
from django.db.models import CharField, Exists, OuterRef, Subquery, Sum

from catalog.expressions import status_on
from catalog.feed.head import current_head
from catalog.feed.locking import BusyError, alone
from catalog.listed import TOTAL, follow_dates, turned_by
from catalog.models import FeedMark, ListCount, ListedModel

MANY = 10_000  # of so many models nobody counts the last ones anew for each reader
# From so many models on that have a value, some are found soon by going through all in the order of a list; of fewer it
# is quicker to fetch and sort them.
WALKED_FROM = 10_000
FOLLOWED_AT_ONCE = 5_000
PATIENCE_MS = 250
LISTED = ("checked", "unchecked")


@dataclass(frozen=True)
class Kept:
    """How many models of each list count in each place, and their status, on one day."""

    day: date

    def counts(self, groups: Iterable[str]) -> list[tuple[str, str, str, int]]:
        """Return group, value, list and number for all values of these groups. One query."""
        rows = ListCount.objects.filter(group__in=[*groups, TOTAL]).order_by()
        return list(rows.values_list("group", "value", "show", "number"))

    def of_status(self, statuses: Iterable[str]):
        """Return a subquery of the keys of the models that have one of these."""
        return ListedModel.objects.filter(status__in=statuses).values("pk")

    def listed(self, group: str, value) -> int:
        """How many models lists show beside one value. One query."""
        found = ListCount.objects.filter(group=group, value=value, show__in=LISTED).aggregate(number=Sum("number"))
        return found["number"] or 0


def kept_on(day: date) -> Kept | None:
    """Return what is kept where there are many models and it is right; None where each reader counts for herself.

    What was written since, and what the date has changed, is counted first, as far as that is quick. One query where
    there is nothing of the kind.
    """
    is_many, is_behind, is_turned = _state(day)
    if not is_many:
        return None
    if is_behind or is_turned:
        _catch_up(day, is_behind, is_turned)
        _, is_behind, is_turned = _state(day)
    return None if is_behind or is_turned else Kept(day)


def status_column(day: date, kept: Kept | None):
    """Return the status of each of the models that are asked for: as it is kept, or worked out of their events."""
    if kept is None:
        return status_on(day, "model")
    rows = ListedModel.objects.filter(model_id=OuterRef("pk"))
    return Subquery(rows.values("status"), output_field=CharField())


def _state(day: date) -> tuple[bool, bool, bool]:
    """Whether there are many models, something was written that is not counted, and a date has come."""
    totals = ListCount.objects.filter(group=TOTAL, show__in=LISTED).order_by("group").values("group")
    row = totals.annotate(
        total=Sum("number"),
        is_behind=Exists(FeedMark.objects.all()),
        is_turned=Exists(ListedModel.objects.filter(turned_by(day))),
    )
    found = row.values_list("total", "is_behind", "is_turned").first()
    return (found[0] > MANY, found[1], found[2]) if found else (False, False, False)


def _catch_up(day: date, is_behind: bool, is_turned: bool):
    if is_behind:
        current_head()
    if is_turned:
        try:
            with alone(PATIENCE_MS):
                follow_dates(day, FOLLOWED_AT_ONCE)
        except (BusyError, DatabaseError):
            return  # who reads counts for herself then
