"""Fill a site with made-up records: `python -m tests.bench.load 100000`.

The site is that of DATA_DIR and DATABASE_URL, without content but the starter's and imports, and must be stopped. The
same seed makes the same records; an interrupted run continues where it stopped, and a later run with a higher number
adds the rest.
"""

import argparse
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.core.management import CommandError  # noqa: E402
from django.db import connection  # noqa: E402

from catalog.models import Family, ImportedRecord, ImportRun, Modality, Vendor  # noqa: E402
from ops.server.data_dir_lock import lock_exclusively  # noqa: E402
from publishing.content.registry import publishable_models  # noqa: E402
from publishing.workflow.starter import StarterRecord  # noqa: E402
from tests.bench.load import articles, catalog, faq  # noqa: E402
from tests.bench.load.plan import PREFIX, Plan  # noqa: E402

SEED = 20261125
NAMED_BY_IMPORTS = {Family, Modality, Vendor}  # imports create them as models name them, without a record of their own


def fill(models: int, articles_count: int = 0, questions: int = 0, seed: int = SEED, say=print):
    """Create the records that are missing to these numbers. Texts come first: each is searched for the names of all
    records.
    """
    plan = Plan(models, articles_count, questions, seed, say)
    for app in (articles, faq, catalog):
        app.load(plan)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the database does on its own after a while


def real_content() -> str:
    """Return the kind and name of a record that is not made here, starter content or imported; "" if there is none."""
    starter = {*StarterRecord.objects.values_list("key", flat=True)}
    for model in publishable_models():
        if model in NAMED_BY_IMPORTS and ImportRun.objects.exists():
            continue
        kind = ContentType.objects.get_for_model(model)
        imported = ImportedRecord.objects.filter(record_type=kind, is_created=True).values("record_id")
        others = model._base_manager.exclude(slug__startswith=PREFIX).exclude(pk__in=imported).order_by("pk")
        for record in others.only("pk", "slug", model.title_field)[: len(starter) + 1]:
            if f"{model._meta.label_lower}/{record.slug}" not in starter:
                return f"the {model._meta.verbose_name} “{record}”"
    return ""


def main(arguments=None) -> str | None:
    """Return why no record was created, or None."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.load", description=__doc__)
    parser.add_argument("models", type=int)
    parser.add_argument("--articles", type=int, default=100)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--yes", action="store_true", help="also where the site has content of its own")
    chosen = parser.parse_args(arguments)
    found = "" if chosen.yes else real_content()
    if found:
        return f"This site has content of its own, such as {found}. Use --yes to add made-up records to it."
    try:
        with lock_exclusively():
            fill(chosen.models, chosen.articles, chosen.questions, chosen.seed)
    except CommandError as problem:
        return str(problem)
    except KeyboardInterrupt:
        return "Interrupted. Run it again to make the rest."
    return None


if __name__ == "__main__":
    sys.exit(main())
