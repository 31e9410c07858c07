"""The rows of a list for a paginator and for downloads."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.browse.order import LATEST_FIRST, newest_of_families
from catalog.documents import read
from catalog.documents.timeline import LEFT
from catalog.groups import CHOICES, LISTED, LinkGroup
from catalog.models.summaries import FacetCount, ModelPeriod, end_by_vendor
from catalog.presenting.cells import UNKNOWN, dated
from catalog.presenting.rows import UNCONFIRMED, links_to
from catalog.rules.prices import PRICES, in_words_of_lowest, usd_in_words
from catalog.rules.status import Bound, Status
from ops.db.compiled import CompiledQuery
from ops.db.compiled import day as on_day
from ops.db.compiled import keys as keys_of
from publishing.content.publishable import Publishable

# A value of more models than this is common: scanning the list finds enough of them soon.
COMMON = 10_000
LOOKED_AT = 10  # current models for each that is asked for, because several are of one family
OF_SUMMARY = ("pk", "name", "slug", "show", "released_on", "released_until", "context_tokens", "row")
OF_PERIOD = ("status", "price_at", "lowest", *PRICES)
COLUMNS = (*OF_SUMMARY, *OF_PERIOD)
NOT_LISTED = '<em class="unknown">unknown</em>, gone since {}'
DOUBT = format_html('&nbsp;<span aria-hidden="true">○</span><span class="visually-hidden">, {}</span>', UNCONFIRMED)


class ModelRow:
    """The values of COLUMNS in words: `price` is "1.75 / 14.00" at `price_at`, else `lowest` is "0.10 via PROVIDER".

    Unknown values are "". `vendors`, `released` and `last_day` are HTML; `vendor` is the name of the first one. `label`
    is the status in words, or that it has left its vendor's list.
    """

    last_day: str = SafeString(
        '<span class="table__none"><span aria-hidden="true">–</span> <span class="visually-hidden">none</span></span>'
        ' <span class="table__label">No last day announced</span>'
    )

    def __init__(
        self, key: int, name: str, slug: str, show: str, on: str, until: str, context: int | None, row: dict, *period
    ):
        status, self.price_at, lowest, *prices = period
        self.key, self.name, self.slug, self.url = key, name, slug, row["path"]
        self.is_unverified, self.is_checked = show == "unverified", show == "checked"
        self.is_read = row["checked_on"] is not None
        self.vendors, self.vendor = links_to("vendors", row["vendors"]), next((of["name"] for of in row["vendors"]), "")
        kinds = ([modality["name"] for modality in row[f"{way}_modalities"]] for way in ("input", "output"))
        self.inputs, self.outputs = (", ".join(sorted(names, key="Text".__ne__)) or UNKNOWN for names in kinds)
        # Of a release of which only the year is known, the last possible day says more, and why it is sorted there.
        is_by = len(on) == len("2026") and until[4:] != "-12-31"
        self.released = format_html("by {}", dated(until, "short")) if is_by else dated(on, "short")
        self.context = "" if context is None else f"{context:,}"
        price_texts = ["" if price is None else usd_in_words(price) for price in prices]
        self.input_price, self.output_price, self.cached_price, self.blended_price = price_texts
        # The decimal points of a column are aligned by the number of decimals.
        self.input_decimals, self.output_decimals = (len(price.partition(".")[2]) for price in price_texts[:2])
        self.price = " / ".join(price or "–" for price in price_texts[:2]) if any(price_texts[:2]) else ""
        self.lowest = "" if self.price_at else in_words_of_lowest(lowest)
        self.status = "unverified" if self.is_unverified else status
        self.label = self.status.capitalize()

    def __str__(self):
        return self.name

    def get_absolute_url(self) -> str:
        return self.url


class ModelRows:
    """The rows of a list: the `models` with the keys `first` in this order, then those of `parts`, which are ordered.

    `number` is the number of rows, or of those that are shown. A slice costs one query for the first keys and one for
    each part in it, and one more for each part before it.
    """

    def __init__(self, models: QuerySet, day: date, number: int, first: Sequence[int], parts: Sequence[QuerySet]):
        self.models, self.day, self.number, self.first, self.parts = models, day, number, first, parts

    def count(self) -> int:
        return self.number

    def __getitem__(self, part: slice) -> list[ModelRow]:
        if not self.number:
            return []
        end = end_by_vendor("pk", self.day)
        rows = self._of_first(self.first[part], end)
        start, size = max(0, part.start - len(self.first)), part.stop - part.start
        for models in self.parts:
            before = len(rows)
            if before == size:
                break
            rows += models.values_list(*COLUMNS, end)[start : start + size - before]
            if models is not self.parts[-1]:
                start = 0 if len(rows) > before or not start else max(0, start - models.order_by().count())
        return [row_of(*values) for values in rows]

    def __iter__(self) -> Iterator[Any]:
        """Yield named tuples of COLUMNS."""
        yield from self._of_first(self.first, named=True)
        yield from chain.from_iterable(models.values_list(*COLUMNS, named=True).iterator() for models in self.parts)

    def _of_first(self, keys: Sequence[int], *columns: Any, named=False) -> list:
        rows = self.models.filter(pk__in=keys).values_list(*COLUMNS, *columns, named=named) if keys else []
        row_by_key = {row[0]: row for row in rows}
        return [row_by_key[key] for key in keys if key in row_by_key]


def rows_beside(group: LinkGroup, record: Publishable, day: date) -> ModelRows:
    """Return the listed models that are linked to `record`, latest release first."""
    models = read.models_on(day).filter(CHOICES["show"].condition(["all"]))
    if record.is_public:
        counts = FacetCount.objects.filter(group=group.name, value=str(record.pk), show__in=LISTED)
        number = sum(counts.values_list("number", flat=True))
    else:  # drafts have no stored counts
        number = models.filter(group.linked_with([record])).count()
    models = models.filter(group.linked_with([record], is_common=number > COMMON))
    return ModelRows(models, day, number, [], [models.order_by(*LATEST_FIRST)])


ROWS = CompiledQuery(
    ModelPeriod.objects.filter(**read.valid_on(on_day("day")), model_id__in=keys_of("models")).values_list(
        *(f"model__{name}" for name in OF_SUMMARY), *OF_PERIOD, end_by_vendor("model_id", on_day("day"))
    )
)


def rows_of(keys: list[int], day: date) -> list[ModelRow]:
    """Return the public ones of these models, in this order. One query, none without keys."""
    read.stamp_pending_changes()
    rows = ROWS.rows(models=keys, day=day) if keys else []
    row_by_key = {key: row_of(key, *values) for key, *values in rows}
    return [row_by_key[key] for key in keys if key in row_by_key]


def row_of(*values) -> ModelRow:
    """Return the row with these COLUMNS and `end_by_vendor`."""
    *columns, end = values
    row = ModelRow(*columns)
    if end:
        kind, on, bound, is_confirmed = end
        if kind == LEFT:
            row.label, row.last_day = "Left the list", format_html(NOT_LISTED, dated(on, "short"))
        else:
            doubt, bound = "" if is_confirmed else DOUBT, "not before " if bound != Bound.EXACT else ""
            row.last_day = format_html("{}{}{}", bound, dated(on, "short"), doubt)
    elif row.status in (Status.RETIRED, Status.UNKNOWN, "unverified"):
        row.last_day = UNKNOWN
    return row


def current_models(count: int) -> list[ModelRow]:
    """Return the newest current model of each family, the latest first. Two queries."""
    day = timezone.localdate()
    current = ModelPeriod.objects.filter(**read.on_day(day), current_since__gt="").exclude(model__show="unverified")
    current = current.order_by("-current_since", "model__name_key", "model_id")[: LOOKED_AT * count]
    return rows_of(newest_of_families(current.values_list("model_id", "model__family_id"))[:count], day)
