"""What belongs to a model beside its own row: other names, benchmark results, weights. All by one query."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast

from catalog.models import AIModel, Alias, BenchmarkResult, Weights

COLUMNS = {
    Alias: ("kind", "text"),
    BenchmarkResult: (
        "name",
        "score",
        "metric",
        "version",
        "dataset",
        "variant",
        "harness",
        "source_url",
        "measured_on",
    ),
    Weights: ("label", "url", "format", "quantisation"),
}
WIDTH = max(map(len, COLUMNS.values()))


@dataclass
class Belongings:
    """Each in the order of its own table."""

    aliases: list[Alias] = field(default_factory=list)
    benchmarks: list[BenchmarkResult] = field(default_factory=list)
    weights: list[Weights] = field(default_factory=list)


def belongings_of(model: AIModel) -> Belongings:
    """Read them by one query, which takes them as text: the columns of a union must be alike."""
    parts = [_rows(table, model) for table in COLUMNS]
    found = {table: [] for table in COLUMNS}
    tables = {table._meta.model_name: table for table in COLUMNS}
    for name, pk, *values in parts[0].union(*parts[1:], all=True).order_by():
        found[tables[name]].append(_row(tables[name], pk, values))
    found[Alias].sort(key=lambda alias: (alias.kind, alias.text, alias.pk))
    found[Weights].sort(key=lambda weights: (weights.label, weights.format, weights.quantisation, weights.pk))
    found[BenchmarkResult].sort(key=lambda result: result.pk)
    found[BenchmarkResult].sort(key=lambda result: result.measured_on, reverse=True)
    found[BenchmarkResult].sort(key=lambda result: result.name)
    return Belongings(found[Alias], found[BenchmarkResult], found[Weights])


def _rows(table, model):
    columns = [Cast(F(name), CharField()) for name in COLUMNS[table]]
    filler = [Value("", output_field=CharField())] * (WIDTH - len(columns))
    kind = Value(table._meta.model_name, output_field=CharField())
    return table.objects.filter(model=model).order_by().values_list(kind, "pk", *columns, *filler)


def _row(table, pk: int, values: list[str]):
    row = table(pk=pk, **dict(zip(COLUMNS[table], values, strict=False)))
    if table is BenchmarkResult:
        row.score = Decimal(row.score)
    return row
