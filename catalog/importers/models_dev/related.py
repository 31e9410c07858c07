"""Records and rows that belong to a model: family, vendors, modalities, benchmark results and weights."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.db.models import Field, Model, Prefetch

from catalog.history.ownership import FieldHistory
from catalog.importers.columns import Column, date_or_unknown, filled, list_of_texts, text_of
from catalog.importers.entries import MISSING, BrokenRecordError, Plan
from catalog.importers.matching import readable
from catalog.models import AIModel, BenchmarkResult, Family, MergedRecord, Modality, Weights
from catalog.models.names import ModelInputModality, ModelOutputModality
from ops.http.slugs import slug_for
from publishing.content.publishable import Publishable

EMBEDDING = "embedding"  # the slug of a modality for which the feed has no word: it gives text
SERIES = {"o": "o-series"}  # families of the feed that have another name here
BENCH = re.compile(r"(?<=\w)[ -]bench\b", re.IGNORECASE)  # "SWE Bench Pro" is "SWE-Bench Pro"


def by_slug[M: Publishable](model: type[M], names: dict[str, str], makes: bool = True) -> dict[str, M]:
    """Return records by the feed's names; `names` maps these to readable ones. `makes` creates missing records.

    Drafts and records in the trash are used too, and a merged record is replaced by the one that it was merged into.
    """
    slugs = {name: slug_for(name, str(model._meta.model_name)) for name in names}
    record_by_slug = {record.slug: record for record in model._base_manager.filter(slug__in=slugs.values())}
    for name, title in names.items():
        if slugs[name] not in record_by_slug:
            record = _merged(model, slugs[name]) or model._base_manager.filter(name__iexact=title).first()
            record = record or (model.objects.create(name=title, slug=slugs[name]) if makes else None)
            record_by_slug |= {slugs[name]: record} if record else {}
    return {name: record_by_slug[slug] for name, slug in slugs.items() if slug in record_by_slug}


def _merged(model, slug: str):
    """Return the record into which the former record with this slug was merged, or None."""
    row = MergedRecord.objects.of(model).filter(slug=slug).order_by("-pk").first()
    return row and model._base_manager.filter(pk=row.into_id).first()


def families(names: dict[str, str], makes: bool = True) -> dict[str, Family]:
    """Return families by the feed's name; `names` maps it to the name of a model, which tells how it is written."""
    ours = {name: SERIES.get(name, name) for name in names}
    family_by_slug = by_slug(Family, {ours[name]: readable(ours[name], model) for name, model in names.items()}, makes)
    return {name: family_by_slug[slug] for name, slug in ours.items() if slug in family_by_slug}


def modalities(names: Collection[str], makes: bool = True) -> dict[str, Modality]:
    """Return modalities by code, which does not change when an editor renames one; else as in `by_slug`."""
    record_by_code = {record.code: record for record in Modality._base_manager.filter(code__in=set(names))}
    new = set(names) - record_by_code.keys()
    return record_by_code | by_slug(Modality, {name: readable(name) for name in new}, makes)


class FamilyColumn(Column):
    is_plain = False

    def ours(self, record: AIModel) -> Any:
        return record.family.slug if record.family else MISSING

    def is_same(self, record: AIModel, theirs: Any) -> bool:
        name = self.value_of(theirs)
        if theirs is MISSING or theirs == self.ours(record):
            return theirs == self.ours(record)
        return [*families({name: ""}, makes=False).values()] == [record.family]

    def assign(self, plan: Plan, theirs: Any) -> set[str]:
        plan.record.family = None if theirs is MISSING else families({theirs: plan.record.name})[theirs]
        return {"family"}


@dataclass(eq=False)
class ModalityColumn(Column):
    """The modalities of a model; their order has no meaning. `through` is the table of the rows `related`."""

    related: str = field(kw_only=True)
    through: type[Model] = field(kw_only=True)
    is_plain = False

    def _tags(self, record) -> list[Modality]:
        return [link.tag for link in getattr(record, self.related).all()]

    def prefetch(self) -> Prefetch:
        return Prefetch(self.related, self.through.objects.select_related("tag").order_by("pk"))

    def ours(self, record: AIModel) -> Any:
        codes = [tag.code or tag.slug for tag in self._tags(record)]
        return ["text" if code == EMBEDDING else code for code in codes] or MISSING

    def is_same(self, record: AIModel, theirs: Any) -> bool:
        names, tags = set(self.value_of(theirs)), self._tags(record)
        if tags and names in ({tag.code or tag.slug for tag in tags}, {*self.ours(record)}):
            return True
        modality_by_code = modalities(names, makes=False)
        return modality_by_code.keys() == names and {*modality_by_code.values()} == {*tags}

    def assign(self, plan: Plan, theirs: Any) -> set[str]:
        getattr(plan.record, self.related).all().delete()
        self.create([(plan.record, theirs)])
        return set()

    def create(self, values: list[tuple]) -> None:
        """Tag models; `values` are pairs of a model and the feed's value."""
        records_and_codes = [(record, list(dict.fromkeys(self.value_of(theirs)))) for record, theirs in values]
        modality_by_code = modalities({name for _, names in records_and_codes for name in names})
        tags = {record: dict.fromkeys(modality_by_code[name] for name in names) for record, names in records_and_codes}
        self.through.objects.bulk_create(
            self.through(content_object=record, tag=tag) for record, own_tags in tags.items() for tag in own_tags
        )


