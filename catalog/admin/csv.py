"""CSV export and import of models and prices; the differences are shown before they are written."""

from dataclasses import dataclass
from functools import partial
from itertools import batched, groupby
from time import monotonic

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint, Model
from django.http import HttpResponseRedirect
from django.urls import reverse
from import_export.admin import ImportExportMixin
from import_export.fields import Field
from import_export.formats.base_formats import CSV
from import_export.instance_loaders import CachedInstanceLoader
from import_export.resources import ModelResource
from tablib import Dataset

from catalog.history.audit_log import logging_changes
from catalog.models import AIModel, Offering, Price
from catalog.models.price import TERMS
from catalog.rules.facts import FactPlace, values_in
from ops.db.csv_safety import safe_cell
from ops.db.lock_timeout import let_others_write
from publishing.quality.impact import by_record, counts_in_words
from publishing.quality.staleness import Impact

BATCH = 25  # rows per transaction, so that SQLite's write lock is released soon


@dataclass
class RowChange:
    """A row that the file adds or changes: the changed fields, and the record in whose log the change appears."""

    instance: Model
    is_new: bool
    fields: frozenset[str]
    logged_before: int | None


class LoggedResource(ModelResource):
    """Validates every row like a form, and logs the changes.

    The file is compared with the database without a transaction; the differences are then written in short ones.
    """

    logged: type
    logged_field = "id"  # the field with the key of the record in whose log the change appears

    class Meta:
        skip_unchanged = True
        report_skipped = False
        clean_model_instances = True

    def import_data(self, dataset, dry_run=False, raise_errors=False, **kwargs):
        self.changes: list[RowChange] = []
        self.new_keys: set[tuple] = set()
        kept = {name: kwargs.get(name) for name in ("file_name", "user", "retain_instance_in_row_result")}
        # A dry run without a transaction, which only reads.
        result = self.import_data_inner(dataset, True, raise_errors, False, False, **kept)
        if result.has_errors() or result.has_validation_errors():
            return result
        if dry_run:
            result.impact = self._passages()
        else:
            self._write(kept["user"])
        return result

    def before_import_row(self, row, **kwargs):
        for name, cell in row.items():
            if "\0" in str(cell):
                raise ValueError(f"{name} holds a character that no text has.")

    def after_init_instance(self, instance, new, row, **kwargs):
        self.stored = {field.name: getattr(instance, field.attname) for field in instance._meta.concrete_fields}

    def _changed_fields(self, instance) -> frozenset[str]:
        fields = instance._meta.concrete_fields
        return frozenset(field.name for field in fields if getattr(instance, field.attname) != self.stored[field.name])

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        """Validate only the changed fields of an existing row, because each constraint costs a query."""
        if instance._state.adding:
            return super().validate_instance(instance, import_validation_errors, validate_unique)
        errors, changed = dict(import_validation_errors or {}), self._changed_fields(instance)
        unchanged = {field.name for field in instance._meta.fields} - changed
        checks = [partial(instance.full_clean, exclude={*unchanged, *errors}, validate_constraints=False)]
        for model, constraints in instance.get_constraints():
            checks += [
                partial(item.validate, model, instance, {*errors}) for item in constraints if _bears(item, changed)
            ]
        for check in checks:
            try:
                check()
            except ValidationError as error:
                errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def save_instance(self, instance, is_create, row, **kwargs):
        """Only collect the change, because later rows of the file may be invalid."""
        key = [getattr(instance, name) for name in self.get_import_id_fields()]
        if is_create and any(key):
            if tuple(key) in self.new_keys:
                raise ValidationError("There is another new row with the same key in this file.")
            self.new_keys.add(tuple(key))
        fields = self._changed_fields(instance)
        self.changes.append(RowChange(instance, is_create, fields, self.stored[self.logged_field]))

    def _passages(self) -> list:
        """Return the affected passages of texts. Only rows that texts cite are written, and rolled back, for this."""
        impact = Impact(AIModel, {self.cited_model(change.instance) for change in self.changes} - {None})
        cited = {row.target_id for row in impact.rows}
        if not cited:
            return []
        with transaction.atomic():
            for change in self.changes:
                if self.cited_model(change.instance) in cited:
                    change.instance.save_base(raw=True)
            impact.record_current_facts()
            transaction.set_rollback(True)
        return impact.passages()

    def _write(self, user):
        since = monotonic()
        alike = sorted(self.changes, key=lambda change: (change.is_new, sorted(change.fields)))
        for _, changes in groupby(alike, key=lambda change: (change.is_new, change.fields)):
            for some in batched(changes, BATCH):
                with transaction.atomic():
                    self._write_batch(some, user)
                since = let_others_write(since)

    def _write_batch(self, changes, user):
        attname = self._meta.model._meta.get_field(self.logged_field).attname
        pks = {key for change in changes for key in (change.logged_before, getattr(change.instance, attname)) if key}
        with logging_changes({self.logged: pks}, user=user):
            if changes[0].is_new:
                for change in changes:
                    change.instance.save()
            elif changes[0].fields:
                instances = [change.instance for change in changes]
                self._meta.model.objects.bulk_update(instances, sorted(changes[0].fields))
            pks |= {getattr(change.instance, attname) for change in changes}

    def cited_model(self, instance) -> int | None:
        """Return the key of the model whose facts depend on the row."""
        raise NotImplementedError


