"""The rows of a list for a paginator and for downloads."""

from collections.abc import Iterator
from datetime import date
from itertools import chain
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from catalog.browse.groups import CHOICES, LISTED, LinkGroup
from catalog.browse.order import LATEST_FIRST, newest_of_families
from catalog.documents import read
from catalog.models import FacetCount, ModelPeriod
from catalog.pages.cells import dated, or_unknown
from catalog.pages.rows import links_to
from catalog.rules.prices import PRICES, in_words_of_lowest, usd_in_words
from publishing.content.publishable import Publishable

# A value of more models than this is common: scanning the list finds enough of them soon.
COMMON = 10_000
LOOKED_AT = 10  # current models for each that is asked for, because several are of one family
OF_SUMMARY = ("name", "slug", "show", "released_on", "context_tokens", "row")
OF_PERIOD = ("status", "price_at", "lowest", *PRICES)
COLUMNS = (*OF_SUMMARY, *OF_PERIOD)
MODALITIES = ("input_modalities", "output_modalities")


class ModelRow:
    """The values of COLUMNS in words: `price` is "1.75 / 14.00" at `price_at`, else `lowest` is "0.10 via PROVIDER".

    Unknown values are "". `vendors` and `released` are HTML; `vendor` is the name of the first one.
    """

    def __init__(self, name: str, slug: str, show: str, released: str, context: int | None, row: dict, *of_day):
        status, self.price_at, lowest, *prices = of_day
        self.name, self.slug, self.url = name, slug, row["path"]
        self.is_unverified, self.is_checked = show == "unverified", show == "checked"
        self.vendors, self.vendor = links_to("vendors", row["vendors"]), next((of["name"] for of in row["vendors"]), "")
        self.inputs, self.outputs = (or_unknown(", ".join(one["name"] for one in row[name])) for name in MODALITIES)
        self.released, self.context = dated(released), "" if context is None else f"{context:,}"
        words = ["" if price is None else usd_in_words(price) for price in prices]
        entered, returned, self.cached_price, self.blended_price = words
        self.price = f"{entered or '–'} / {returned or '–'}" if entered or returned else ""
        self.lowest = "" if self.price_at else in_words_of_lowest(lowest)
        self.status = "unverified" if self.is_unverified else status

    def __str__(self):
        return self.name

    def get_absolute_url(self) -> str:
        return self.url


class ModelRows:
    """`parts` are ordered querysets that follow each other; `number` is the number of rows, or of those that are shown.

    A slice costs one query, and two more where the first part ends.
    """

    def __init__(self, parts: list[QuerySet], day: date, number: int):
        self.parts, self.day, self.number = parts, day, number

    def count(self) -> int:
        return self.number

    def __getitem__(self, part: slice) -> list[ModelRow]:
        found, start, size = [], part.start, part.stop - part.start
        for models in self.parts if self.number else ():
            before = len(found)
            found += models.values_list(*COLUMNS)[start : start + size - before]
            if len(found) == size or models is self.parts[-1]:
                break
            start = 0 if len(found) > before or not start else max(0, start - models.order_by().count())
        return [ModelRow(*values) for values in found]

    def __iter__(self) -> Iterator[Any]:
        """Yield named tuples of COLUMNS."""
        return chain.from_iterable(models.values_list(*COLUMNS, named=True).iterator() for models in self.parts)


def rows_beside(group: LinkGroup, record: Publishable, day: date) -> ModelRows:
    """Return the listed models that are linked to `record`, latest release first."""
    models = read.models_on(day).filter(CHOICES["show"].condition(["all"]))
    if record.is_public:
        counts = FacetCount.objects.filter(group=group.name, value=str(record.pk), show__in=LISTED)
        number = sum(counts.values_list("number", flat=True))
    else:  # drafts have no stored counts
        number = models.filter(group.linked_with([record])).count()
    models = models.filter(group.linked_with([record], is_common=number > COMMON))
    return ModelRows([models.order_by(*LATEST_FIRST)], day, number)


def rows_of(keys: list[int], day: date) -> list[ModelRow]:
    """Return the public ones of these models, in this order. One query, none without keys."""
    rows = ModelPeriod.objects.filter(**read.on_day(day), model__in=keys)
    rows = rows.values_list("model_id", *(f"model__{name}" for name in OF_SUMMARY), *OF_PERIOD)
    found = {key: ModelRow(*values) for key, *values in rows}
    return [found[key] for key in keys if key in found]


def current_models(count: int) -> list[ModelRow]:
    """Return the newest current model of each family, the latest first. Two queries."""
    day = timezone.localdate()
    current = ModelPeriod.objects.filter(**read.on_day(day), current_since__gt="").exclude(model__show="unverified")
    current = current.order_by("-current_since", "model__name_key", "model_id")[: LOOKED_AT * count]
    return rows_of(newest_of_families(current.values_list("model_id", "model__family_id"))[:count], day)
