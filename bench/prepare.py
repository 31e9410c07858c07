"""Prepare the database of DATA_DIR and DATABASE_URL for measuring: `python -m bench.prepare SIZE [FEED]`.

Size 1 is the starter content with the models of FEED, a file of models.dev, and an article with 40 facts. Size 2 adds
1,000 articles of 40 facts and 100,000 models. A prepared database is only brought up to date.
"""

import sys
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.migrations.loader import MigrationLoader  # noqa: E402
from django.db.models import F  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.fill.__main__ import fill  # noqa: E402
from bench.fill.articles import FACTS, FACTS_OF_AN_ARTICLE, citable_models, text_with_facts  # noqa: E402
from catalog.documents.sync.stamping import stamp  # noqa: E402
from catalog.models import AIModel  # noqa: E402
from ops.server import startup as serving  # noqa: E402
from publishing.content.publishable import State  # noqa: E402
from publishing.quality.staleness import compare_due  # noqa: E402
from publishing.workflow.share_link import ShareLink  # noqa: E402
from tests import factories  # noqa: E402

SIZES = {1: (0, 0), 2: (1_000, 100_000)}  # articles and models added to the starter content and the feed
FACTS_PAGE, DRAFT_PAGE = "forty-facts", "shared-draft"
CHANGED_MODELS = 5  # their facts change after the articles were written, so that some articles need a review


def say(sentence: str):
    print(sentence, file=sys.stderr, flush=True)


def add_first_size(feed: str):
    if feed:
        call_command("import_feed", feed, stdout=sys.stderr, verbosity=0)
    cited = citable_models()[: FACTS_OF_AN_ARTICLE // len(FACTS)]
    table = factories.comparison(*cited[:4], caption="Context windows")
    factories.article(
        slug=FACTS_PAGE,
        title="Ten models and forty facts",
        body=text_with_facts(cited) + table,
        authors=[factories.author(name="Bench author")],
        topics=[factories.topic(name="Bench topic")],
    )
    draft = factories.article(slug=DRAFT_PAGE, title="A shared draft", body=table, state=State.DRAFT)
    author = get_user_model().objects.get(username=serving.ADMINISTRATOR)
    ShareLink.objects.create(record=draft, author=author, expires_at=timezone.now() + timedelta(days=3650))
    factories.image()


def add_second_size():
    articles, models = SIZES[2]
    fill(models, articles, questions=100, say=say)
    changed = [model.pk for model in citable_models()[-CHANGED_MODELS:]]
    AIModel.objects.filter(pk__in=changed).update(context_tokens=F("context_tokens") + 1)


def main(size: int, feed: str):
    mark = Path(settings.DATA_DIR) / f"prepared-{size}"
    serving.prepare_database(say)
    loader = MigrationLoader(connection)
    if unknown := loader.applied_migrations.keys() - loader.disk_migrations.keys():
        sys.exit(
            f"The prepared database has migrations that this checkout lacks, such as {min(unknown)}: add --rebuild."
        )
    serving.collect_static_files(say)
    if not mark.exists():
        if size == 1:
            add_first_size(feed)
        else:
            add_second_size()
        mark.touch()
    # The worker does this, which does not run here. After a migration it looks at all records of the catalogue.
    stamp()
    compare_due(seconds=3_600)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
