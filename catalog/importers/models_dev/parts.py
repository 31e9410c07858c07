"""Rows that belong to a model: benchmark results and weights."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch

from catalog.importers.columns import date_or_unknown
from catalog.importers.entries import MISSING, BrokenRecordError
from catalog.importers.handler import BATCH
from catalog.models import BenchmarkResult, Weights


@dataclass(frozen=True)
class NestedRows:
    """A list of tables in the feed that become rows of `model`; `names` maps the feed's keys to columns."""

    model: type
    related: str
    names: dict[str, str]
    needed: tuple[str, ...]  # the feed's keys that every row must have

    @property
    def table(self) -> str:
        return self.model._meta.model_name

    def prefetch(self):
        return Prefetch(self.related, self.model.objects.order_by("pk"))

    def read(self, path: str, value) -> list[dict]:
        """Return the columns of each row. Keys without a column are ignored."""
        if value is MISSING:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise BrokenRecordError(path, "it is no list of tables.")
        rows = []
        for number, item in enumerate(value):
            place = f"{path}[{number}]"
            for name in self.needed:
                if item.get(name) in (None, ""):
                    raise BrokenRecordError(f"{place}.{name}", "it is not there.")
            row = {column: _read(place, name, item[name]) for name, column in self.names.items() if name in item}
            self._check_lengths(place, row)
            if row not in rows:
                rows.append(row)
        return rows

    def _check_lengths(self, place, row):
        for column, value in row.items():
            longest = self.model._meta.get_field(column).max_length
            if longest and len(value) > longest:
                raise BrokenRecordError(place, f"{column} has {len(value)} characters, more than {longest}.")

    def is_same(self, record, path: str, value) -> bool:
        """Return whether the record has exactly the rows that the feed lists."""
        ours = {self._meaning(row) for row in getattr(record, self.related).all()}
        return ours == {self._meaning(self.model(**row)) for row in self.read(path, value)}

    def written(self, record):
        rows = [
            {name: _out(getattr(row, column)) for name, column in self.names.items() if getattr(row, column) != ""}
            for row in getattr(record, self.related).all()
        ]
        return rows or MISSING

    def create(self, plans, path: str):
        rows = [
            self.model(model=plan.record, **row)
            for plan in plans
            for row in self.read(path, plan.entry.data.get(path, MISSING))
        ]
        self.model.objects.bulk_create(rows, batch_size=BATCH)

    def replace(self, record, path: str, value):
        """Replace the rows of a record with those of the feed; rows that are the same are not touched."""
        present = {self._meaning(row): row for row in getattr(record, self.related).all()}
        made = [self.model(model=record, **row) for row in self.read(path, value)]
        wanted = {self._meaning(row): row for row in made}
        self.model.objects.filter(pk__in=[row.pk for key, row in present.items() if key not in wanted]).delete()
        self.model.objects.bulk_create([row for key, row in wanted.items() if key not in present])

    def _meaning(self, row) -> tuple:
        return tuple(getattr(row, column) for column in self.names.values())


def _out(value):
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _read(place, name, value):
    if name == "score":
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) >= 10**7:
            raise BrokenRecordError(f"{place}.{name}", f"{value!r} is no score.")
        return Decimal(repr(value)).quantize(Decimal("0.0001"))
    if name == "date":
        return date_or_unknown(value) if isinstance(value, str) else ""
    if not isinstance(value, str):
        raise BrokenRecordError(f"{place}.{name}", f"{value!r} is no text.")
    return value


RESULTS = {
    "name": "name",
    "score": "score",
    "metric": "metric",
    "version": "version",
    "dataset": "dataset",
    "variant": "variant",
    "harness": "harness",
    "source": "source_url",
    "date": "measured_on",
}
MODEL_PARTS = {
    "benchmarks": NestedRows(BenchmarkResult, "benchmarks", RESULTS, ("name", "score")),
    "weights": NestedRows(
        Weights,
        "weights",
        {"label": "label", "url": "url", "format": "format", "quantization": "quantisation"},
        ("url",),
    ),
}
