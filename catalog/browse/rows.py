"""The models of a list as a paginator wants them, and all of them for a file."""

from collections.abc import Iterator
from datetime import date
from itertools import batched

from django.db.models import Sum

from catalog.browse.groups import CHOICES, LISTED, LinkGroup
from catalog.browse.order import LATEST_FIRST
from catalog.documents import read
from catalog.models import FacetCount, ModelSummary

BATCH = 500
# So many models with a value make it common: some of them are found soon by going through all.
COMMON = 10_000


class Rows:
    """`models` is an ordered queryset, `number` says how many they are: all of them, or so many that are shown.

    A slice costs two queries: what tables show is read only of the models that stand in it.
    """

    def __init__(self, models, day: date, number: int):
        self.models, self.day, self.number = models, day, number

    def count(self) -> int:
        return self.number

    def __getitem__(self, part: slice) -> list[ModelSummary]:
        return _in_full(self._keys()[part], self.day) if self.number else []

    def __iter__(self) -> Iterator[ModelSummary]:
        for keys in batched(self._keys(), BATCH):
            yield from _in_full(keys, self.day)

    def _keys(self):
        return self.models.values_list("pk", flat=True)


def rows_beside(group: LinkGroup, record, day: date) -> Rows:
    """Return the listed models that are linked with `record`, the latest release first."""
    models = read.models_on(day).filter(CHOICES["show"].condition(["all"]))
    if record.is_public:
        numbers = FacetCount.objects.filter(group=group.name, value=str(record.pk), show__in=LISTED)
        number = numbers.aggregate(number=Sum("number"))["number"] or 0
    else:  # nothing is counted beside a draft
        number = models.filter(group.linked_with([record])).count()
    models = models.filter(group.linked_with([record], is_common=number > COMMON))
    return Rows(models.order_by(*LATEST_FIRST), day, number)


def _in_full(keys, day: date) -> list[ModelSummary]:
    """Return these models in their order, with their status and prices on `day`."""
    keys = list(keys)
    found = {model.pk: model for model in read.models_on(day).filter(pk__in=keys)}
    return [found[key] for key in keys if key in found]
