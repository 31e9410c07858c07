"""CSV export and import of models and prices; the differences are shown before they are written."""

from itertools import batched
from time import monotonic
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ForeignKey, Model
from django.http import HttpResponseRedirect
from django.urls import reverse
from import_export.admin import ImportExportMixin
from import_export.fields import Field
from import_export.formats.base_formats import CSV
from import_export.instance_loaders import CachedInstanceLoader
from import_export.resources import ModelResource
from tablib import Dataset

from catalog.history.audit_log import logging_changes
from catalog.importers.running import cited_models
from catalog.models import AIModel, Offering, Price
from catalog.models.offering import TERMS
from catalog.rules.facts import FactPlace, values_in
from ops.db.csv_safety import safe_cell
from ops.db.lock_timeout import let_others_write
from publishing.quality.impact import counts_in_words, dry_run
from publishing.quality.staleness import Impact, by_record

BATCH = 25  # rows per transaction, so that SQLite's write lock is released soon


class LoggedResource(ModelResource):
    """Validates changed rows like a form and logs them. Compares without a transaction, and writes in short ones."""

    logged: type
    logged_field = "id"  # the field with the key of the record in whose log the change appears

    class Meta:
        skip_unchanged = True
        report_skipped = False
        clean_model_instances = True

    def import_data(self, dataset, dry_run=False, raise_errors=False, **kwargs):
        self.changed: list[tuple[Model, list[str] | None]] = []  # with the names of the fields; None for new rows
        self.new_keys: set[tuple] = set()
        kept = {name: kwargs.get(name) for name in ("file_name", "user", "retain_instance_in_row_result")}
        # A dry run without a transaction, which only reads.
        result = self.import_data_inner(dataset, True, raise_errors, False, False, **kept)
        if result.has_errors() or result.has_validation_errors():
            return result
        if dry_run:
            result.impact = self._passages()  # pyright: ignore[reportAttributeAccessIssue] read below
        else:
            since = monotonic()
            for some in batched(self.changed, BATCH):
                with transaction.atomic():
                    self._write(some, kept["user"])
                since = let_others_write(since)
        return result

    def before_import_row(self, row, **kwargs):
        for name, cell in row.items():
            if "\0" in str(cell):
                raise ValueError(f"{name} contains an invalid character.")

    def skip_row(self, instance, original, row, import_validation_errors=None):
        fields = instance._meta.concrete_fields
        self.differing = [f.name for f in fields if getattr(instance, f.attname) != getattr(original, f.attname)]
        return super().skip_row(instance, original, row, import_validation_errors)

    def save_instance(self, instance, is_create, row, **kwargs):
        """Only collect the change, because later rows of the file may be invalid."""
        key = tuple(getattr(instance, name) for name in self.get_import_id_fields())
        if is_create and any(key):
            if key in self.new_keys:
                raise ValidationError("This file has another new row with the same key.")
            self.new_keys.add(key)
        self.changed.append((instance, None if is_create else self.differing))

    def _passages(self) -> list:
        """Return the affected passages of texts. Only rows that texts cite are written, and rolled back, for this."""
        cited = cited_models() & {self.cited_model(instance) for instance, _ in self.changed}

        def write():
            for instance, _ in self.changed:
                if self.cited_model(instance) in cited:
                    instance.save_base(raw=True)

        return dry_run(lambda: Impact(AIModel, cited), write) if cited else []

    def _write(self, changed, user):
        model = cast(type[Model], self._meta.model)

        def logged_now():
            rows = model._base_manager.filter(pk__in=[instance.pk for instance, _ in changed])
            return {*rows.values_list(self.logged_field, flat=True)}

        attname = cast(ForeignKey, model._meta.get_field(self.logged_field)).attname
        pks = (logged_now() | {getattr(instance, attname) for instance, _ in changed}) - {None}
        with logging_changes({self.logged: pks}, user=user):
            for instance, fields in changed:
                instance.save(update_fields=fields)
            pks |= logged_now()

    def cited_model(self, instance) -> int | None:
        """Return the key of the model whose facts depend on the row."""
        raise NotImplementedError


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


class WrongFormatError(ValueError):
    """The message tells editors which format is needed."""


class SafeCSV(CSV):
    """CSV in which cells that a spreadsheet would run as formulas are prefixed with ', which the import removes."""

    def export_data(self, dataset, **kwargs):
        return super().export_data(_with_cells(dataset, _out), **kwargs)

    def create_dataset(self, in_stream, **kwargs):
        if str(in_stream).lstrip().startswith(("{", "[")):
            raise WrongFormatError("This is JSON; CSV is needed. JSON of a feed is imported under “Imports”.")
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


class CSVMixin(ImportExportMixin, admin.ModelAdmin):
    """For a ModelAdmin with `resource_classes`."""

    formats = [SafeCSV]  # pyright: ignore[reportAssignmentType] a property in the base
    skip_export_form = True  # it needs a script that the admin's content security policy blocks
    import_template_name = "admin/catalog/import.html"

    def import_action(self, request, *args, **kwargs):
        response = super().import_action(request, *args, **kwargs)
        context = getattr(response, "context_data", None) or {}
        if passages := getattr(context.get("result"), "impact", None):
            context |= {"counts": counts_in_words(passages), "records": list(by_record(passages).items())}
        elif context.get("fields_list") == []:  # the package leaves it out after a wrong file
            resources: list[Any] = [resource() for resource in self.get_import_resource_classes(request)]
            context["fields_list"] = [
                (one.get_display_name(), [field.column_name for field in one.get_user_visible_fields()])
                for one in resources
            ]
        return response

    def add_data_read_fail_error_to_form(self, form, e):
        said = str(e) if isinstance(e, WrongFormatError) else "This file cannot be read; CSV in UTF-8 is needed."
        form.add_error("import_file", said)

    def process_import(self, request, *args, **kwargs):
        try:
            return super().process_import(request, *args, **kwargs)
        except IntegrityError:
            words = "The import stopped because another user changed the same records. Import the file again."
            messages.error(request, words)
            return HttpResponseRedirect(reverse(f"admin:catalog_{self.opts.model_name}_import"))