@dataclass(eq=False)
class RowsColumn(Column):
    """Tables of the feed as rows of `model`. Keys not in `names` are ignored, those in `needed` are required."""

    model: type[Model] = field(kw_only=True)
    names: dict[str, str] = field(kw_only=True)
    needed: tuple[str, ...] = field(kw_only=True)
    is_plain = False

    def prefetch(self) -> Prefetch:
        return Prefetch(self.name, self.model.objects.order_by("pk"))

    def value_of(self, theirs: Any) -> list[dict]:
        """Return the columns of each row."""
        items = super().value_of(theirs)
        return [self._row(f"{self.path}[{number}]", item) for number, item in enumerate(items)]

    def set_on(self, history: FieldHistory) -> date | None:
        return history.part_set_on(str(self.model._meta.model_name))

    def ours(self, record: AIModel) -> Any:
        rows = [
            {name: _out(getattr(row, column)) for name, column in self.names.items() if getattr(row, column) != ""}
            for row in getattr(record, self.name).all()
        ]
        return rows or MISSING

    def is_same(self, record: AIModel, theirs: Any) -> bool:
        return {*map(self._meaning, getattr(record, self.name).all())} == self._by_meaning(record, theirs).keys()

    def assign(self, plan: Plan, theirs: Any) -> set[str]:
        """Replace the rows of the model with those of the feed; rows that are the same are not touched."""
        present = {self._meaning(row): row for row in getattr(plan.record, self.name).all()}
        wanted = self._by_meaning(plan.record, theirs)
        self.model.objects.filter(pk__in=[row.pk for key, row in present.items() if key not in wanted]).delete()
        self.model.objects.bulk_create(row for key, row in wanted.items() if key not in present)
        return set()

    def create(self, values: list[tuple]) -> None:
        """Create the rows of new models; `values` are pairs of a model and the feed's value."""
        self.model.objects.bulk_create(
            row for record, theirs in values for row in self._by_meaning(record, theirs).values()
        )

    def _by_meaning(self, record, theirs) -> dict[tuple, Model]:
        """Return the feed's rows, unsaved, by the values that make them differ."""
        rows = [self.model(model=record, **row) for row in self.value_of(theirs)]
        return {self._meaning(row): row for row in rows}

    def _meaning(self, row) -> tuple:
        return tuple(getattr(row, column) for column in self.names.values())

    def _row(self, place: str, item: dict) -> dict:
        """Return the columns of a row. Raises BrokenRecordError."""
        for name in self.needed:
            if item.get(name) in (None, ""):
                raise BrokenRecordError(f"{place}.{name}", "it is not there.")
        return {
            column: _value(
                f"{place}.{name}", name, item[name], cast(Field, self.model._meta.get_field(column)).max_length
            )
            for name, column in self.names.items()
            if name in item
        }


def _family(path, value) -> str:
    if text_of(path, value) == "":
        raise BrokenRecordError(path, "it is empty.")
    return value


def _names(path, value) -> list[str]:
    if "" in list_of_texts(path, value):
        raise BrokenRecordError(path, "a name is empty.")
    return value


def _tables(path, value) -> list[dict]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise BrokenRecordError(path, "it is no list of tables.")
    return value


def _value(place, name, value, max_length):
    if name == "score":
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) >= 10**7:
            raise BrokenRecordError(place, f"{value!r} is no score.")
        return Decimal(repr(value)).quantize(Decimal("0.0001"))
    if name == "date":
        return date_or_unknown(value) if isinstance(value, str) else ""
    text = text_of(place, value, max_length)
    return BENCH.sub("-Bench", text) if name == "name" else text


def _out(value):
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


FAMILY = FamilyColumn("family", "family", _family, default="")
MODALITIES = [
    ModalityColumn(
        f"modalities.{side}put",
        f"{side}put_modalities",
        _names,
        filled,
        (),
        related=f"{side}put_links",
        through=through,
    )
    for side, through in (("in", ModelInputModality), ("out", ModelOutputModality))
]
OUTPUT = MODALITIES[1]
RESULTS = {name: name for name in ("name", "score", "metric", "version", "dataset", "variant", "harness")}
RESULTS |= {"source": "source_url", "date": "measured_on"}
WEIGHTS = {"label": "label", "url": "url", "format": "format", "quantization": "quantisation"}
ROWS = [
    RowsColumn(
        "benchmarks", "benchmarks", _tables, filled, (), model=BenchmarkResult, names=RESULTS, needed=("name", "score")
    ),
    RowsColumn("weights", "weights", _tables, filled, (), model=Weights, names=WEIGHTS, needed=("url",)),
]
