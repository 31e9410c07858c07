import sys

from django.core.management.base import BaseCommand, CommandError

from publishing.content.registry import kind_named, kinds, publishable_models
from publishing.quality.preflight.checking import preflight
from publishing.revisions.snapshot import read

STEP = 100


class Command(BaseCommand):
    help = "Check all published records as before publication. Exits with code 1 if there are errors."

    def add_arguments(self, parser):
        parser.add_argument(
            "--kind", action="append", default=[], help="Only records of this kind, for example articles.article."
        )
        parser.add_argument("--errors-only", action="store_true", help="Omit warnings.")

    def handle(self, kind, errors_only, **options):
        errors = warnings = records = 0
        for model in self._models(kind):
            published = model.objects.published().order_by("pk")
            if model._meta.proxy:
                published = published.of_kind(model.own_kind)
            total = published.count()
            self.stderr.write(f"{model._meta.verbose_name_plural}: {total}")
            for number, record in enumerate(published.iterator(chunk_size=STEP), start=1):
                content = read(record) if hasattr(model, "revised_rows") else None
                for finding in preflight(record, content):
                    errors += finding.is_error
                    warnings += not finding.is_error
                    if finding.is_error or not errors_only:
                        self._write(model, record, finding)
                if number % STEP == 0:
                    self.stderr.write(f"{number} of {total}")
            records += total
        self.stdout.write(f"{records} records checked: {errors} errors, {warnings} warnings.")
        if errors:
            sys.exit(1)

    def _models(self, labels):
        unknown = [label for label in labels if kind_named(label) is None]
        if unknown:
            known = ", ".join(model._meta.label_lower for model in kinds())
            raise CommandError(f"There is no kind {unknown[0]!r}. Kinds are: {known}.")
        return [kind_named(label) for label in labels] or publishable_models()

    def _write(self, model, record, finding):
        place = f", {finding.field}" if finding.field else ""
        grade = "ERROR" if finding.is_error else "warning"
        self.stdout.write(
            f"{model._meta.label_lower} {record.pk}, “{record}”, {record.get_absolute_url()}{place}: "
            f"{grade}: {finding.words}"
        )
