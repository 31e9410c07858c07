"""CSV files of models and prices: their columns, how they are read, compared and written."""

import csv
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from io import StringIO
from itertools import islice, zip_longest
from typing import Any, cast

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, InterfaceError, OperationalError
from django.db.models import ForeignKey, Model, QuerySet
from import_export.fields import Field
from import_export.formats.base_formats import CSV
from import_export.resources import ModelResource
from import_export.results import RowResult
from import_export.widgets import IntegerWidget
from tablib import Dataset

from catalog.history.audit_log import logging_changes
from catalog.models import AIModel, ImportedTable, Offering, Price
from catalog.models.offering import TERMS
from catalog.rules.facts import FactPlace, values_in
from ops.db.csv_safety import safe_cell
from publishing.content.permissions import AnyUser

MOST_BYTES, MOST_ROWS = 10 * 1024**2, 50_000
FIRST_ROW = 2  # as a spreadsheet counts, which shows the header as row 1


class UnreadableTableError(ValueError):
    """The message tells editors what is wrong with the file as a whole."""


class RowConflictError(Exception):
    """A row cannot be written any more; the message gives the reason in a sentence."""

    def __init__(self, number: int, reason: str):
        super().__init__(reason)
        self.number = number


@dataclass
class Row:
    """A row that differs from the catalogue, or is wrong: then `problems` has the sentences, and the rest is empty.

    Each difference is a column with the old and the new value, in the words of the file.
    """

    number: int
    instance: Any = None
    is_new: bool = False
    differences: list[list[str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)  # of the fields that differ
    problems: list[str] = field(default_factory=list)


class NamelessResult(RowResult):
    """Without the name of the record, which would cost queries for each row."""

    def add_instance_info(self, instance):
        pass


class TableField(Field):
    def clean(self, row, **kwargs):
        try:
            return super().clean(row, **kwargs)
        except ArithmeticError as error:  # by Decimal
            raise ValueError(f"“{row[cast(str, self.column_name)]}” is not a number.") from error


class TableResource(ModelResource):
    """Compares the rows of one file, some at a time, and writes those that differ. It only reads while it compares."""

    DEFAULT_RESOURCE_FIELD = TableField
    logged: type
    logged_field = "id"  # the field with the key of the record in whose log the change appears
    named_by: tuple[str, ...]  # columns that name a row for people
    unique: list[tuple[str, ...]]  # fields whose values together no two rows may have

    class Meta:
        skip_diff = True  # it would copy each record twice
        clean_model_instances = True

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.seen: set[tuple] = set()
        self.written: list[Any] = [column for column in self.get_import_fields() if not column.readonly]
        [name] = self.get_import_id_fields()
        self.key: Any = self.fields[name]

    # Comparing: the package calls these for each row

    def compare(self, rows: Mapping[int, dict]) -> list[Row]:
        """Return those rows, cells by column and by number of the row, that differ or are wrong. A query per table."""
        self.load([row for row in rows.values() if not illegible(row)])
        different_rows = []
        for number, row in rows.items():
            self.names = []
            result = self.import_row(row, cast(Any, None), row_number=number)  # `load` takes the place of loaders
            if not result.is_skip():
                different_rows.append(self.as_row(number, result))
        return different_rows

    def as_row(self, number: int, result: RowResult) -> Row:
        if problems := problems_of(result):
            return Row(number, problems=problems)
        is_new, differences = result.is_new(), []
        for column in self.written:
            old = "" if is_new else str(column.widget.render(self.before[column.attribute]))
            new = str(column.export(self.instance))
            if new if is_new else column.attribute in self.names:
                differences.append([column.column_name, old, new])
        return Row(number, self.instance, is_new, differences, self.names)

    def load(self, rows: list[dict]) -> None:
        keys, column = set(), cast(Any, self._meta.model)._meta.get_field(self.key.attribute)
        for row in rows:
            with suppress(ValueError, ValidationError):  # said when its turn comes
                key = self.key.clean(row)
                column.run_validators(key)  # SQLite raises an error for numbers that are too large
                keys.add(key)
        records = self.get_queryset().filter(**{f"{self.key.attribute}__in": keys - {None}})
        self.stored = {self.key.get_value(record): record for record in records}

    def get_row_result_class(self):
        return NamelessResult

    def before_import_row(self, row, **kwargs):
        if names := illegible(row):
            raise ValueError(f"{names[0]} contains an invalid character.")

    def get_instance(self, instance_loader, row):
        return self.stored.get(self.key.clean(row))

    def after_init_instance(self, instance, new, row, **kwargs):
        self.instance, self.before = instance, {column.attribute: column.get_value(instance) for column in self.written}

    def skip_row(self, instance, original, row, import_validation_errors=None):
        self.names = [name for name, value in self.before.items() if getattr(instance, name) != value]
        return not (self.names or import_validation_errors)

    def save_instance(self, instance, is_create, row, **kwargs):
        """Write nothing yet, because later rows of the file may be invalid."""
        for names in self.unique:
            key = tuple(getattr(instance, name) for name in names)
            if any(key) and key in self.seen:
                raise ValidationError("This file has another row with the same key.")
            self.seen.add(key)

    def cited_model(self, instance) -> int | None:
        """Return the key of the model whose facts depend on the row."""
        raise NotImplementedError

    # Writing

    def write(self, rows: list[Row], user: AnyUser | None) -> None:
        """Write the rows and log them. Raises RowConflictError with the first that the database refuses."""
        model = cast(type[Model], self._meta.model)

        def logged_now():
            stored = model._base_manager.filter(pk__in=[row.instance.pk for row in rows])
            return {*stored.values_list(self.logged_field, flat=True)}

        attname = cast(ForeignKey, model._meta.get_field(self.logged_field)).attname
        pks = (logged_now() | {getattr(row.instance, attname) for row in rows}) - {None}
        with logging_changes({self.logged: pks}, user=user):
            for row in rows:
                try:
                    row.instance.save(force_insert=row.is_new, update_fields=None if row.is_new else row.names)
                except IntegrityError as error:
                    raise RowConflictError(row.number, CHANGED) from error
            pks |= logged_now()
        if user is not None:
            for flag in (ADDITION, CHANGE):
                instances = [row.instance for row in rows if row.is_new == (flag == ADDITION)]
                LogEntry.objects.log_actions(
                    cast(int, user.pk), instances, flag, "Imported from a CSV file.", single_object=False
                )

    # Export

    def export(self, queryset: Any = None, **kwargs: Any) -> Dataset:
        """Read the columns instead of the records, which takes a tenth of the time."""
        columns: list[Any] = self.get_export_fields()
        renders = [column.widget.render for column in columns]
        rows = queryset.values_list(*(column.attribute for column in columns)).iterator()
        dataset = Dataset(headers=[column.column_name for column in columns])
        dataset.extend([render(value) for render, value in zip(renders, row, strict=True)] for row in rows)
        return dataset


CHANGED = "Another user or an import has changed the same record since the comparison."


def illegible(row: dict) -> list[str]:
    """Return the columns with a character that PostgreSQL cannot store."""
    return [name for name, cell in row.items() if "\0" in str(cell)]


def problems_of(result: RowResult) -> list[str]:
    """Return the sentences of what is wrong with a row."""
    if error := result.validation_error:
        by_field = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        return [
            sentence if name == NON_FIELD_ERRORS else f"{name}: {sentence}"
            for name, sentences in by_field.items()
            for sentence in sentences
        ]
    for problem in result.errors:
        if isinstance(problem.error, InterfaceError | OperationalError):
            raise problem.error  # nothing is wrong with the row
    return [str(problem.error) for problem in result.errors]


class ModelCSV(TableResource):
    logged = AIModel
    named_by = ("name", "slug")
    unique = [("slug",)]

    class Meta(TableResource.Meta):
        model = AIModel
        import_id_fields = ["slug"]
        fields = [
            *("slug", "name", "existence", "notice", "summary"),
            *(fact.name for fact in values_in(FactPlace.CSV)),
            *("use_for", "avoid_for", "checked_on"),
        ]

    def cited_model(self, instance):
        return instance.pk


class PriceCSV(TableResource):
    """A row with an id is that price; one without adds a price to the offering named by provider and API id."""

    logged = Offering
    logged_field = "offering"
    named_by = ("provider", "api_id", "meter")
    unique = [("id",), ("offering_id", "meter", "above_tokens", "service_level", "conditions", "valid_from")]
    # The usual widget asks for each row whether the offering exists.
    offering = TableField("offering_id", "offering", IntegerWidget())
    provider = TableField("offering__provider__slug", "provider", readonly=True)
    api_id = TableField("offering__api_id", "api_id", readonly=True)

    class Meta(TableResource.Meta):
        model = Price
        fields = ["id", "offering", "provider", "api_id", *TERMS]

    def get_queryset(self) -> QuerySet:
        return Price.objects.select_related("offering__provider")

    def load(self, rows):
        super().load(rows)
        rows_by_name = [row for row in rows if not row.get("offering")]
        offerings = Offering.objects.filter(
            provider__slug__in={row.get("provider") for row in rows_by_name},
            api_id__in={row.get("api_id") for row in rows_by_name},
        )
        offering_names = offerings.values_list("provider__slug", "api_id", "pk")
        self.offerings = {(provider, api_id): pk for provider, api_id, pk in offering_names}

    def before_import_row(self, row, **kwargs):
        super().before_import_row(row, **kwargs)
        if not row.get("offering"):
            offering = self.offerings.get((row.get("provider"), row.get("api_id")))
            if offering is None:
                raise ValueError(f"There is no offering {row.get('api_id')!r} of a provider {row.get('provider')!r}.")
            row["offering"] = offering

    def cited_model(self, instance):
        return instance.offering.model_id


RESOURCES: dict[str, type[TableResource]] = {ImportedTable.MODELS: ModelCSV, ImportedTable.PRICES: PriceCSV}


# Files ------------------------------------------------------------------------------------------------


class SafeCSV(CSV):
    """CSV in which cells that a spreadsheet would run as formulas are prefixed with ', which the import removes."""

    def export_data(self, dataset, **kwargs):
        safe = Dataset(*([_out(cell) for cell in row] for row in dataset), headers=dataset.headers)
        return super().export_data(safe, **kwargs)


def read_table(content: bytes, table: str) -> tuple[list[str], list[list[str]]]:
    """Return the names of the columns and the rows of a file. Raises UnreadableTableError."""
    unreadable = UnreadableTableError("This file cannot be read; CSV in UTF-8 is needed.")
    try:
        text = content.decode("utf-8-sig")
        if text.lstrip().startswith(("{", "[")):
            raise UnreadableTableError("This is JSON; CSV is needed. JSON of a feed is imported under “Imports”.")
        lines = csv.reader(StringIO(text, newline=""))
        names, rows = next(lines, []), [*islice(filter(None, lines), MOST_ROWS + 1)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise unreadable from error
    key = RESOURCES[table]().key.column_name
    if key not in names:
        raise UnreadableTableError(f"The file has no column “{key}”. Its columns must be separated by commas.")
    if not rows:
        raise UnreadableTableError("The file has no rows below the names of its columns.")
    if len(rows) > MOST_ROWS:
        raise UnreadableTableError(f"The file has more than {MOST_ROWS:,} rows. Split it.")
    if any(len(row) > len(names) for row in rows):
        raise unreadable
    return names, rows


def cells_of(names: list[str], row: list[str]) -> dict[str, str]:
    """Return the cells of a row by column; those that are missing at its end are empty."""
    return dict(zip_longest(names, map(_in, row), fillvalue=""))


def _is_formula(text: str) -> bool:
    bare = text.lstrip("'")
    return safe_cell(bare) != bare


def _out(cell):
    return f"'{cell}" if isinstance(cell, str) and _is_formula(cell) else cell


def _in(cell):
    return cell[1:] if isinstance(cell, str) and cell.startswith("'") and _is_formula(cell) else cell