def _bears(constraint, changed: frozenset[str]) -> bool:
    """Return whether a constraint depends on one of these fields; True if its fields are unknown."""
    fields = getattr(constraint, "fields", ())
    if isinstance(constraint, CheckConstraint):
        fields = constraint.condition.referenced_base_fields
    return not fields or not changed.isdisjoint(fields)


class ModelCSV(LoggedResource):
    logged = AIModel

    class Meta(LoggedResource.Meta):
        model = AIModel
        import_id_fields = ["slug"]
        instance_loader_class = CachedInstanceLoader  # loads all rows in one query
        fields = [
            *("slug", "name", "existence", "notice", "summary"),
            *(fact.name for fact in values_in(FactPlace.CSV)),
            *("use_for", "avoid_for", "checked_on"),
        ]

    def cited_model(self, instance):
        return instance.pk


class PriceCSV(LoggedResource):
    """A row with an id is that price; one without adds a price to the offering named by provider and API id."""

    logged = Offering
    logged_field = "offering"
    provider = Field("offering__provider__slug", "provider", readonly=True)
    api_id = Field("offering__api_id", "api_id", readonly=True)

    class Meta(LoggedResource.Meta):
        model = Price
        fields = ["id", "offering", "provider", "api_id", *TERMS]

    def before_import_row(self, row, **kwargs):
        super().before_import_row(row, **kwargs)
        if not row.get("offering"):
            found = Offering.objects.filter(provider__slug=row.get("provider"), api_id=row.get("api_id")).first()
            if found is None:
                raise ValueError(f"There is no offering {row.get('api_id')!r} of a provider {row.get('provider')!r}.")
            row["offering"] = found.pk

    def cited_model(self, instance):
        return instance.offering.model_id


class SafeCSV(CSV):
    """CSV in which cells that a spreadsheet would run as formulas are prefixed with ', which the import removes."""

    def export_data(self, dataset, **kwargs):
        return super().export_data(_with_cells(dataset, _out), **kwargs)

    def create_dataset(self, in_stream, **kwargs):
        return _with_cells(super().create_dataset(in_stream, **kwargs), _in)


def _with_cells(dataset: Dataset, change) -> Dataset:
    return Dataset(*([change(cell) for cell in row] for row in dataset), headers=dataset.headers)


def _is_formula(text: str) -> bool:
    bare = text.lstrip("'")
    return safe_cell(bare) != bare


def _out(cell):
    return f"'{cell}" if isinstance(cell, str) and _is_formula(cell) else cell


def _in(cell):
    return cell[1:] if isinstance(cell, str) and cell.startswith("'") and _is_formula(cell) else cell


class CSVMixin(ImportExportMixin):
    """For a ModelAdmin with `resource_classes`."""

    formats = [SafeCSV]
    skip_export_form = True  # it needs a script that the admin's content security policy blocks
    import_template_name = "admin/catalog/import.html"

    def import_action(self, request, *args, **kwargs):
        response = super().import_action(request, *args, **kwargs)
        result = getattr(response, "context_data", {}).get("result")
        if passages := getattr(result, "impact", None):
            response.context_data |= {"counts": counts_in_words(passages), "records": list(by_record(passages).items())}
        return response

    def process_import(self, request, *args, **kwargs):
        try:
            return super().process_import(request, *args, **kwargs)
        except IntegrityError:
            words = "The import stopped: somebody changed the same records meanwhile. Import the file once more."
            messages.error(request, words)
            return HttpResponseRedirect(reverse(f"admin:catalog_{self.opts.model_name}_import"))
