"""Fill a site with made-up records: `python -m bench.fill 100000`.

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

from django.contrib.admin.models import LogEntry  # noqa: E402
from django.core.management import CommandError  # noqa: E402
from django.db import connection  # noqa: E402

from bench.fill import articles, catalog, faq  # noqa: E402
from bench.fill.plan import Plan  # noqa: E402
from ops.server.data_dir_lock import lock_exclusively  # noqa: E402

SEED = 20261125


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
    """Return a record on which somebody worked in the admin; "" if nobody did."""
    entry = LogEntry.objects.order_by("pk").first()
    return f"“{entry.object_repr}”" if entry else ""


def main(arguments=None) -> str | None:
    """Return why no record was created, or None."""
    parser = argparse.ArgumentParser(prog="python -m bench.fill", description=__doc__)
    parser.add_argument("models", type=int)
    parser.add_argument("--articles", type=int, default=100)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--yes", action="store_true", help="also where the site has content of its own")
    chosen = parser.parse_args(arguments)
    content = "" if chosen.yes else real_content()
    if content:
        return f"This site has content of its own, such as {content}. Use --yes to add made-up records to it."
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
