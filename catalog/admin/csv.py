"""Models and prices as CSV, out and in: what is read in is shown with its differences before it is written."""

from import_export.admin import ImportExportMixin
from import_export.fields import Field
from import_export.formats.base_formats import CSV
from import_export.resources import ModelResource
from tablib import Dataset

from catalog.changes import look_at, take_note
from catalog.models import AIModel, Offering, Price
from catalog.models.price import TERMS
from catalog.rules.facts import Place, values_in
from publishing.impact import by_record, counts_in_words
from publishing.spreadsheets import safe_cell
from publishing.staleness import Impact


class LoggedResource(ModelResource):
    """Checks every row as a form would, and writes down what changed."""

    logged: type

    class Meta:
        skip_unchanged = True
        report_skipped = False
        clean_model_instances = True
        use_transactions = True

    def before_import(self, dataset, **kwargs):
        super().before_import(dataset, **kwargs)
        self.impact = Impact(AIModel)

    def after_import(self, dataset, result, **kwargs):
        """For the preview: here all rows are written, and are not taken back yet."""
        super().after_import(dataset, result, **kwargs)
        result.impact = self.impact.passages()

    def import_data(self, dataset, dry_run=False, **kwargs):
        if dry_run:
            return super().import_data(dataset, dry_run=True, **kwargs)
        before = look_at(self.logged, self.logged_pks(dataset))
        result = super().import_data(dataset, dry_run=False, **kwargs)
        new = {row.object_id for row in result.rows if row.import_type == row.IMPORT_TYPE_NEW and row.object_id}
        after = look_at(self.logged, {*before, *(new if self.logged is self._meta.model else ())})
        take_note(self.logged, before, after, user=kwargs.get("user"))
        return result

    def before_import_row(self, row, **kwargs):
        for name, cell in row.items():
            if "\0" in str(cell):
                raise ValueError(f"{name} holds a character that no text has.")

    def logged_pks(self, dataset) -> set[int]:
        """The records that a file speaks of, as far as they are there already."""
        raise NotImplementedError


class ModelCSV(LoggedResource):
    logged = AIModel

    class Meta(LoggedResource.Meta):
        model = AIModel
        import_id_fields = ["slug"]
        fields = [
            *("slug", "name", "existence", "notice", "summary"),
            *(fact.name for fact in values_in(Place.CSV)),
            *("use_for", "avoid_for", "checked_on"),
        ]

    def logged_pks(self, dataset):
        slugs = [slug for slug in dataset["slug"] if slug] if "slug" in (dataset.headers or []) else []
        return set(AIModel._base_manager.filter(slug__in=slugs).values_list("pk", flat=True))


class PriceCSV(LoggedResource):
    """A row with a number is that price; one without is a new price of the offering that provider and id name."""

    logged = Offering
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

    def logged_pks(self, dataset):
        rows = [dict(zip(dataset.headers, row, strict=False)) for row in dataset] if dataset.headers else []
        pks = {int(row["offering"]) for row in rows if str(row.get("offering", "")).isdecimal()}
        ids = {row.get("api_id") for row in rows if not row.get("offering")}
        prices = {int(row["id"]) for row in rows if str(row.get("id", "")).isdecimal()}
        pks |= set(Offering.objects.filter(api_id__in=ids).values_list("pk", flat=True))
        return pks | set(Price.objects.filter(pk__in=prices).values_list("offering", flat=True))


class SafeCSV(CSV):
    """What a spreadsheet would run as a formula goes out with a ' before it, which is taken off when it comes in."""

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
    skip_export_form = True  # which would need a script that the admin's policy does not let in
    import_template_name = "admin/catalog/import.html"

    def import_action(self, request, *args, **kwargs):
        response = super().import_action(request, *args, **kwargs)
        result = getattr(response, "context_data", {}).get("result")
        if passages := getattr(result, "impact", None):
            response.context_data |= {"counts": counts_in_words(passages), "records": list(by_record(passages).items())}
        return response
